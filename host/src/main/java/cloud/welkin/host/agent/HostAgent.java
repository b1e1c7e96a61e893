package cloud.welkin.host.agent;

import cloud.welkin.host.contained.HostEngines;
import cloud.welkin.host.contained.MetadataProxy;
import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.DomainEvent;
import cloud.welkin.host.libvirt.LibvirtEvent;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.HostFacts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent of one host. From {@link #start} to {@link #close} it keeps the host as its desk wants
 * it: guests, volumes, metadata proxies, and tasks that are done once.
 *
 * <p>It looks at what is pending when the desk pokes it, at a guest when libvirt tells something of
 * it, and at everything at its start, from time to time, and whenever it may have missed something.
 * Closing or killing it leaves guests as they are.
 */
public final class HostAgent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HostAgent.class);
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration CLOSING = Duration.ofSeconds(20);

    private final AgentSettings settings;
    private final HostDesk desk;
    private final Supplier<HostFacts> facts;
    private final LibvirtLink libvirt;
    private final GuestWork guests;
    private final VolumeWork volumes;
    private final MetadataWork metadata;
    private final TaskWork tasks;
    private final Strangers strangers;
    private final GuestStatistics statistics;
    private final GuestConsoles consoles;
    private final InstantSource clock;
    private final Semaphore wake = new Semaphore(0);
    private final Thread loop = Thread.ofVirtual().name("host-agent").unstarted(this::loop);
    private final Thread heart = Thread.ofVirtual().name("host-heartbeat").unstarted(this::beat);
    private volatile boolean closed;
    private volatile boolean compare = true;
    private volatile boolean reportAll = true;
    private java.util.Optional<AutoCloseable> pokes = java.util.Optional.empty();

    /**
     * What an agent works with.
     *
     * @param metadata the metadata service of each network that has a guest here
     * @param measured what the host has
     */
    public record Parts(
            HostDesk desk,
            HostEngines engines,
            HostVolumes volumes,
            Supplier<List<MetadataProxy>> metadata,
            cloud.welkin.host.contained.HostFacts measured,
            InstantSource clock) {}

    public HostAgent(AgentSettings settings, HostShape shape, Parts parts) {
        this(settings, shape, parts, (_, _) -> {});
    }

    HostAgent(
            AgentSettings settings, HostShape shape, Parts parts, GuestWork.Checkpoint checkpoint) {
        this.settings = settings;
        this.desk = parts.desk();
        this.clock = parts.clock();
        HostEngines engines = parts.engines();
        this.facts =
                new FactsOfHost(
                        settings, shape, engines, parts.measured(), parts.clock().instant());
        this.libvirt = new LibvirtLink(shape.libvirt(engines.libvirtSocket()), this::happened);
        this.guests =
                new GuestWork(settings, shape, desk, libvirt, clock, engines::bootId, checkpoint);
        this.volumes = new VolumeWork(settings.host(), desk, parts.volumes());
        this.metadata = new MetadataWork(engines.metadata(), parts.metadata());
        this.tasks = new TaskWork(settings.host(), desk, new Snapshots(shape, libvirt, guests));
        this.strangers = new Strangers(settings, shape, guests, engines.taps());
        this.statistics = new GuestStatistics(libvirt);
        this.consoles = new GuestConsoles(shape.home());
    }

    /** Begins to work; returns at once. */
    public void start() {
        guests.handOver();
        pokes = java.util.Optional.of(desk.onPending(settings.host(), this::look));
        heart.start();
        loop.start();
    }

    /** Asks for a look at what is pending. */
    public void look() {
        wake.release();
    }

    public GuestConsoles consoles() {
        return consoles;
    }

    public GuestStatistics statistics() {
        return statistics;
    }

    /** What is on the host and belongs to no guest that shall be there, in words. */
    public List<String> leftovers() {
        var present = strangers.present(libvirt.connection());
        return strangers.leftovers(present, ids(desk.guests(settings.host())));
    }

    /**
     * Ends all guests that a cloud has kept in this home, once its program runs no more; their
     * files stay. Does nothing where no cloud has kept any.
     *
     * @throws cloud.welkin.host.libvirt.LibvirtException if libvirt does not answer
     */
    public static void removeGuests(HostShape shape, HostEngines engines) {
        Strangers.owner(shape.home())
                .ifPresent(
                        cloud -> {
                            try (LibvirtLink libvirt =
                                    new LibvirtLink(
                                            shape.libvirt(engines.libvirtSocket()), _ -> {})) {
                                Strangers.removeGuests(cloud, libvirt.connection());
                            }
                        });
    }

    /** Ends its work and lets go of the host; guests stay as they are. */
    @Override
    public void close() {
        closed = true;
        pokes.ifPresent(
                registration -> {
                    try {
                        registration.close();
                    } catch (Exception failed) {
                        LOG.warn("the desk does not let go", failed);
                    }
                });
        heart.interrupt();
        loop.interrupt();
        tasks.close(Duration.ZERO);
        guests.close(CLOSING);
        volumes.close(CLOSING);
        metadata.close(CLOSING);
        libvirt.close();
    }

    private void happened(LibvirtEvent event) {
        switch (event) {
            case LibvirtEvent.ConnectionClosed _, LibvirtEvent.EventsLost _ -> lookAtAll();
            case DomainEvent.Lifecycle(UUID guest, String _, var change) -> {
                switch (change.kind()) {
                    case STOPPED, CRASHED, SUSPENDED, RESUMED, UNDEFINED, UNKNOWN ->
                            guests.look(guest);
                    case DEFINED, STARTED, SHUTDOWN, PM_SUSPENDED -> {
                        // Nothing to be decided by these.
                    }
                }
            }
            case DomainEvent.DeviceRemoved removed -> guests.look(removed.uuid());
            case DomainEvent.DeviceRemovalFailed kept -> guests.look(kept.uuid());
            case DomainEvent.Rebooted _,
                    DomainEvent.BlockJobChanged _,
                    DomainEvent.AgentChanged _ -> {
                // Nothing to be decided by these.
            }
        }
    }

    private void lookAtAll() {
        compare = true;
        reportAll = true;
        wake.release();
    }

    private void loop() {
        Instant next = clock.instant();
        while (!closed) {
            try {
                if (compare || !clock.instant().isBefore(next)) {
                    compare = false;
                    next = clock.instant().plus(settings.comparison());
                    compareAll();
                }
                desk.pendingGuests(settings.host()).forEach(guest -> guests.want(guest, true));
                volumes.want(desk.pendingVolumes(settings.host()));
                tasks.want(desk.tasks(settings.host()));
                metadata.look();
            } catch (RuntimeException failed) {
                if (!closed) {
                    LOG.warn("the host's agent tries again soon: {}", failed.toString());
                    LOG.debug("why", failed);
                    next = clock.instant().plus(SOON);
                }
            }
            pause(Duration.between(clock.instant(), next));
        }
    }

    private void compareAll() {
        Connection connection = libvirt.connection();
        var present = strangers.present(connection);
        var presentVolumes = volumes.present();
        Set<UUID> known = guests.desired().keySet();
        List<DesiredGuest> wanted = desk.guests(settings.host());
        Set<UUID> ids = ids(wanted);
        boolean report = reportAll;
        reportAll = false;
        known.stream().filter(id -> !ids.contains(id)).forEach(guests::forget);
        strangers.remove(connection, present, ids, devices(wanted));
        wanted.forEach(guest -> guests.want(guest, report));
        volumes.wantAll(desk.volumes(settings.host()), presentVolumes, strangers.isOurHome());
    }

    private static Set<UUID> ids(List<DesiredGuest> wanted) {
        return wanted.stream().map(DesiredGuest::id).collect(Collectors.toSet());
    }

    private static Set<String> devices(List<DesiredGuest> wanted) {
        return wanted.stream()
                .flatMap(guest -> guest.nics().stream())
                .map(DesiredGuest.Nic::device)
                .collect(Collectors.toSet());
    }

    private void pause(Duration longest) {
        try {
            if (wake.tryAcquire(Math.max(0, longest.toMillis()), TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() {
        while (!closed) {
            try {
                desk.register(facts.get());
            } catch (RuntimeException away) {
                LOG.warn("the desk does not take the heartbeat: {}", away.toString());
            }
            try {
                Thread.sleep(settings.heartbeat());
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
