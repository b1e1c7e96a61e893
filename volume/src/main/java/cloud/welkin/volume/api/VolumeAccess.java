package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.VolumeSearch.Asked;
import cloud.welkin.volume.store.VolumeTable;
import java.util.Optional;

/**
 * Finds what a call is about: 404 for what the caller may not know of, 403 for what it may see and
 * not change.
 */
final class VolumeAccess {
    private final VolumeTable volumes;
    private final SnapshotTable snapshots;

    VolumeAccess(VolumeTable volumes, SnapshotTable snapshots) {
        this.volumes = volumes;
        this.snapshots = snapshots;
    }

    Volume volume(Call call, Tx tx, boolean lock) {
        Optional<Volume> found =
                call.pathUuid("volume_id")
                        .flatMap(id -> lock ? volumes.lock(tx, id) : volumes.find(tx, id));
        Volume volume =
                found.filter(it -> call.allows(VolumePolicy.GET, target(it.project())))
                        .orElseThrow(() -> noVolume(call.path("volume_id")));
        call.authorize(target(volume.project()));
        return volume;
    }

    Snapshot snapshot(Call call, Tx tx, boolean lock) {
        Optional<Snapshot> found =
                call.pathUuid("snapshot_id")
                        .flatMap(id -> lock ? snapshots.lock(tx, id) : snapshots.find(tx, id));
        Snapshot snapshot =
                found.filter(it -> call.allows("volume:get_snapshot", target(it.project())))
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                        "Snapshot %s could not be found.",
                                                        call.path("snapshot_id"))
                                                .as("SnapshotNotFound"));
        call.authorize(target(snapshot.project()));
        return snapshot;
    }

    static Failure noVolume(String id) {
        return Failure.notFound("Volume %s could not be found.", id).as("VolumeNotFound");
    }

    static Target target(String project) {
        return Target.ownedBy(new ProjectId(project));
    }

    /** Whose things a list shows: the caller's project's; for admins those of all or of any one. */
    static Asked asked(Call call) {
        Optional<String> own = call.caller().project().map(it -> it.value());
        boolean all =
                call.caller().isAdmin()
                        && (call.query().bool("all_tenants").orElse(false) || own.isEmpty());
        return new Asked(all ? Optional.empty() : Optional.of(own.orElse("")), call.query());
    }
}
