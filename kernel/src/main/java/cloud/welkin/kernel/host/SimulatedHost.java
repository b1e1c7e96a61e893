package cloud.welkin.kernel.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host that runs no guests but behaves like one that does: it pulls what it shall be, converges
 * step by step, reports, forgets nothing over the death of its agent and loses running guests with
 * its power. For scale and for the tests of everything above it, which tell it to fail through
 * {@link Faults}.
 *
 * <p>{@link #look} does one round on the caller's thread; {@link #start} does so whenever something
 * is pending.
 */
public final class SimulatedHost implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SimulatedHost.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final int ROUNDS_BETWEEN_FULL_LOOKS = 30;

    /** What goes wrong, and when. */
    public interface Faults {
        Faults NONE = new Faults() {};

        /** Called between steps; throwing {@link Crash} is the agent's death there. */
        default void between(String step, UUID thing) {}

        /** Why a guest does not start; asked each time that it shall. */
        default Optional<ObservedGuest.Fault> start(DesiredGuest guest) {
            return Optional.empty();
        }

        /** Why a volume or port cannot be plugged into a guest. */
        default Optional<ObservedGuest.Fault> plug(DesiredGuest guest, UUID thing) {
            return Optional.empty();
        }

        /** Why a volume cannot be made. */
        default Optional<ObservedGuest.Fault> make(DesiredVolume volume) {
            return Optional.empty();
        }

        /** Why a snapshot cannot be taken. */
        default Optional<ObservedGuest.Fault> snapshot(HostTask.Snapshot task) {
            return Optional.empty();
        }
    }

    /** The agent's death at some point; what it had done stays done. */
    public static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Crash(String where) {
            super(where, null, false, false);
        }
    }

    /** A guest as this host has it. */
    private static final class Guest {
        long generation;
        Power power = Power.STOPPED;
        boolean stoppedByItself;
        boolean gaveUp;
        long rebuilds;
        long reboots;
        final Set<UUID> volumes = new LinkedHashSet<>();
        final Set<UUID> nics = new LinkedHashSet<>();
    }

    private final HostName name;
    private final HostDesk desk;
    private final Clock clock;
    private final int vcpus;
    private final long memoryMib;
    private final long diskGib;
    private final Instant startedAt;
    private final Map<UUID, Guest> guests = new LinkedHashMap<>();
    private final Set<UUID> volumes = new HashSet<>();
    private final Semaphore pokes = new Semaphore(1);
    private volatile Faults faults = Faults.NONE;
    private volatile boolean closed;
    private boolean begun;
    private volatile Instant saidAlive;
    private String bootId = UUID.randomUUID().toString();
    private Optional<Thread> thread = Optional.empty();
    private Optional<AutoCloseable> listening = Optional.empty();

    public SimulatedHost(
            HostName name, HostDesk desk, Clock clock, int vcpus, long memoryMib, long diskGib) {
        this.name = name;
        this.desk = desk;
        this.vcpus = vcpus;
        this.memoryMib = memoryMib;
        this.diskGib = diskGib;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.saidAlive = startedAt;
    }

    public void failBy(Faults wrong) {
        faults = wrong;
    }

    /** Registers, and from then on does what is pending on a thread of its own. */
    public void start() {
        register();
        listening = Optional.of(desk.onPending(name, pokes::release));
        thread = Optional.of(Thread.ofVirtual().name("host " + name).start(this::run));
    }

    /** Says that the host is alive. */
    public void register() {
        saidAlive = clock.instant();
        desk.register(
                new HostFacts(
                        name,
                        bootId,
                        "simulated",
                        "simulated",
                        1_000_000,
                        vcpus,
                        memoryMib,
                        diskGib,
                        diskGib,
                        "simulated",
                        "127.0.0.1",
                        startedAt));
    }

    private void run() {
        int rounds = 0;
        while (!closed) {
            try {
                look(rounds++ % ROUNDS_BETWEEN_FULL_LOOKS == 0);
                boolean poked = pokes.tryAcquire(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
                // A host that always has something to do must say that it is alive, too.
                if (!poked || !clock.instant().isBefore(saidAlive.plus(HEARTBEAT))) {
                    register();
                }
                pokes.drainPermits();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!closed) {
                    log.debug("host {} tries again", name, e);
                    pause();
                }
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * One round: everything that is pending, or at a full look everything, whatever is not wanted
     * removed.
     *
     * @throws Crash when the faults say so; the next look goes on
     */
    public synchronized void look(boolean full) {
        Set<UUID> before = Set.copyOf(volumes);
        List<DesiredVolume> all = full ? desk.volumes(name) : desk.pendingVolumes(name);
        List<ObservedVolume> made = new ArrayList<>();
        try {
            all.forEach(volume -> made.add(make(volume)));
        } finally {
            if (!made.isEmpty()) {
                desk.reportVolumes(name, made);
            }
        }
        if (full) {
            // A simulated disk is nowhere but in this process: what the desk wanted when it began
            // had been there before, as with a host whose disks outlive the program.
            desk.foundVolumes(name, begun ? before : Set.copyOf(volumes));
            begun = true;
        }
        List<DesiredGuest> wanted = full ? desk.guests(name) : desk.pendingGuests(name);
        if (full) {
            Set<UUID> known = new HashSet<>();
            wanted.forEach(guest -> known.add(guest.id()));
            guests.keySet().retainAll(known);
        }
        for (DesiredGuest guest : wanted) {
            converge(guest);
        }
        for (HostTask task : desk.tasks(name)) {
            switch (task) {
                case HostTask.Snapshot snapshot -> snapshot(snapshot);
            }
        }
    }

    private ObservedVolume make(DesiredVolume volume) {
        Optional<ObservedGuest.Fault> fault =
                volume.present() ? faults.make(volume) : Optional.empty();
        if (fault.isEmpty() && volume.present()) {
            volumes.add(volume.id());
        } else if (!volume.present()) {
            volumes.remove(volume.id());
        }
        faults.between("made", volume.id());
        return new ObservedVolume(
                volume.id(),
                volume.generation(),
                volumes.contains(volume.id())
                        ? Optional.of("/simulated/volumes/" + volume.id())
                        : Optional.empty(),
                fault);
    }

    private void converge(DesiredGuest wanted) {
        faults.between("begin", wanted.id());
        if (!wanted.present()) {
            guests.remove(wanted.id());
            faults.between("removed", wanted.id());
            desk.report(name, gone(wanted));
            return;
        }
        Guest guest = guests.get(wanted.id());
        boolean isNew = guest == null;
        if (guest == null) {
            guest = new Guest();
            guest.rebuilds = wanted.rebuilds();
            guest.reboots = wanted.reboots();
        }
        if (guest.generation != wanted.generation()) {
            guest.generation = wanted.generation();
            guest.stoppedByItself = false;
            guest.gaveUp = false;
        }
        if (guest.stoppedByItself || guest.gaveUp) {
            desk.report(name, observed(wanted.id(), guest, false, Optional.empty()));
            return;
        }
        boolean starts = wanted.power() == Power.RUNNING && guest.power != Power.RUNNING;
        Optional<ObservedGuest.Fault> fault = starts ? faults.start(wanted) : Optional.empty();
        if (fault.isEmpty()) {
            guests.put(wanted.id(), guest);
            faults.between("defined", wanted.id());
            fault = plug(wanted, guest);
        }
        if (fault.isPresent()) {
            guest.gaveUp = !fault.get().retries();
            desk.report(
                    name,
                    isNew && !guests.containsKey(wanted.id())
                            ? failed(wanted, fault.get())
                            : observed(wanted.id(), guest, false, fault));
            return;
        }
        guest.power = wanted.power();
        guest.rebuilds = wanted.rebuilds();
        guest.reboots = wanted.reboots();
        faults.between("running", wanted.id());
        desk.report(name, observed(wanted.id(), guest, true, Optional.empty()));
    }

    private Optional<ObservedGuest.Fault> plug(DesiredGuest wanted, Guest guest) {
        Set<UUID> disks = new LinkedHashSet<>();
        wanted.volumes().forEach(disk -> disks.add(disk.volume()));
        Set<UUID> nics = new LinkedHashSet<>();
        wanted.nics().forEach(nic -> nics.add(nic.id()));
        guest.volumes.retainAll(disks);
        guest.nics.retainAll(nics);
        faults.between("unplugged", wanted.id());
        for (UUID id : disks) {
            if (!guest.volumes.contains(id)) {
                Optional<ObservedGuest.Fault> fault = faults.plug(wanted, id);
                if (fault.isPresent()) {
                    return fault;
                }
                guest.volumes.add(id);
            }
        }
        for (UUID id : nics) {
            if (!guest.nics.contains(id)) {
                Optional<ObservedGuest.Fault> fault = faults.plug(wanted, id);
                if (fault.isPresent()) {
                    return fault;
                }
                guest.nics.add(id);
            }
        }
        faults.between("plugged", wanted.id());
        return Optional.empty();
    }

    private static ObservedGuest gone(DesiredGuest wanted) {
        return new ObservedGuest(
                wanted.id(),
                wanted.generation(),
                true,
                Optional.empty(),
                false,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    private static ObservedGuest failed(DesiredGuest wanted, ObservedGuest.Fault fault) {
        return new ObservedGuest(
                wanted.id(),
                wanted.generation(),
                false,
                Optional.empty(),
                false,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(fault));
    }

    private static ObservedGuest observed(
            UUID id, Guest guest, boolean converged, Optional<ObservedGuest.Fault> fault) {
        return new ObservedGuest(
                id,
                guest.generation,
                converged,
                Optional.of(guest.power),
                guest.stoppedByItself,
                List.copyOf(guest.volumes),
                List.copyOf(guest.nics),
                Optional.empty(),
                fault);
    }

    private void snapshot(HostTask.Snapshot task) {
        Optional<ObservedGuest.Fault> fault = faults.snapshot(task);
        if (fault.isEmpty()) {
            try {
                Path target = Path.of(task.target());
                if (target.getParent() != null) {
                    Files.createDirectories(target.getParent());
                }
                Files.write(target, emptyQcow2());
            } catch (IOException e) {
                fault =
                        Optional.of(
                                new ObservedGuest.Fault(
                                        "SnapshotFailed",
                                        "The disk could not be copied.",
                                        e.toString(),
                                        false));
            }
        }
        faults.between("copied", task.id());
        desk.report(name, new HostTask.Done(task.id(), fault));
    }

    /**
     * A disk of one MiB that holds nothing: header, reference counts and an empty table (QEMU's
     * docs/interop/qcow2).
     */
    private static byte[] emptyQcow2() {
        int cluster = 1 << 16;
        ByteBuffer image = ByteBuffer.allocate(4 * cluster);
        image.putInt(0x514649fb).putInt(2).putLong(0).putInt(0).putInt(16).putLong(1 << 20);
        image.putInt(0)
                .putInt(1)
                .putLong(3L * cluster)
                .putLong(cluster)
                .putInt(1)
                .putInt(0)
                .putLong(0);
        image.putLong(cluster, 2L * cluster);
        for (int i = 0; i < 4; i++) {
            image.putShort(2 * cluster + 2 * i, (short) 1);
        }
        return image.array();
    }

    /** The guest powers itself off, as {@code poweroff} inside of it does; whether it ran. */
    public synchronized boolean powerOff(UUID id) {
        Guest guest = guests.get(id);
        if (guest == null || guest.power != Power.RUNNING) {
            return false;
        }
        guest.power = Power.STOPPED;
        guest.stoppedByItself = true;
        desk.report(name, observed(id, guest, false, Optional.empty()));
        return true;
    }

    /**
     * The machine loses its power and comes back: no guest runs, until the next full look starts
     * them again.
     */
    public synchronized void reboot() {
        bootId = UUID.randomUUID().toString();
        for (Guest guest : guests.values()) {
            guest.power = guest.power == Power.SUSPENDED ? Power.SUSPENDED : Power.STOPPED;
        }
        register();
    }

    /** The volume's data is gone from the disk, as after a disk's death. */
    public synchronized void lose(UUID volume) {
        volumes.remove(volume);
    }

    /** The guests that are on this host now, with their power. */
    public synchronized Map<UUID, Power> guests() {
        Map<UUID, Power> all = new LinkedHashMap<>();
        guests.forEach((id, guest) -> all.put(id, guest.power));
        return all;
    }

    /** What is plugged into a guest: volumes and ports. */
    public synchronized Set<UUID> plugged(UUID id) {
        Guest guest = guests.get(id);
        Set<UUID> all = new LinkedHashSet<>();
        if (guest != null) {
            all.addAll(guest.volumes);
            all.addAll(guest.nics);
        }
        return all;
    }

    public HostName name() {
        return name;
    }

    /** When this host began, by its own clock. */
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (listening.isPresent()) {
                listening.get().close();
            }
            if (thread.isPresent()) {
                thread.get().interrupt();
                thread.get().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("the host cannot leave the desk", e);
        }
    }
}
