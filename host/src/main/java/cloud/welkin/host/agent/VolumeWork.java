package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.ObservedVolume;
import cloud.welkin.kernel.work.Together;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converges the host's volumes, each on its newest intent. */
final class VolumeWork {

    private static final Logger LOG = LoggerFactory.getLogger(VolumeWork.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final int PARALLEL = 16;

    private final HostName host;
    private final HostDesk desk;
    private final HostVolumes volumes;
    private final OneAtATime<UUID> workers = new OneAtATime<>(PARALLEL, this::converge);
    private final Together<ObservedVolume> reports;
    private final Map<UUID, DesiredVolume> desired = new ConcurrentHashMap<>();

    VolumeWork(HostName host, HostDesk desk, HostVolumes volumes) {
        this.host = host;
        this.desk = desk;
        this.volumes = volumes;
        this.reports = new Together<>(all -> desk.reportVolumes(host, all));
    }

    void want(List<DesiredVolume> wanted) {
        for (var volume : wanted) {
            desired.merge(
                    volume.id(),
                    volume,
                    (old, fresh) -> fresh.generation() >= old.generation() ? fresh : old);
            workers.poke(volume.id());
        }
    }

    /** All that shall be; what is there besides, and was before the desk was asked, goes. */
    void wantAll(List<DesiredVolume> all, List<UUID> presentBefore, boolean mayRemove) {
        Set<UUID> wanted = all.stream().map(DesiredVolume::id).collect(Collectors.toSet());
        if (mayRemove && !wanted.containsAll(presentBefore)) {
            // What appeared since the question was asked belongs to a newer row.
            Set<UUID> keep =
                    volumes.present().stream()
                            .filter(id -> !presentBefore.contains(id))
                            .collect(Collectors.toSet());
            keep.addAll(wanted);
            LOG.info("volumes of nobody removed: {}", volumes.removeOthers(keep));
        }
        want(all);
        desk.foundVolumes(host, Set.copyOf(presentBefore));
    }

    List<UUID> present() {
        return volumes.present();
    }

    void close(Duration limit) {
        workers.close(limit);
    }

    private void converge(UUID id) {
        DesiredVolume wanted = desired.get(id);
        if (wanted == null) {
            return;
        }
        try {
            ObservedVolume observed = volumes.converge(wanted);
            reports.take(observed);
            desired.remove(id, wanted);
            if (observed.fault().filter(fault -> fault.retries()).isPresent()) {
                desired.putIfAbsent(id, wanted);
                workers.pokeIn(AGAIN, id);
            }
        } catch (RuntimeException failed) {
            LOG.warn("volume {}", id, failed);
            workers.pokeIn(AGAIN, id);
        }
    }
}
