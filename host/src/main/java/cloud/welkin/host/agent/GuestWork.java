package cloud.welkin.host.agent;

import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.LibvirtException;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.ObservedGuest.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converges guests, each on its newest intent: look, decide, act, look again, report. A plan that
 * comes out the same twice made no progress and is tried again later; so is what failed, with
 * growing pauses, until it is given up.
 */
final class GuestWork {

    private static final Logger LOG = LoggerFactory.getLogger(GuestWork.class);
    private static final int ROUNDS = 12;
    private static final int TRIES = 4;
    private static final Duration STUCK = Duration.ofSeconds(5);
    private static final Duration DESK_AWAY = Duration.ofSeconds(2);
    private static final Duration LIBVIRT_AWAY = Duration.ofMillis(500);

    private final AgentSettings settings;
    private final HostShape shape;
    private final HostDesk desk;
    private final LibvirtLink libvirt;
    private final GuestDisks disks;
    private final Steps steps;
    private final InstantSource clock;
    private final Supplier<String> boot;
    private final Checkpoint checkpoint;
    private final OneAtATime<UUID> workers;
    private final Map<UUID, DesiredGuest> desired = new ConcurrentHashMap<>();
    private final Map<UUID, GuestMemory> memories = new ConcurrentHashMap<>();
    private final Map<UUID, ReentrantLock> locks = new ConcurrentHashMap<>();

    /** Passed before and after each step; a test dies here. */
    interface Checkpoint {
        void pass(UUID guest, String where);
    }

    GuestWork(
            AgentSettings settings,
            HostShape shape,
            HostDesk desk,
            LibvirtLink libvirt,
            InstantSource clock,
            Supplier<String> boot,
            Checkpoint checkpoint) {
        this.settings = settings;
        this.shape = shape;
        this.desk = desk;
        this.libvirt = libvirt;
        this.disks = new GuestDisks(shape);
        this.steps = new Steps(shape, disks, clock);
        this.clock = clock;
        this.boot = boot;
        this.checkpoint = checkpoint;
        this.workers = new OneAtATime<>(settings.parallel(), this::converge);
    }

    /** Takes an intent, unless a newer one is known, and sees to the guest soon. */
    void want(DesiredGuest guest, boolean reportAnyway) {
        desired.merge(
                guest.id(),
                guest,
                (old, fresh) -> fresh.generation() >= old.generation() ? fresh : old);
        if (reportAnyway) {
            memory(guest.id()).forgetReport();
        }
        workers.poke(guest.id());
    }

    /** Looks at a guest if it is one of those that shall be here. */
    void look(UUID guest) {
        if (desired.containsKey(guest)) {
            workers.poke(guest);
        }
    }

    /** Forgets guests that the desk knows no more and that are gone. */
    void forget(UUID guest) {
        desired.remove(guest);
        memories.remove(guest);
    }

    Map<UUID, DesiredGuest> desired() {
        return Map.copyOf(desired);
    }

    /** Keeps a guest as it is while something is done with it. */
    <T> T holding(UUID guest, Supplier<T> what) {
        ReentrantLock lock = locks.computeIfAbsent(guest, _ -> new ReentrantLock());
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    /** Before anything else is done with guests. */
    void handOver() {
        disks.handOver();
    }

    void close(Duration limit) {
        workers.close(limit);
    }

    private GuestMemory memory(UUID guest) {
        return memories.computeIfAbsent(guest, _ -> new GuestMemory());
    }

    private void converge(UUID id) {
        DesiredGuest guest = desired.get(id);
        if (guest == null) {
            return;
        }
        GuestMemory memory = memory(id);
        memory.trying(guest.generation());
        try {
            holding(
                    id,
                    () -> {
                        converge(libvirt.connection(), guest, memory);
                        return true;
                    });
        } catch (Trouble trouble) {
            failed(guest, memory, trouble);
        } catch (LibvirtException lost) {
            LOG.info("guest {}: libvirt is away: {}", id, lost.getMessage());
            workers.pokeIn(LIBVIRT_AWAY, id);
        } catch (RuntimeException unexpected) {
            workers.pokeIn(STUCK, id); // the host may be down for a moment
            throw unexpected;
        }
    }

    private void converge(Connection connection, DesiredGuest guest, GuestMemory memory) {
        Optional<GuestPlan> last = Optional.empty();
        for (int round = 0; round < ROUNDS; round++) {
            FoundGuest found = GuestLook.at(connection, guest.id(), disks.exist(guest.id()));
            if (!found.activity().isActive()
                    && guest.power() == cloud.welkin.kernel.host.Power.STOPPED) {
                memory.isOffOrStarted();
            }
            if (memory.gaveUp().isPresent()) {
                report(memory, observed(guest, found, false, false, memory.gaveUp()));
                return;
            }
            GuestPlan plan = GuestPlan.of(guest, found, context(guest, memory));
            if (plan.steps().isEmpty()) {
                memory.succeeded();
                report(
                        memory,
                        observed(
                                guest,
                                found,
                                plan.converged(),
                                plan.stoppedByItself(),
                                Optional.empty()));
                plan.lookAgain().ifPresent(delay -> workers.pokeIn(delay, guest.id()));
                return;
            }
            if (last.equals(Optional.of(plan))) {
                report(memory, observed(guest, found, false, plan.stoppedByItself(), stuck(found)));
                workers.pokeIn(STUCK, guest.id());
                return;
            }
            last = Optional.of(plan);
            for (Step step : plan.steps()) {
                LOG.debug("guest {} generation {}: {}", guest.id(), guest.generation(), step);
                checkpoint.pass(guest.id(), "before " + step);
                steps.run(connection, guest, memory, step);
                checkpoint.pass(guest.id(), "after " + step);
            }
            if (isOutdated(guest)) {
                workers.poke(guest.id()); // the newer intent decides from here on
                return;
            }
        }
        workers.pokeIn(STUCK, guest.id());
    }

    private boolean isOutdated(DesiredGuest guest) {
        DesiredGuest newest = desired.get(guest.id());
        return newest != null && newest.generation() > guest.generation();
    }

    private GuestPlan.Context context(DesiredGuest guest, GuestMemory memory) {
        return new GuestPlan.Context(
                settings.cloud(),
                boot.get(),
                DomainXml.digest(guest, shape),
                guest.root() instanceof RootDisk.FromImage
                        ? Optional.of(shape.folder(guest.id()).root(guest.rebuilds()).toString())
                        : Optional.empty(),
                clock.instant(),
                memory.asked(),
                memory.lastAsked(),
                settings.stopGrace(),
                settings.rebootGrace());
    }

    private static Optional<Fault> stuck(FoundGuest found) {
        return found.activity() == FoundGuest.Activity.STUCK
                ? Optional.of(
                        new Fault(
                                "NoSpace",
                                "The guest stands still: its disk cannot be written.",
                                "paused by an I/O error",
                                true))
                : Optional.empty();
    }

    private ObservedGuest observed(
            DesiredGuest guest,
            FoundGuest found,
            boolean converged,
            boolean stoppedByItself,
            Optional<Fault> fault) {
        return new ObservedGuest(
                guest.id(),
                guest.generation(),
                converged,
                found.power(),
                stoppedByItself,
                found.volumes().keySet().stream().sorted().toList(),
                found.nics().stream().sorted().toList(),
                found.activity().isActive()
                        ? Optional.of(
                                new ObservedGuest.Console(
                                        shape.folder(guest.id()).vncSocket().toString()))
                        : Optional.empty(),
                fault);
    }

    private void failed(DesiredGuest guest, GuestMemory memory, Trouble trouble) {
        LOG.warn("guest {} generation {}", guest.id(), guest.generation(), trouble);
        int failures = memory.failed();
        Fault fault = trouble.fault();
        // What shall go must go some time: that is never given up.
        boolean retries = !guest.present() || (fault.retries() && failures < TRIES);
        fault = new Fault(fault.code(), fault.message(), fault.detail(), retries);
        memory.ended(fault);
        FoundGuest found;
        try {
            found = GuestLook.at(libvirt.connection(), guest.id(), disks.exist(guest.id()));
        } catch (LibvirtException lost) {
            workers.pokeIn(LIBVIRT_AWAY, guest.id());
            return;
        }
        report(memory, observed(guest, found, false, false, Optional.of(fault)));
        if (retries) {
            workers.pokeIn(
                    Duration.ofMillis(Math.min(60_000, 250L << Math.min(failures, 10))),
                    guest.id());
        }
    }

    private void report(GuestMemory memory, ObservedGuest report) {
        if (memory.hasReported(report)) {
            return;
        }
        try {
            desk.report(settings.host(), report);
            memory.reported(report);
        } catch (RuntimeException away) {
            LOG.warn("the desk does not take the report on {}: {}", report.id(), away.toString());
            workers.pokeIn(DESK_AWAY, report.id());
        }
    }
}
