package cloud.welkin.compute;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.domain.Observation;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.ActionStore;
import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.HostTaskStore;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerFilter;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.HostPokes;
import cloud.welkin.compute.work.ServerEvents;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.HostTask;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.work.Sagas;
import cloud.welkin.placement.Allocations;
import cloud.welkin.volume.Volumes;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The part of {@link cloud.welkin.kernel.host.HostDesk} that is about guests and tasks: gives hosts
 * what they shall be, takes what they found. A report is one transaction under the server's lock;
 * the decision is {@link Observation}'s.
 */
public final class GuestDesk {
    /**
     * How much of a host's facts may be given away: so many times what there is.
     *
     * @param reservedRamMib what is kept for the host, a quarter of its memory at most
     */
    public record Ratios(double cpu, double ram, double disk, int reservedRamMib) {
        /**
         * Sixteen guests to a processor was Nova's own ratio until 2023 (now 4): idle guests cost
         * little.
         */
        public static final Ratios USUAL = new Ratios(16.0, 1.0, 1.0, 512);
    }

    private final Database database;
    private final Clock clock;
    private final Ratios ratios;
    private final ServerStore servers;
    private final GuestStore guests;
    private final PlugStore plugs;
    private final ActionStore actions;
    private final HostStore hosts;
    private final HostTaskStore tasks;
    private final Volumes volumes;
    private final Allocations allocations;
    private final ServerLife life;
    private final ServerEvents events;
    private final HostPokes pokes;
    private final Sagas sagas;

    GuestDesk(
            Database database,
            Clock clock,
            Ratios ratios,
            ServerStore servers,
            GuestStore guests,
            PlugStore plugs,
            ActionStore actions,
            HostStore hosts,
            HostTaskStore tasks,
            Volumes volumes,
            Allocations allocations,
            ServerLife life,
            ServerEvents events,
            HostPokes pokes,
            Sagas sagas) {
        this.database = database;
        this.clock = clock;
        this.ratios = ratios;
        this.servers = servers;
        this.guests = guests;
        this.plugs = plugs;
        this.actions = actions;
        this.hosts = hosts;
        this.tasks = tasks;
        this.volumes = volumes;
        this.allocations = allocations;
        this.life = life;
        this.events = events;
        this.pokes = pokes;
        this.sagas = sagas;
    }

    /** Makes the host known or says that it is alive, with its present facts. */
    public void register(HostFacts facts) {
        database.change(
                tx -> {
                    UUID provider =
                            allocations.provide(
                                    tx,
                                    facts.name(),
                                    Map.of(
                                            "VCPU",
                                            new Allocations.Inventory(
                                                    facts.vcpus(), 0, ratios.cpu()),
                                            "MEMORY_MB",
                                            new Allocations.Inventory(
                                                    facts.memoryMib(),
                                                    Math.min(
                                                            ratios.reservedRamMib(),
                                                            facts.memoryMib() / 4),
                                                    ratios.ram()),
                                            "DISK_GB",
                                            new Allocations.Inventory(
                                                    facts.diskGib(), 0, ratios.disk())));
                    hosts.register(tx, facts, provider, clock.instant());
                });
    }

    /** All guests that shall be on the host, those that shall go included. */
    public List<DesiredGuest> guests(HostName host) {
        return database.snapshot(tx -> desired(tx, guests.onHost(tx, host, false)));
    }

    /** The guests whose newest generation has not been reported as converged or given up. */
    public List<DesiredGuest> pendingGuests(HostName host) {
        return database.snapshot(tx -> desired(tx, guests.onHost(tx, host, true)));
    }

    public List<HostTask> tasks(HostName host) {
        return database.read(tx -> tasks.open(tx, host));
    }

    /** Calls back soon after something became pending for the host; may call in vain. */
    public AutoCloseable onPending(HostName host, Runnable look) {
        return pokes.onPending(host, look);
    }

    /** How a task ended; its saga goes on. */
    public void report(HostName host, HostTask.Done done) {
        database.change(
                tx ->
                        tasks.find(tx, done.id())
                                .filter(row -> row.host().equals(host))
                                .ifPresent(
                                        row -> {
                                            if (tasks.done(
                                                    tx,
                                                    done.id(),
                                                    done.fault()
                                                            .map(ObservedGuest.Fault::message))) {
                                                sagas.signal(
                                                        tx, ServerLife.subject(row.task().guest()));
                                            }
                                        }));
    }

    /** What the host found of a guest; what is about no guest of this host is passed over. */
    public void report(HostName host, ObservedGuest report) {
        database.change(
                tx -> {
                    Optional<Server> server = servers.lock(tx, report.id());
                    Optional<Guest> guest = guests.find(tx, report.id());
                    if (server.isPresent()
                            && guest.isPresent()
                            && guest.get().host().equals(host)) {
                        observed(tx, server.get(), guest.get(), report);
                    }
                });
    }

    private void observed(Tx tx, Server server, Guest guest, ObservedGuest report) {
        Instant now = clock.instant();
        List<Nic> nics = plugs.nics(tx, server.id());
        List<VolumeAttachment> attachments = plugs.attachments(tx, server.id());
        List<Observation.Pluggable> pluggables = new ArrayList<>();
        nics.forEach(nic -> pluggables.add(nic.pluggable()));
        attachments.forEach(attachment -> pluggables.add(attachment.pluggable()));
        Observation observation =
                Observation.of(
                        server.state(),
                        server.fault(),
                        server.launchedAt().isPresent(),
                        guest,
                        pluggables,
                        report,
                        now);
        switch (observation) {
            case Observation.Nothing nothing -> {}
            case Observation.Gone gone -> life.gone(tx, server, "", now);
            case Observation.Changed changed ->
                    commit(tx, server, guest, nics, attachments, changed, now);
        }
    }

    private void commit(
            Tx tx,
            Server server,
            Guest before,
            List<Nic> nics,
            List<VolumeAttachment> attachments,
            Observation.Changed changed,
            Instant now) {
        Guest after = changed.guest();
        if (!after.equals(before)) {
            guests.save(tx, after, now, after.generation() == before.generation());
            if (after.generation() != before.generation()) {
                pokes.poke(tx, after.host());
            }
        }
        if (!changed.plugs().isEmpty()) {
            plugs(tx, server, before.host(), nics, attachments, changed.plugs());
        }
        if (!changed.state().equals(server.state()) || !changed.fault().equals(server.fault())) {
            servers.setState(tx, server.id(), changed.state(), changed.fault(), now);
        }
        if (changed.launched()) {
            servers.launched(tx, server.id(), now);
        }
        if (changed.ended().isPresent() && server.state().isDoing(TaskState.REBUILDING)) {
            servers.forgetPassword(tx, server.id());
        }
        if (changed.ended().isPresent() && before.pending()) {
            actions.finish(
                    tx,
                    server.id(),
                    changed.ended().get().failure(),
                    ServerLife.SNAPSHOT_EVENT,
                    now);
        }
        tell(tx, server, changed, now);
    }

    private void tell(Tx tx, Server server, Observation.Changed changed, Instant now) {
        VmState was = server.state().vm();
        VmState is = changed.state().vm();
        if (changed.launched()) {
            events.publish(tx, "create.end", servers.find(tx, server.id()).orElse(server), "", now);
        } else if (was != is) {
            String type =
                    switch (is) {
                        case ACTIVE -> "power_on.end";
                        case STOPPED -> "power_off.end";
                        case PAUSED -> "pause.end";
                        case SUSPENDED -> "suspend.end";
                        case ERROR -> was == VmState.BUILDING ? "create.error" : "update";
                        case BUILDING, DELETED -> "update";
                    };
            events.publish(tx, type, servers.find(tx, server.id()).orElse(server), "", now);
        }
    }

    private void plugs(
            Tx tx,
            Server server,
            HostName host,
            List<Nic> nics,
            List<VolumeAttachment> attachments,
            List<Observation.Plug> what) {
        Map<UUID, Nic> byPort = byId(nics, Nic::port);
        Map<UUID, VolumeAttachment> byVolume = byId(attachments, VolumeAttachment::volume);
        boolean addresses = false;
        boolean disks = false;
        for (Observation.Plug plug : what) {
            UUID id = plug.what().id();
            boolean attached = plug instanceof Observation.Plug.Attached;
            if (plug.what().volume()) {
                VolumeAttachment attachment = java.util.Objects.requireNonNull(byVolume.get(id));
                if (attached) {
                    plugs.volumePlugged(tx, attachment.id());
                    attachment
                            .reservation()
                            .ifPresent(
                                    reservation ->
                                            volumes.attached(
                                                    tx,
                                                    reservation,
                                                    attachment.device(),
                                                    host.value()));
                } else {
                    life.free(tx, attachment.detached());
                    disks = true;
                }
            } else {
                Nic nic = java.util.Objects.requireNonNull(byPort.get(id));
                if (attached) {
                    plugs.nicPlugged(tx, id);
                } else {
                    life.free(tx, nic);
                    addresses = true;
                }
            }
        }
        if (disks) {
            servers.refreshVolumes(tx, server.id());
        }
        if (addresses) {
            life.refreshAddresses(tx, server.id());
        }
    }

    private static <T> Map<UUID, T> byId(List<T> all, Function<T, UUID> id) {
        return all.stream().collect(Collectors.toMap(id, Function.identity()));
    }

    private List<DesiredGuest> desired(Tx tx, List<Guest> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        List<UUID> ids = wanted.stream().map(Guest::server).toList();
        Map<UUID, Server> byId = new HashMap<>();
        for (Server server :
                servers.list(
                        tx,
                        new ServerFilter().ids(ids).page(Integer.MAX_VALUE, Optional.empty()))) {
            byId.put(server.id(), server);
        }
        Map<UUID, List<Nic>> nics =
                plugs.nics(tx, ids).stream().collect(Collectors.groupingBy(Nic::server));
        Map<UUID, List<VolumeAttachment>> attachments =
                plugs.attachments(tx, ids).stream()
                        .collect(Collectors.groupingBy(VolumeAttachment::server));
        List<DesiredGuest> desired = new ArrayList<>();
        for (Guest guest : wanted) {
            Server server = byId.get(guest.server());
            if (server != null) {
                desired.add(
                        desired(
                                server,
                                guest,
                                nics.getOrDefault(guest.server(), List.of()),
                                attachments.getOrDefault(guest.server(), List.of())));
            }
        }
        return desired;
    }

    /** The guest as it shall be; pure. */
    static DesiredGuest desired(
            Server server, Guest guest, List<Nic> nics, List<VolumeAttachment> attachments) {
        Flavor.Embedded flavor = Json.read(server.flavorJson(), Flavor.Embedded.class);
        List<DesiredGuest.LocalDisk> local = new ArrayList<>();
        if (flavor.ephemeral() > 0) {
            local.add(new DesiredGuest.LocalDisk("disk.eph0", flavor.ephemeral() * 1024L, false));
        }
        if (flavor.swap() > 0) {
            local.add(new DesiredGuest.LocalDisk("disk.swap", flavor.swap(), true));
        }
        List<VolumeAttachment> volumes = new ArrayList<>(attachments);
        // The volume that the guest boots from comes first, whenever it was attached.
        volumes.sort(java.util.Comparator.comparing(volume -> !volume.isRoot()));
        return new DesiredGuest(
                server.id(),
                server.instanceName(),
                server.project().value(),
                guest.generation(),
                guest.present(),
                guest.power(),
                server.vcpus(),
                server.ramMib(),
                guest.hardware(),
                guest.root(),
                local,
                nics.stream()
                        .filter(Nic::wanted)
                        .map(
                                nic ->
                                        new DesiredGuest.Nic(
                                                nic.port(),
                                                nic.facts().mac(),
                                                nic.facts().mtu(),
                                                nic.facts().device()))
                        .toList(),
                volumes.stream()
                        .filter(volume -> volume.wanted() && volume.path().isPresent())
                        .map(
                                volume ->
                                        new DesiredGuest.VolumeDisk(
                                                volume.volume(),
                                                volume.path().orElseThrow(),
                                                Volumes.FORMAT,
                                                volume.volume().toString(),
                                                volume.device().substring(5),
                                                false))
                        .toList(),
                guest.rebuilds(),
                guest.reboots(),
                guest.hardReboot(),
                server.configDrive(),
                server.configDrive() ? GuestMetadata.files(server, nics, attachments) : Map.of());
    }
}
