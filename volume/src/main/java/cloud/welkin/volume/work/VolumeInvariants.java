package cloud.welkin.volume.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.VolumeTable;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What must hold among the rows of volumes. Their files are the host's to account for. */
public final class VolumeInvariants {
    private static final Duration LONGEST = Duration.ofHours(1);

    private final Database database;
    private final VolumeTable volumes;
    private final SnapshotTable snapshots;

    /** A volume that was changed while its host compared says nothing. */
    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final Quotas quotas;
    private final Clock clock;

    public VolumeInvariants(
            Database database,
            VolumeTable volumes,
            SnapshotTable snapshots,
            Quotas quotas,
            Clock clock) {
        this.database = database;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.quotas = quotas;
        this.clock = clock;
    }

    public List<Invariant> all() {
        return List.of(
                new Invariant(
                        "volumes and attachments say the same",
                        "volume",
                        "A volume that says in-use without an attachment can never be deleted.",
                        this::contradictions),
                new Invariant(
                        "every attached volume has its data",
                        "volume",
                        "A volume stays its server's when its file is missing, and the server would not start again.",
                        this::lost),
                new Invariant(
                        "no volume is in transit for long",
                        "volume",
                        "A volume that stays creating, extending or deleting waits for a host that does not answer.",
                        this::late),
                new Invariant(
                        "every volume has its data on its host",
                        "volume",
                        "A volume without its data cannot be attached, and its bytes are lost.",
                        this::withoutFile),
                new Invariant(
                        "all data on hosts is a volume's or a snapshot's",
                        "volume",
                        "Data of nobody takes space that is promised to others.",
                        this::ofNobody),
                quotas.invariant(VolumeQuotas.VOLUMES, volumes::countByProject),
                quotas.invariant(VolumeQuotas.GIGABYTES, volumes::gibByProject),
                quotas.invariant(VolumeQuotas.SNAPSHOTS, snapshots::countByProject));
    }

    private List<Finding> contradictions() {
        return database.snapshot(volumes::contradicting).stream()
                .map(
                        id ->
                                new Finding(
                                        "Volume %s and its attachments contradict each other"
                                                .formatted(id),
                                        List.of(id.toString()),
                                        "Delete the server it is attached to."))
                .toList();
    }

    private List<Finding> lost() {
        return database.read(volumes::lost).stream()
                .map(
                        id ->
                                new Finding(
                                        "The data of volume %s, which a server has, is missing"
                                                .formatted(id),
                                        List.of(id.toString()),
                                        "Restore its file on its host, or detach it and delete it."))
                .toList();
    }

    private List<Finding> withoutFile() {
        return database.snapshot(tx -> volumes.withoutFile(tx, MARGIN)).stream()
                .map(
                        id ->
                                new Finding(
                                        "Volume %s has no data on its host".formatted(id),
                                        List.of(id.toString()),
                                        "Restore its file on its host, or delete the volume."))
                .toList();
    }

    private List<Finding> ofNobody() {
        return database.snapshot(volumes::filesOfNobody).stream()
                .map(
                        id ->
                                new Finding(
                                        "The data of %s on a host belongs to no volume"
                                                .formatted(id),
                                        List.of(id.toString()),
                                        "Its host removes it when it compares next; look at the"
                                                + " host's log if it stays."))
                .toList();
    }

    private List<Finding> late() {
        return database
                .read(tx -> volumes.inTransitSince(tx, clock.instant().minus(LONGEST)))
                .stream()
                .map(
                        id ->
                                new Finding(
                                        "Volume %s has been in transit for more than %d minutes"
                                                .formatted(id, LONGEST.toMinutes()),
                                        List.of(id.toString()),
                                        "Look whether its host is up and what its log says."))
                .toList();
    }
}
