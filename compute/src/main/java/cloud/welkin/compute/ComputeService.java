package cloud.welkin.compute;

import cloud.welkin.compute.api.ComputeApi;
import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.store.ActionStore;
import cloud.welkin.compute.store.ConsoleTokenStore;
import cloud.welkin.compute.store.FlavorStore;
import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.HostTaskStore;
import cloud.welkin.compute.store.KeypairStore;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerGroupStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.Addresses;
import cloud.welkin.compute.work.ComputeInvariants;
import cloud.welkin.compute.work.ComputeQuota;
import cloud.welkin.compute.work.CreateImage;
import cloud.welkin.compute.work.HostPokes;
import cloud.welkin.compute.work.Housekeeping;
import cloud.welkin.compute.work.ImageFromServer;
import cloud.welkin.compute.work.NewServers;
import cloud.welkin.compute.work.Plugging;
import cloud.welkin.compute.work.Rebuilding;
import cloud.welkin.compute.work.ServerEvents;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.compute.work.VolumesReady;
import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Saga;
import cloud.welkin.kernel.work.Sagas;
import cloud.welkin.network.Networks;
import cloud.welkin.placement.Allocations;
import cloud.welkin.volume.Volumes;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The compute service, put together: Nova's API over rows, the hosts' desk, what guests read of
 * themselves. The quota resources and sagas must be registered before the first request.
 */
public final class ComputeService implements AutoCloseable {
    /** The schema of its tables. */
    public static final String SCHEMA = "compute";

    /**
     * @param ratios how much of a host may be given away
     * @param consoleToken how long a console's URL is good for
     * @param keepDeleted how long deleted servers are kept for usage and history
     */
    public record Options(GuestDesk.Ratios ratios, Duration consoleToken, Duration keepDeleted) {
        public static final Options USUAL =
                new Options(GuestDesk.Ratios.USUAL, Duration.ofMinutes(10), Duration.ofDays(90));

        /** The same with other ratios. */
        public Options withRatios(GuestDesk.Ratios others) {
            return new Options(others, consoleToken, keepDeleted);
        }
    }

    private final FlavorStore flavors = new FlavorStore();
    private final Clock clock;
    private final HostPokes pokes;
    private final GuestDesk desk;
    private final CreateImage createImage;
    private final MetadataService metadata;
    private final ConsoleTokens tokens;
    private final Housekeeping housekeeping;
    private final ComputeInvariants invariants;
    private final List<Api> apis;

    public ComputeService(
            Database database,
            Sagas sagas,
            Events events,
            Quotas quotas,
            Clock clock,
            SecureRandom random,
            Images images,
            Volumes volumes,
            Networks networks,
            Allocations allocations,
            GuestConsoles consoles,
            Options options) {
        this.clock = clock;
        ServerStore servers = new ServerStore();
        GuestStore guests = new GuestStore();
        PlugStore plugs = new PlugStore();
        ActionStore actions = new ActionStore();
        HostStore hosts = new HostStore();
        HostTaskStore tasks = new HostTaskStore();
        KeypairStore keypairs = new KeypairStore();
        ServerGroupStore groups = new ServerGroupStore();
        ConsoleTokenStore consoleTokens = new ConsoleTokenStore();
        ComputeQuota quota = new ComputeQuota(quotas);
        ServerEvents told = new ServerEvents(events);
        pokes = new HostPokes(database);
        Addresses addresses = new Addresses(networks, plugs, servers);
        ServerLife life =
                new ServerLife(
                        servers,
                        guests,
                        plugs,
                        actions,
                        addresses,
                        hosts,
                        networks,
                        volumes,
                        allocations,
                        quota,
                        told,
                        pokes,
                        sagas);
        NewServers newServers =
                new NewServers(
                        servers,
                        guests,
                        plugs,
                        flavors,
                        keypairs,
                        hosts,
                        groups,
                        images,
                        volumes,
                        networks,
                        allocations,
                        quota,
                        life,
                        told,
                        pokes);
        Plugging plugging = new Plugging(servers, plugs, volumes, networks, life);
        createImage = new CreateImage(images, servers, tasks, actions, pokes, clock);
        networks.addListener(addresses);
        volumes.addListener(new VolumesReady(servers, guests, plugs, volumes, life, clock));
        images.addHolder(guests::contents);
        desk =
                new GuestDesk(
                        database,
                        clock,
                        options.ratios(),
                        servers,
                        guests,
                        plugs,
                        actions,
                        hosts,
                        tasks,
                        volumes,
                        allocations,
                        life,
                        told,
                        pokes,
                        sagas);
        metadata = new MetadataService(database, networks, servers, plugs);
        tokens = new ConsoleTokens(database, consoleTokens, random, clock, options.consoleToken());
        housekeeping =
                new Housekeeping(database, servers, consoleTokens, options.keepDeleted(), clock);
        invariants = new ComputeInvariants(database, clock, servers, guests, groups, quotas);
        apis =
                ComputeApi.of(
                        clock,
                        random,
                        servers,
                        guests,
                        plugs,
                        flavors,
                        keypairs,
                        hosts,
                        groups,
                        actions,
                        allocations,
                        quota,
                        newServers,
                        life,
                        plugging,
                        new Rebuilding(servers, images, life),
                        new ImageFromServer(images, life, sagas, createImage),
                        consoles,
                        tokens,
                        networks);
    }

    public List<Api> apis() {
        return apis;
    }

    /** Where hosts get what guests they shall run. */
    public GuestDesk desk() {
        return desk;
    }

    /** What guests ask of themselves. */
    public MetadataService metadata() {
        return metadata;
    }

    public ConsoleTokens consoleTokens() {
        return tokens;
    }

    public List<Saga<?>> sagas() {
        return List.of(createImage);
    }

    public List<Reconciler> reconcilers() {
        return List.of(housekeeping);
    }

    public List<Invariant> invariants() {
        return invariants.all();
    }

    public static List<QuotaResource> quotas() {
        return ComputeQuota.ALL;
    }

    /** The flavors of a new cloud; nothing when there is any. */
    public void bootstrap(Tx tx) {
        boolean any =
                !flavors.list(
                                tx,
                                new FlavorStore.Filter(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        "flavorid",
                                        false,
                                        Optional.empty(),
                                        1))
                        .isEmpty();
        if (!any) {
            flavor(tx, "42", "m1.nano", 1, 192, 1);
            flavor(tx, "84", "m1.micro", 1, 256, 1);
            flavor(tx, "1", "m1.tiny", 1, 512, 1);
            flavor(tx, "2", "m1.small", 1, 2048, 20);
            flavor(tx, "3", "m1.medium", 2, 4096, 40);
            flavor(tx, "4", "m1.large", 4, 8192, 80);
            flavor(tx, "5", "m1.xlarge", 8, 16_384, 160);
        }
    }

    private void flavor(Tx tx, String id, String name, int vcpus, int ram, int disk) {
        flavors.insert(
                tx,
                new Flavor(
                        id,
                        name,
                        Optional.empty(),
                        vcpus,
                        ram,
                        disk,
                        0,
                        0,
                        true,
                        1,
                        Map.of(),
                        clock.instant()));
    }

    @Override
    public void close() {
        pokes.close();
    }
}
