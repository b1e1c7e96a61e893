package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.domain.AccountAcl;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.ContainerAcl;
import cloud.welkin.object.domain.ListingQuery;
import cloud.welkin.object.domain.ListingQuery.Line;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Usage;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.UsageTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.ObjectVersions;
import cloud.welkin.object.work.Versions;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jooq.exception.IntegrityConstraintViolationException;

/** Containers: making, showing, listing, changing and deleting them. */
public final class ContainerOperations implements OperationGroup {
    /** Headers beside metadata that are kept with a container. */
    private static final List<String> KEPT =
            List.of(
                    "x-container-read",
                    "x-container-write",
                    Versions.STACK,
                    Versions.HISTORY,
                    "x-container-sync-to",
                    "x-container-sync-key");

    private static final List<String> OWNERS_ONLY =
            List.of(
                    "x-container-read",
                    "x-container-write",
                    "x-container-sync-to",
                    "x-container-sync-key",
                    "x-container-meta-temp-url-key",
                    "x-container-meta-temp-url-key-2");

    private final Database database;
    private final AccountTable accounts;
    private final ContainerTable containers;
    private final ObjectTable objects;
    private final UsageTable usages;
    private final Bodies bodies;
    private final VersionOperations versions;
    private final StaticWebsite website;
    private final ArchiveUpload archives;
    private final FormPosts forms;
    private final Clock clock;
    private final Admission admission;

    public ContainerOperations(
            Database database,
            AccountTable accounts,
            ContainerTable containers,
            ObjectTable objects,
            UsageTable usages,
            Bodies bodies,
            VersionOperations versions,
            StaticWebsite website,
            ArchiveUpload archives,
            FormPosts forms,
            Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.containers = containers;
        this.objects = objects;
        this.usages = usages;
        this.bodies = bodies;
        this.versions = versions;
        this.website = website;
        this.archives = archives;
        this.forms = forms;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.put("/{account}/{container}")
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc("Makes a container, or changes the metadata of the one that is there.")
                        .status(201)
                        .streams(this::create),
                Operation.get("/{account}/{container}")
                        .policyByThing(SwiftPolicy.READ)
                        .anyParam()
                        .doc("Lists the container's objects, as text, JSON or XML.")
                        .streams(this::list),
                Operation.head("/{account}/{container}")
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Tells how much is in the container, and its metadata.")
                        .status(204)
                        .streams(this::show),
                Operation.post("/{account}/{container}")
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc("Changes the container's metadata and who may use it.")
                        .status(204)
                        .streams(this::update),
                Operation.delete("/{account}/{container}")
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc("Deletes the container; 409 while objects are in it.")
                        .streams(this::delete),
                Operation.method("OPTIONS", "/{account}/{container}", 200)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Tells browsers what pages of other sites may do here.")
                        .streams(this::preflight));
    }

    private void create(Call call, Exchange exchange) {
        if (ArchiveUpload.isMeant(call)) {
            archives.extract(call, exchange);
            return;
        }
        SwiftPath path = SwiftPath.of(call);
        Map<String, String> given = settable(call, path);
        Optional<String> policy = call.header("X-Storage-Policy").filter(it -> !it.isEmpty());
        policy.filter(it -> !bodies.hasPolicy(it))
                .ifPresent(
                        it -> {
                            throw Failure.badRequest("Invalid X-Storage-Policy '%s'", it);
                        });
        boolean made =
                database.write(
                        tx -> {
                            Account account = accounts.lock(tx, path.account(), clock.instant());
                            boolean isNew =
                                    containers.insert(
                                            tx,
                                            account.id(),
                                            name(path),
                                            policy.orElse(Bodies.DEFAULT_POLICY),
                                            merged(Map.of(), given),
                                            clock.instant());
                            if (!isNew) {
                                change(tx, account, path, given, policy);
                            }
                            return isNew;
                        });
        Answers.empty(exchange, made ? 201 : 202, Answers.headers(call));
    }

    private void change(
            Tx tx,
            Account account,
            SwiftPath path,
            Map<String, String> given,
            Optional<String> policy) {
        Container container =
                containers
                        .lock(tx, account.id(), name(path))
                        .orElseThrow(ContainerOperations::absent);
        if (policy.filter(it -> !it.equals(container.policy())).isPresent()) {
            throw Failure.conflict(
                    "The container keeps its objects by the storage policy '%s'; that cannot be"
                            + " changed.",
                    container.policy());
        }
        containers.setHeaders(
                tx, container.id(), merged(container.headers(), given), clock.instant());
    }

    private void update(Call call, Exchange exchange) {
        if (FormPosts.isMeant(call)) {
            forms.post(call, exchange);
            return;
        }
        SwiftPath path = SwiftPath.of(call);
        Map<String, String> given = settable(call, path);
        database.change(
                tx -> {
                    Account account =
                            accounts.find(tx, path.account())
                                    .orElseThrow(ContainerOperations::absent);
                    change(tx, account, path, given, Optional.empty());
                });
        Answers.empty(exchange, 204, Answers.headers(call));
    }

    /** The headers of a request that are kept; an empty one asks for removal. */
    private static Map<String, String> given(Call call) {
        Map<String, String> given = new TreeMap<>(Metadata.of(call, "container"));
        for (String name : KEPT) {
            call.header(name)
                    .map(Answers::text)
                    .ifPresent(value -> given.put(name, cleaned(name, value)));
            if (call.header("X-Remove" + name.substring(1)).isPresent()) {
                given.put(name, "");
            }
        }
        call.header("X-Versions-Enabled")
                .filter(it -> !it.isEmpty())
                .ifPresent(
                        it ->
                                given.put(
                                        ObjectVersions.SETTING,
                                        Answers.isTrue(it)
                                                ? ObjectVersions.ENABLED
                                                : ObjectVersions.SUSPENDED));
        return given;
    }

    /**
     * What is kept when a request's headers come on top of the container's.
     *
     * @throws Failure 400 when versions would be kept in two ways
     */
    private static Map<String, String> merged(Map<String, String> kept, Map<String, String> given) {
        Map<String, String> merged = Metadata.merged(kept, given);
        if (ObjectVersions.ENABLED.equals(merged.get(ObjectVersions.SETTING))
                && (merged.containsKey(Versions.STACK) || merged.containsKey(Versions.HISTORY))) {
            throw Failure.badRequest(
                    "Versions are kept in the container itself or in another one, not both.");
        }
        return merged;
    }

    private static String cleaned(String name, String value) {
        if (name.equals(Versions.STACK) || name.equals(Versions.HISTORY)) {
            return SwiftPath.decode(value).replaceAll("^/+|/+$", "");
        }
        if (!name.equals("x-container-read") && !name.equals("x-container-write")) {
            return value;
        }
        try {
            return ContainerAcl.parse(value, name.endsWith("write")).text();
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("%s", String.valueOf(e.getMessage()));
        }
    }

    private Optional<Account> account(SwiftPath path) {
        return database.read(tx -> accounts.find(tx, path.account()));
    }

    /**
     * What the request sets, if the caller may.
     *
     * @throws Failure 401, 403; also for keys and lists of who may only write
     */
    private Map<String, String> settable(Call call, SwiftPath path) {
        Optional<Account> account = account(path);
        Admission.owner(call, path.account(), account, AccountAcl.Level.WRITE);
        Map<String, String> given = given(call);
        if (given.keySet().stream().anyMatch(OWNERS_ONLY::contains)
                && !Admission.administers(call, path.account(), account)) {
            throw Admission.refusal(call);
        }
        return given;
    }

    private record Found(
            Optional<Account> account,
            Container container,
            Usage usage,
            List<Line<StoredObject>> lines) {}

    private void list(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        if (call.query().has("versions")) {
            versions.list(call, exchange);
            return;
        }
        if (website.answeredContainer(call, exchange, path)) {
            return;
        }
        Listings.Form form = Listings.form(call);
        ListingQuery query = Listings.query(call);
        Found found =
                database.read(
                        tx -> {
                            Container container = admitted(call, tx, path);
                            return new Found(
                                    accounts.find(tx, path.account()),
                                    container,
                                    usages.of(tx, container.id()),
                                    query.walk(
                                            slice -> objects.list(tx, container.id(), slice),
                                            StoredObject::name));
                        });
        Map<String, String> headers = headers(call, path, found);
        headers.put("Content-Type", form.contentType());
        byte[] body =
                Listings.write(
                        form,
                        found.lines(),
                        Map.entry("container", name(path)),
                        "object",
                        object -> fields(path, object));
        Answers.send(exchange, body.length == 0 ? 204 : 200, headers, body);
    }

    private static Map<String, Object> fields(SwiftPath path, StoredObject object) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", object.name());
        fields.put("hash", object.etag());
        fields.put("bytes", object.size());
        fields.put("content_type", object.contentType());
        fields.put("last_modified", Answers.listed(object.createdAt()));
        Symlinks.describe(path, object, fields);
        return fields;
    }

    private void show(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        Found found =
                database.read(
                        tx -> {
                            Container container = admitted(call, tx, path);
                            return new Found(
                                    accounts.find(tx, path.account()),
                                    container,
                                    usages.of(tx, container.id()),
                                    List.of());
                        });
        Map<String, String> headers = headers(call, path, found);
        headers.put("Content-Type", Listings.form(call).contentType());
        Answers.head(exchange, 204, headers, 0);
    }

    private Container admitted(Call call, Tx tx, SwiftPath path) {
        Optional<Container> container = containers.find(tx, path.account(), name(path));
        admission.lister(call, path, accounts.find(tx, path.account()), container);
        return container.orElseThrow(ContainerOperations::absent);
    }

    private static Map<String, String> headers(Call call, SwiftPath path, Found found) {
        Container container = found.container();
        Map<String, String> headers = Answers.headers(call);
        headers.put("X-Container-Object-Count", Long.toString(found.usage().objects()));
        headers.put("X-Container-Bytes-Used", Long.toString(found.usage().bytes()));
        headers.put("X-Timestamp", Answers.timestamp(container.createdAt()));
        headers.put("Last-Modified", Answers.lastModified(container.updatedAt()));
        headers.put("X-Storage-Policy", container.policy());
        headers.put("Accept-Ranges", "bytes");
        container
                .header(ObjectVersions.SETTING)
                .ifPresent(
                        it ->
                                headers.put(
                                        "X-Versions-Enabled",
                                        Boolean.toString(it.equals(ObjectVersions.ENABLED))));
        Map<String, String> shown = new TreeMap<>(container.headers());
        if (!Admission.administers(call, path.account(), found.account())) {
            // Who reads a key could sign what he may not do.
            shown.keySet().removeAll(OWNERS_ONLY);
        }
        Answers.addAll(headers, shown);
        Cors.add(headers, call, container);
        return headers;
    }

    private void delete(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        Admission.owner(call, path.account(), account(path), AccountAcl.Level.WRITE);
        try {
            database.change(
                    tx ->
                            containers.delete(
                                    tx,
                                    containers
                                            .find(tx, path.account(), name(path))
                                            .orElseThrow(ContainerOperations::absent)
                                            .id()));
        } catch (IntegrityConstraintViolationException e) {
            throw Failure.conflict(
                    "There was a conflict when trying to complete your request. The container is"
                            + " not empty.");
        }
        Answers.empty(exchange, 204, Answers.headers(call));
    }

    private void preflight(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        Cors.preflight(
                call,
                exchange,
                database.read(tx -> containers.find(tx, path.account(), name(path))));
    }

    private static Failure absent() {
        return Failure.notFound("The resource could not be found.");
    }

    private static String name(SwiftPath path) {
        return path.container().orElseThrow(ContainerOperations::absent);
    }
}
