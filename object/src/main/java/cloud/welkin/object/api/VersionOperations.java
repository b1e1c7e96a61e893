package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.VersionTable;
import cloud.welkin.object.work.ObjectVersions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Versions that a container keeps itself ({@code X-Versions-Enabled}, Swift's middleware
 * object_versioning): listed, deleted and made current again by their ids. S3 has the same ones.
 */
public final class VersionOperations {
    private static final String MARKER = "application/x-deleted;swift_versions_deleted=1";

    private final Database database;
    private final AccountTable accounts;
    private final ContainerTable containers;
    private final VersionTable table;
    private final ObjectVersions versions;
    private final Targets targets;
    private final Admission admission;

    /**
     * @param clock by which signed URLs expire
     */
    public VersionOperations(
            Database database,
            AccountTable accounts,
            ContainerTable containers,
            VersionTable table,
            ObjectVersions versions,
            Targets targets,
            Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.containers = containers;
        this.table = table;
        this.versions = versions;
        this.targets = targets;
        this.admission = new Admission(clock);
    }

    /** The version that a request names. */
    static Optional<String> named(Call call) {
        return call.query().text("version-id").filter(it -> !it.isEmpty());
    }

    /**
     * @throws Failure 400 when it is no id
     */
    static Optional<UUID> id(String text) {
        try {
            return Version.id(text);
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("Invalid version parameter");
        }
    }

    /** Says which version an object is, where versions are kept. */
    static void tell(Map<String, String> headers, Container container, StoredObject object) {
        if (container.header(ObjectVersions.SETTING).isPresent()) {
            headers.put("X-Object-Version-Id", new Version(object, false, true).id());
        }
    }

    /** Lists all versions of a container's objects, the newest of each first; always as JSON. */
    void list(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        int limit = Listings.query(call).limit();
        String marker = call.query().text("marker").orElse("");
        Optional<String> versionMarker =
                call.query().text("version_marker").filter(it -> !it.isEmpty());
        if (versionMarker.isPresent() && marker.isEmpty()) {
            throw Failure.badRequest("version_marker param requires marker");
        }
        List<Version> listed =
                database.read(
                        tx -> {
                            Optional<Container> container =
                                    containers.find(
                                            tx, path.account(), path.container().orElse(""));
                            admission.lister(
                                    call, path, accounts.find(tx, path.account()), container);
                            Container there =
                                    container.orElseThrow(
                                            () ->
                                                    Failure.notFound(
                                                            "The resource could not be found."));
                            Optional<Version> behind =
                                    versionMarker.flatMap(
                                            it -> versions.find(tx, there, marker, id(it)));
                            String from =
                                    marker.isEmpty() || versionMarker.isPresent()
                                            ? marker
                                            : marker + "\u0001";
                            return table.list(
                                    tx,
                                    there.id(),
                                    call.query().text("prefix").orElse(""),
                                    from,
                                    behind,
                                    limit);
                        });
        List<Map<String, Object>> all = new ArrayList<>();
        String before = "";
        for (Version version : listed) {
            StoredObject object = version.object();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", object.name());
            fields.put("version_id", version.id());
            fields.put("hash", object.etag());
            fields.put("bytes", object.size());
            fields.put("content_type", version.isMarker() ? MARKER : object.contentType());
            fields.put("last_modified", Answers.listed(object.createdAt()));
            fields.put("is_latest", !object.name().equals(before));
            all.add(fields);
            before = object.name();
        }
        Map<String, String> headers = Answers.headers(call);
        headers.put("Content-Type", Listings.Form.JSON.contentType());
        Answers.send(exchange, 200, headers, Json.bytes(all));
    }

    /** Deletes one version for good. */
    void delete(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        Container container = writable(call, path);
        Optional<UUID> id = id(named(call).orElseThrow());
        Optional<Version> deleted =
                database.write(
                        tx -> versions.deleteVersion(tx, container, path.object().orElse(""), id));
        if (deleted.isEmpty()) {
            throw Failure.notFound("The resource could not be found.");
        }
        Map<String, String> headers = Answers.headers(call);
        headers.put("X-Object-Version-Id", deleted.get().id());
        Answers.empty(exchange, 204, headers);
    }

    /** Makes a version the current state again. */
    void restore(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        Container container = writable(call, path);
        Optional<UUID> id = id(named(call).orElseThrow());
        if (!database.write(
                tx -> versions.makeCurrent(tx, container, path.object().orElse(""), id))) {
            throw Failure.notFound("The resource could not be found.");
        }
        Map<String, String> headers = Answers.headers(call);
        headers.put("X-Object-Version-Id", named(call).orElseThrow());
        Answers.empty(exchange, 201, headers);
    }

    private Container writable(Call call, SwiftPath path) {
        return targets.writable(call, path)
                .container()
                .orElseThrow(() -> Failure.notFound("The resource could not be found."));
    }
}
