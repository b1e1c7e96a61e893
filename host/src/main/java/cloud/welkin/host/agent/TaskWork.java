package cloud.welkin.host.agent;

import cloud.welkin.host.libvirt.LibvirtException;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.HostTask;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does the host's tasks, each until its end is reported. */
final class TaskWork {

    private static final Logger LOG = LoggerFactory.getLogger(TaskWork.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final int PARALLEL = 2;

    private final HostName host;
    private final HostDesk desk;
    private final Snapshots snapshots;
    private final OneAtATime<UUID> workers = new OneAtATime<>(PARALLEL, this::work);
    private final Map<UUID, HostTask> tasks = new ConcurrentHashMap<>();
    private final Map<UUID, HostTask.Done> done = new ConcurrentHashMap<>();

    TaskWork(HostName host, HostDesk desk, Snapshots snapshots) {
        this.host = host;
        this.desk = desk;
        this.snapshots = snapshots;
    }

    /** Takes the list of tasks that are to be done. */
    void want(List<HostTask> wanted) {
        done.keySet().removeIf(id -> wanted.stream().noneMatch(task -> task.id().equals(id)));
        for (HostTask task : wanted) {
            if (tasks.putIfAbsent(task.id(), task) == null) {
                workers.poke(task.id());
            }
        }
    }

    void close(Duration limit) {
        workers.close(limit);
    }

    private void work(UUID id) {
        HostTask task = tasks.get(id);
        if (task == null) {
            return;
        }
        try {
            // A list that was on its way while the end was reported names it again.
            HostTask.Done end = done.computeIfAbsent(id, _ -> perform(task));
            desk.report(host, end);
            tasks.remove(id);
        } catch (LibvirtException lost) {
            LOG.info("task {}: libvirt is away: {}", id, lost.getMessage());
            workers.pokeIn(AGAIN, id);
        } catch (RuntimeException failed) {
            LOG.warn("task {}", id, failed);
            workers.pokeIn(AGAIN, id);
        }
    }

    private HostTask.Done perform(HostTask task) {
        try {
            switch (task) {
                case HostTask.Snapshot snapshot -> snapshots.take(snapshot);
            }
            return new HostTask.Done(task.id(), Optional.empty());
        } catch (Trouble trouble) {
            LOG.warn("task {}", task, trouble);
            return new HostTask.Done(task.id(), Optional.of(trouble.fault()));
        }
    }
}
