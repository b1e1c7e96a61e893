package cloud.welkin.volume.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.ObservedGuest.Fault;
import cloud.welkin.kernel.host.ObservedVolume;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.domain.VolumeReport;
import cloud.welkin.volume.domain.VolumeStatus;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.VolumeTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The volume part of {@link cloud.welkin.kernel.host.HostDesk}: what a host shall keep, and what it
 * found. To a host a snapshot is a volume like any other, made from the one that it is a snapshot
 * of.
 */
public final class VolumeDesk {
    /** Reports that share a transaction: few enough that no lock is held for long. */
    private static final int AT_ONCE = 50;

    private final Database database;
    private final VolumeTable volumes;
    private final SnapshotTable snapshots;
    private final VolumeLifecycle lifecycle;

    public VolumeDesk(
            Database database,
            VolumeTable volumes,
            SnapshotTable snapshots,
            VolumeLifecycle lifecycle) {
        this.database = database;
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.lifecycle = lifecycle;
    }

    /** Makes the host known, or its present space; what waited for any host is placed on it. */
    public void register(HostFacts facts) {
        database.change(
                tx -> {
                    String host = facts.name().value();
                    volumes.register(
                            tx, host, facts.diskGib(), facts.diskFreeGib(), lifecycle.now());
                    if (volumes.place(tx, host) > 0) {
                        tx.notify(VolumeLifecycle.CHANNEL, host);
                    }
                });
    }

    /** Everything that shall be on the host, and what shall go. */
    public List<DesiredVolume> volumes(HostName host) {
        return database.snapshot(tx -> desired(tx, host, false));
    }

    /** What the host has not settled yet. */
    public List<DesiredVolume> pendingVolumes(HostName host) {
        return database.snapshot(tx -> desired(tx, host, true));
    }

    private List<DesiredVolume> desired(Tx tx, HostName host, boolean pendingOnly) {
        List<DesiredVolume> all = new ArrayList<>();
        for (Volume volume : volumes.onHost(tx, host.value(), pendingOnly)) {
            all.add(desired(volume));
        }
        for (Snapshot snapshot : snapshots.onHost(tx, host.value(), pendingOnly)) {
            all.add(desired(snapshot));
        }
        return all;
    }

    private static DesiredVolume desired(Volume volume) {
        boolean present =
                volume.status() != VolumeStatus.DELETING
                        && volume.status() != VolumeStatus.ERROR_DELETING;
        Optional<DesiredVolume.Source> source =
                Stream.<Optional<DesiredVolume.Source>>of(
                                volume.content()
                                        .map(
                                                content ->
                                                        new DesiredVolume.Source.Image(
                                                                content,
                                                                volume.contentFormat()
                                                                        .orElse("raw"))),
                                volume.snapshot().map(DesiredVolume.Source.Snapshot::new),
                                volume.source().map(DesiredVolume.Source.Volume::new))
                        .flatMap(Optional::stream)
                        .findFirst();
        // What was made once is never made again from its source: that may be gone, and the bytes
        // are the owner's.
        return new DesiredVolume(
                volume.id(),
                volume.generation(),
                present,
                volume.wantedGib(),
                volume.status() == VolumeStatus.CREATING ? source : Optional.empty());
    }

    private static DesiredVolume desired(Snapshot snapshot) {
        Optional<DesiredVolume.Source> source =
                snapshot.status().equals("creating")
                        ? Optional.of(new DesiredVolume.Source.Volume(snapshot.volume()))
                        : Optional.empty();
        return new DesiredVolume(
                snapshot.id(),
                snapshot.generation(),
                !snapshot.status().equals("deleting")
                        && !snapshot.status().equals("error_deleting"),
                snapshot.sizeGib(),
                source);
    }

    /**
     * Takes what a host found; what is about nothing known, or about an older intent, changes
     * nothing.
     */
    public void report(HostName host, ObservedVolume seen) {
        report(host, List.of(seen));
    }

    /**
     * Many of them, in few transactions; always in the same order, so that none waits in a circle.
     */
    public void report(HostName host, List<ObservedVolume> all) {
        List<ObservedVolume> sorted =
                all.stream().sorted(Comparator.comparing(ObservedVolume::id)).toList();
        for (int from = 0; from < sorted.size(); from += AT_ONCE) {
            List<ObservedVolume> some =
                    sorted.subList(from, Math.min(sorted.size(), from + AT_ONCE));
            database.change(tx -> some.forEach(seen -> take(tx, host, seen)));
        }
    }

    private void take(Tx tx, HostName host, ObservedVolume seen) {
        Optional<Volume> volume = volumes.lock(tx, seen.id()).filter(it -> isOn(host, it.host()));
        if (volume.isPresent()) {
            apply(tx, volume.get(), seen);
        } else {
            snapshots
                    .lock(tx, seen.id())
                    .filter(it -> isOn(host, it.host()))
                    .ifPresent(snapshot -> apply(tx, snapshot, seen));
        }
    }

    /** Keeps which volumes' data the host found, for the doctor to compare with the rows. */
    public void found(HostName host, Set<UUID> files) {
        database.change(tx -> volumes.found(tx, host.value(), files, lifecycle.now()));
    }

    private static boolean isOn(HostName host, Optional<String> of) {
        return of.map(host.value()::equals).orElse(false);
    }

    private void apply(Tx tx, Volume volume, ObservedVolume seen) {
        switch (VolumeReport.decide(volume, seen)) {
            case VolumeReport.Nothing nothing -> {}
            case VolumeReport.Ready(String path) -> {
                boolean news =
                        volume.observed() < volume.generation()
                                || !volume.path().equals(Optional.of(path));
                if (news) {
                    lifecycle.ready(tx, volume, path, VolumeReport.settled(volume.status()));
                }
                if (!volume.fault().isEmpty() && volume.status().ofServer()) {
                    volumes.setFault(tx, volume, "", lifecycle.now());
                }
            }
            case VolumeReport.Failed(VolumeStatus into, String why) ->
                    lifecycle.failed(tx, volume, into, why);
            case VolumeReport.Lost(String why) -> lifecycle.lost(tx, volume, why);
            case VolumeReport.Gone gone -> lifecycle.gone(tx, volume);
        }
    }

    private void apply(Tx tx, Snapshot snapshot, ObservedVolume seen) {
        Optional<Fault> fault = seen.fault();
        if (seen.generation() < snapshot.generation()
                || fault.map(Fault::retries).orElse(false)
                || snapshot.observed() == snapshot.generation()) {
            return;
        }
        switch (snapshot.status()) {
            case "creating" -> {
                if (fault.isPresent()) {
                    lifecycle.observed(tx, snapshot, "error", fault.get().message());
                } else if (seen.path().isPresent()) {
                    lifecycle.observed(tx, snapshot, "available", "");
                }
            }
            case "deleting" -> {
                if (fault.isPresent()) {
                    lifecycle.observed(tx, snapshot, "error_deleting", fault.get().message());
                } else if (seen.path().isEmpty()) {
                    lifecycle.gone(tx, snapshot);
                }
            }
            default -> {}
        }
    }

    /** Calls back soon after something became pending for the host; may call in vain. */
    public AutoCloseable onPending(HostName host, Runnable look) {
        return database.listen(
                VolumeLifecycle.CHANNEL,
                payload -> {
                    if (payload.isEmpty() || payload.equals(host.value())) {
                        look.run();
                    }
                });
    }
}
