package cloud.welkin.volume.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Transfer;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.domain.VolumeStatus;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.TransferTable;
import cloud.welkin.volume.store.VolumeTable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Volumes that change their owner: offered by a key, taken by whoever shows it. */
public final class VolumeTransfers {
    private final TransferTable transfers;
    private final VolumeTable volumes;
    private final SnapshotTable snapshots;
    private final VolumeQuotas quotas;
    private final VolumeLifecycle lifecycle;
    private final SecureRandom random = new SecureRandom();

    public VolumeTransfers(
            TransferTable transfers,
            VolumeTable volumes,
            SnapshotTable snapshots,
            VolumeQuotas quotas,
            VolumeLifecycle lifecycle) {
        this.transfers = transfers;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.quotas = quotas;
        this.lifecycle = lifecycle;
    }

    /** A transfer and the key to it, which nobody can see again. */
    public record Offer(Transfer transfer, String key) {}

    /**
     * @throws Failure 400 unless the volume is available
     */
    public Offer offer(Tx tx, Volume volume, Optional<String> name, boolean noSnapshots) {
        if (volume.status() != VolumeStatus.AVAILABLE) {
            throw VolumeLifecycle.invalid("status must be available");
        }
        if (noSnapshots && !snapshots.ofVolume(tx, volume.id()).isEmpty()) {
            throw VolumeLifecycle.invalid("a volume with snapshots goes with its snapshots.");
        }
        byte[] secret = new byte[8];
        random.nextBytes(secret);
        String key = HexFormat.of().formatHex(secret);
        Transfer transfer =
                new Transfer(
                        UUID.randomUUID(),
                        volume.id(),
                        volume.project(),
                        name,
                        hash(key),
                        noSnapshots,
                        lifecycle.now());
        transfers.insert(tx, transfer);
        volumes.setStatus(tx, volume.id(), VolumeStatus.AWAITING_TRANSFER, lifecycle.now());
        lifecycle.publish(tx, "transfer.create", volume);
        return new Offer(transfer, key);
    }

    public void withdraw(Tx tx, Transfer transfer) {
        transfers.delete(tx, transfer.id());
        volumes.lock(tx, transfer.volume())
                .filter(volume -> volume.status() == VolumeStatus.AWAITING_TRANSFER)
                .ifPresent(
                        volume -> {
                            volumes.setStatus(
                                    tx, volume.id(), VolumeStatus.AVAILABLE, lifecycle.now());
                            lifecycle.publish(tx, "transfer.delete", volume);
                        });
    }

    /**
     * The volume, and its snapshots, are the caller's project's from now on.
     *
     * @throws Failure 400 for a wrong key; 413 when the project may not have so much
     */
    public void accept(Tx tx, Caller caller, Transfer transfer, String key) {
        boolean same =
                MessageDigest.isEqual(
                        hash(key).getBytes(StandardCharsets.UTF_8),
                        transfer.keyHash().getBytes(StandardCharsets.UTF_8));
        if (!same) {
            throw Failure.badRequest(
                            "Invalid auth key: Attempt to transfer %s with invalid auth key.",
                            transfer.id())
                    .as("InvalidAuthKey");
        }
        String project = caller.requireProject().value();
        Volume volume =
                volumes.lock(tx, transfer.volume())
                        .filter(it -> it.status() == VolumeStatus.AWAITING_TRANSFER)
                        .orElseThrow(
                                () -> VolumeLifecycle.invalid("status must be awaiting-transfer"));
        List<Snapshot> kept = snapshots.ofVolume(tx, volume.id());
        long gib = volume.sizeGib() + kept.stream().mapToLong(Snapshot::sizeGib).sum();
        quotas.checkSize(tx, project, volume.sizeGib());
        move(tx, volume, project, 1, gib, kept.size());
        move(tx, volume, volume.project(), -1, -gib, -kept.size());
        volumes.give(tx, volume.id(), project, caller.user().value(), lifecycle.now());
        snapshots.give(tx, volume.id(), project, caller.user().value());
        transfers.delete(tx, transfer.id());
        lifecycle.publish(tx, "transfer.accept", volume);
    }

    private void move(Tx tx, Volume volume, String project, long count, long gib, long snaps) {
        quotas.take(
                tx,
                project,
                volume.typeName(),
                snaps == 0
                        ? Map.of(VolumeQuotas.VOLUMES, count, VolumeQuotas.GIGABYTES, gib)
                        : Map.of(
                                VolumeQuotas.VOLUMES,
                                count,
                                VolumeQuotas.GIGABYTES,
                                gib,
                                VolumeQuotas.SNAPSHOTS,
                                snaps));
    }

    private static String hash(String key) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
