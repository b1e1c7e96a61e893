package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.VolumeSearch;
import cloud.welkin.volume.store.VolumeSearch.Asked;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.work.VolumeLifecycle;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Snapshots of volumes that no server uses. */
public final class SnapshotOperations implements OperationGroup {
    private final VolumeTable volumes;
    private final SnapshotTable snapshots;
    private final VolumeSearch search;
    private final VolumeLifecycle lifecycle;
    private final VolumeAccess access;

    public SnapshotOperations(
            VolumeTable volumes,
            SnapshotTable snapshots,
            VolumeSearch search,
            VolumeLifecycle lifecycle) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.search = search;
        this.lifecycle = lifecycle;
        this.access = new VolumeAccess(volumes, snapshots);
    }

    @Override
    public List<Operation> operations() {
        String path = "/snapshots/{snapshot_id}";
        return List.of(
                Operation.post("/snapshots")
                        .policyByHandler("volume:create_snapshot")
                        .status(202)
                        .doc("Makes a snapshot of an available volume.")
                        .body(JsonNode.class)
                        .conversions(VolumeView.SNAPSHOT_HISTORY)
                        .writes(this::create),
                Operation.get("/snapshots")
                        .policy("volume:get_all_snapshots")
                        .anyParam()
                        .doc("Lists snapshots.")
                        .conversions(VolumeView.SNAPSHOT_HISTORY)
                        .reads((call, tx) -> list(call, tx, false)),
                Operation.get("/snapshots/detail")
                        .policy("volume:get_all_snapshots")
                        .anyParam()
                        .doc("Lists snapshots in full.")
                        .conversions(VolumeView.SNAPSHOT_HISTORY)
                        .reads((call, tx) -> list(call, tx, true)),
                Operation.get(path)
                        .policyByHandler("volume:get_snapshot")
                        .doc("Shows a snapshot.")
                        .conversions(VolumeView.SNAPSHOT_HISTORY)
                        .reads((call, tx) -> view(access.snapshot(call, tx, false))),
                Operation.put(path)
                        .policyByHandler("volume:update_snapshot")
                        .doc("Changes name or description.")
                        .body(JsonNode.class)
                        .conversions(VolumeView.SNAPSHOT_HISTORY)
                        .writes(this::update),
                Operation.delete(path)
                        .policyByHandler("volume:delete_snapshot")
                        .status(202)
                        .anyParam()
                        .doc("Deletes a snapshot.")
                        .writes(
                                (call, tx, none) -> {
                                    lifecycle.delete(tx, access.snapshot(call, tx, true));
                                    return Reply.empty();
                                }),
                Operation.get(path + "/metadata")
                        .policyByHandler("volume:get_snapshot_metadata")
                        .doc("The metadata of a snapshot.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "metadata",
                                                access.snapshot(call, tx, false).metadata())),
                Operation.post(path + "/metadata")
                        .policyByHandler("volume:update_snapshot_metadata")
                        .status(200)
                        .doc("Adds to the metadata.")
                        .body(JsonNode.class)
                        .writes((call, tx, body) -> metadata(call, tx, body, false)),
                Operation.put(path + "/metadata")
                        .policyByHandler("volume:update_snapshot_metadata")
                        .doc("Replaces the metadata.")
                        .body(JsonNode.class)
                        .writes((call, tx, body) -> metadata(call, tx, body, true)),
                Operation.delete(path + "/metadata/{key}")
                        .policyByHandler("volume:delete_snapshot_metadata")
                        .status(200)
                        .doc("Removes one entry of the metadata.")
                        .writes((call, tx, none) -> removeKey(call, tx)));
    }

    private static Object view(Snapshot snapshot) {
        return Map.of("snapshot", VolumeView.of(snapshot));
    }

    private static Object made(Snapshot snapshot) {
        return Map.of("snapshot", VolumeView.made(snapshot));
    }

    private Object create(Call call, Tx tx, JsonNode body) {
        Body wanted =
                Body.of(body, "snapshot")
                        .only(
                                "volume_id",
                                "name",
                                "display_name",
                                "description",
                                "display_description",
                                "force",
                                "metadata");
        UUID id =
                wanted.uuid("volume_id")
                        .orElseThrow(
                                () ->
                                        wanted.has("volume_id")
                                                ? VolumeAccess.noVolume("None")
                                                : Failure.badRequest(
                                                        "'volume_id' is a required property"));
        wanted.truth("force");
        Volume volume =
                volumes.lock(tx, id)
                        .filter(
                                it ->
                                        call.allows(
                                                VolumePolicy.GET,
                                                VolumeAccess.target(it.project())))
                        .orElseThrow(() -> VolumeAccess.noVolume(id.toString()));
        call.authorize(VolumeAccess.target(volume.project()));
        Instant now = lifecycle.now();
        Snapshot snapshot =
                new Snapshot(
                        UUID.randomUUID(),
                        volume.project(),
                        call.caller().user().value(),
                        volume.id(),
                        volume.type(),
                        wanted.text("name").or(() -> wanted.text("display_name")),
                        wanted.text("description").or(() -> wanted.text("display_description")),
                        volume.sizeGib(),
                        "creating",
                        wanted.texts("metadata"),
                        volume.host(),
                        1,
                        0,
                        now,
                        now);
        lifecycle.create(tx, snapshot, volume);
        return made(snapshot);
    }

    private Object list(Call call, Tx tx, boolean detail) {
        Asked asked = VolumeAccess.asked(call);
        List<Snapshot> page = asked.limit() == 0 ? List.of() : search.snapshots(tx, asked);
        Map<String, Object> view = new LinkedHashMap<>();
        view.put(
                "snapshots",
                page.stream().map(it -> detail ? VolumeView.of(it) : VolumeView.made(it)).toList());
        if (!page.isEmpty() && page.size() == asked.limit()) {
            view.put("snapshots_links", VolumeView.next(call, page.getLast().id().toString()));
        }
        if (call.version().atLeast("3.45") && call.query().bool("with_count").orElse(false)) {
            view.put("count", search.countSnapshots(tx, asked));
        }
        return view;
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        Snapshot snapshot = access.snapshot(call, tx, true);
        Body wanted =
                Body.of(body, "snapshot")
                        .only("name", "description", "display_name", "display_description");
        Optional<String> name =
                wanted.has("name")
                        ? wanted.text("name")
                        : wanted.text("display_name").or(snapshot::name);
        Optional<String> description =
                wanted.has("description")
                        ? wanted.text("description")
                        : wanted.text("display_description").or(snapshot::description);
        return made(write(tx, snapshot, name, description, snapshot.metadata()));
    }

    private Object metadata(Call call, Tx tx, JsonNode body, boolean replace) {
        Snapshot snapshot = access.snapshot(call, tx, true);
        Map<String, String> metadata = new HashMap<>(replace ? Map.of() : snapshot.metadata());
        metadata.putAll(new Body("", body).texts("metadata"));
        write(tx, snapshot, snapshot.name(), snapshot.description(), metadata);
        return Map.of("metadata", metadata);
    }

    private Object removeKey(Call call, Tx tx) {
        Snapshot snapshot = access.snapshot(call, tx, true);
        Map<String, String> metadata = new HashMap<>(snapshot.metadata());
        if (metadata.remove(call.path("key")) == null) {
            throw Failure.notFound("Metadata item was not found").as("MetadataKeyNotFound");
        }
        write(tx, snapshot, snapshot.name(), snapshot.description(), metadata);
        return Reply.empty();
    }

    private Snapshot write(
            Tx tx,
            Snapshot snapshot,
            Optional<String> name,
            Optional<String> description,
            Map<String, String> metadata) {
        Snapshot changed =
                new Snapshot(
                        snapshot.id(),
                        snapshot.project(),
                        snapshot.user(),
                        snapshot.volume(),
                        snapshot.type(),
                        name,
                        description,
                        snapshot.sizeGib(),
                        snapshot.status(),
                        metadata,
                        snapshot.host(),
                        snapshot.generation(),
                        snapshot.observed(),
                        snapshot.createdAt(),
                        lifecycle.now());
        snapshots.update(tx, changed, lifecycle.now());
        return changed;
    }
}
