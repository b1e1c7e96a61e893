package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.HostTask;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.ObservedVolume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A desk in memory: what a test wants, and what the host reported. */
final class TestDesk implements HostDesk {

    private final Map<UUID, DesiredGuest> guests = new LinkedHashMap<>();
    private final Map<UUID, ObservedGuest> reports = new LinkedHashMap<>();
    private final Map<UUID, DesiredVolume> volumes = new LinkedHashMap<>();
    private final Map<UUID, HostTask> tasks = new LinkedHashMap<>();
    private final Map<UUID, HostTask.Done> done = new LinkedHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<HostFacts> facts = new ArrayList<>();
    private boolean away;

    /** From now on the guest shall be like this. */
    void want(DesiredGuest guest) {
        synchronized (this) {
            guests.put(guest.id(), guest);
        }
        poke();
    }

    /** The row is gone, as after its host has reported that nothing is left. */
    synchronized void drop(UUID guest) {
        guests.remove(guest);
    }

    void want(HostTask task) {
        synchronized (this) {
            tasks.put(task.id(), task);
        }
        poke();
    }

    synchronized void setAway(boolean away) {
        this.away = away;
    }

    void poke() {
        listeners.forEach(Runnable::run);
    }

    ObservedGuest await(UUID guest, Predicate<ObservedGuest> condition) {
        return awaitIn(reports, guest, condition);
    }

    /** Waits until the newest intent of the guest is fulfilled. */
    ObservedGuest awaitConverged(DesiredGuest guest) {
        return await(
                guest.id(),
                report -> report.converged() && report.generation() == guest.generation());
    }

    HostTask.Done awaitDone(UUID task) {
        return awaitIn(done, task, _ -> true);
    }

    synchronized Optional<ObservedGuest> report(UUID guest) {
        return Optional.ofNullable(reports.get(guest));
    }

    synchronized List<HostFacts> facts() {
        return List.copyOf(facts);
    }

    private synchronized <T> T awaitIn(Map<UUID, T> map, UUID key, Predicate<T> condition) {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (true) {
            T found = map.get(key);
            if (found != null && condition.test(found)) {
                return found;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("last was " + found);
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void answer() {
        if (away) {
            throw new IllegalStateException("the desk is away");
        }
    }

    @Override
    public synchronized void register(HostFacts newest) {
        answer();
        facts.add(newest);
        notifyAll();
    }

    @Override
    public synchronized List<DesiredGuest> guests(HostName host) {
        answer();
        return List.copyOf(guests.values());
    }

    @Override
    public synchronized List<DesiredGuest> pendingGuests(HostName host) {
        answer();
        return guests.values().stream().filter(this::isPending).toList();
    }

    private boolean isPending(DesiredGuest guest) {
        ObservedGuest report = reports.get(guest.id());
        return report == null
                || report.generation() != guest.generation()
                || (!report.converged()
                        && report.fault().filter(fault -> !fault.retries()).isEmpty());
    }

    @Override
    public synchronized void report(HostName host, ObservedGuest guest) {
        answer();
        reports.put(guest.id(), guest);
        notifyAll();
    }

    @Override
    public synchronized List<DesiredVolume> volumes(HostName host) {
        answer();
        return List.copyOf(volumes.values());
    }

    @Override
    public synchronized List<DesiredVolume> pendingVolumes(HostName host) {
        answer();
        return List.of();
    }

    @Override
    public synchronized void report(HostName host, ObservedVolume volume) {
        answer();
    }

    @Override
    public void foundVolumes(HostName host, java.util.Set<UUID> volumes) {}

    @Override
    public synchronized List<HostTask> tasks(HostName host) {
        answer();
        return List.copyOf(tasks.values());
    }

    @Override
    public synchronized void report(HostName host, HostTask.Done end) {
        answer();
        tasks.remove(end.id());
        done.put(end.id(), end);
        notifyAll();
    }

    @Override
    public AutoCloseable onPending(HostName host, Runnable look) {
        listeners.add(look);
        return () -> listeners.remove(look);
    }
}
