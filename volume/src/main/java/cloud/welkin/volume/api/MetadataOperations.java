package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.work.VolumeLifecycle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The metadata of volumes, whole and key by key. */
public final class MetadataOperations implements OperationGroup {
    private static final int MOST = 128;
    private final VolumeTable volumes;
    private final VolumeLifecycle lifecycle;
    private final VolumeAccess access;

    public MetadataOperations(
            VolumeTable volumes, SnapshotTable snapshots, VolumeLifecycle lifecycle) {
        this.volumes = volumes;
        this.lifecycle = lifecycle;
        this.access = new VolumeAccess(volumes, snapshots);
    }

    @Override
    public List<Operation> operations() {
        String path = "/volumes/{volume_id}/metadata";
        return List.of(
                Operation.get(path)
                        .policyByHandler("volume:get_volume_metadata")
                        .doc("The metadata of a volume.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "metadata",
                                                access.volume(call, tx, false).metadata())),
                Operation.post(path)
                        .policyByHandler("volume:create_volume_metadata")
                        .status(200)
                        .doc("Adds to the metadata.")
                        .body(JsonNode.class)
                        .writes(
                                (call, tx, body) ->
                                        write(
                                                call,
                                                tx,
                                                new Body("", body).texts("metadata"),
                                                false)),
                Operation.put(path)
                        .policyByHandler("volume:update_volume_metadata")
                        .doc("Replaces the metadata.")
                        .body(JsonNode.class)
                        .writes(
                                (call, tx, body) ->
                                        write(
                                                call,
                                                tx,
                                                new Body("", body).texts("metadata"),
                                                true)),
                Operation.get(path + "/{key}")
                        .policyByHandler("volume:get_volume_metadata")
                        .doc("One entry of the metadata.")
                        .reads(
                                (call, tx) -> {
                                    String value =
                                            access.volume(call, tx, false)
                                                    .metadata()
                                                    .get(call.path("key"));
                                    if (value == null) {
                                        throw missing();
                                    }
                                    return Map.of("meta", Map.of(call.path("key"), value));
                                }),
                Operation.put(path + "/{key}")
                        .policyByHandler("volume:update_volume_metadata")
                        .doc("Sets one entry of the metadata.")
                        .body(JsonNode.class)
                        .writes(this::one),
                Operation.delete(path + "/{key}")
                        .policyByHandler("volume:delete_volume_metadata")
                        .status(200)
                        .doc("Removes one entry of the metadata.")
                        .writes((call, tx, none) -> remove(call, tx)));
    }

    private static Failure missing() {
        return Failure.notFound("Metadata item was not found").as("MetadataKeyNotFound");
    }

    private Object write(Call call, Tx tx, Map<String, String> given, boolean replace) {
        Volume volume = access.volume(call, tx, true);
        Map<String, String> metadata = new HashMap<>(replace ? Map.of() : volume.metadata());
        metadata.putAll(given);
        if (metadata.size() > MOST) {
            throw Failure.tooLarge("Maximum number of metadata items exceeds %d", MOST);
        }
        volumes.update(tx, Changes.of(volume).metadata(metadata).done(), lifecycle.now());
        return Map.of("metadata", metadata);
    }

    private Object one(Call call, Tx tx, JsonNode body) {
        Map<String, String> meta = new Body("", body).texts("meta");
        if (meta.size() != 1 || !meta.containsKey(call.path("key"))) {
            throw Failure.badRequest(
                    "Request body contains too many items or another key than the URL.");
        }
        write(call, tx, meta, false);
        return Map.of("meta", meta);
    }

    private Object remove(Call call, Tx tx) {
        Volume volume = access.volume(call, tx, true);
        Map<String, String> metadata = new HashMap<>(volume.metadata());
        if (metadata.remove(call.path("key")) == null) {
            throw missing();
        }
        volumes.update(tx, Changes.of(volume).metadata(metadata).done(), lifecycle.now());
        return Reply.empty();
    }
}
