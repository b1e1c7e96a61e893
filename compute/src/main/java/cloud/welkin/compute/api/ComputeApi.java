package cloud.welkin.compute.api;

import cloud.welkin.compute.ConsoleTokens;
import cloud.welkin.compute.GuestConsoles;
import cloud.welkin.compute.store.ActionStore;
import cloud.welkin.compute.store.AggregateStore;
import cloud.welkin.compute.store.FlavorStore;
import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.KeypairStore;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerGroupStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.ComputeQuota;
import cloud.welkin.compute.work.ImageFromServer;
import cloud.welkin.compute.work.NewServers;
import cloud.welkin.compute.work.Plugging;
import cloud.welkin.compute.work.Rebuilding;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Microversion;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Versioning;
import cloud.welkin.network.Networks;
import cloud.welkin.placement.Allocations;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Nova's API v2.1 at /compute/v2.1 (docs.openstack.org/api-ref/compute). */
public final class ComputeApi {
    private ComputeApi() {}

    public static List<Api> of(
            Clock clock,
            SecureRandom random,
            ServerStore servers,
            GuestStore guests,
            PlugStore plugs,
            FlavorStore flavors,
            KeypairStore keypairs,
            HostStore hosts,
            ServerGroupStore groups,
            ActionStore actions,
            Allocations allocations,
            ComputeQuota quota,
            NewServers newServers,
            ServerLife life,
            Plugging plugging,
            Rebuilding rebuilding,
            ImageFromServer images,
            GuestConsoles consoles,
            ConsoleTokens tokens,
            Networks networks) {
        ServerAccess access = new ServerAccess(servers, clock);
        AggregateStore aggregates = new AggregateStore();
        List<OperationGroup> all =
                List.of(
                        new ServerOperations(servers, hosts, access, newServers, life, random),
                        new ServerActionOperations(
                                servers,
                                access,
                                life,
                                images,
                                new RebuildAction(
                                        servers,
                                        hosts,
                                        keypairs,
                                        access,
                                        quota,
                                        rebuilding,
                                        random),
                                consoles,
                                tokens,
                                new PortActions(access, networks)),
                        new ServerPartOperations(servers, access, quota),
                        new PlugOperations(servers, plugs, access, plugging),
                        new HistoryOperations(actions, access),
                        new FlavorOperations(flavors, clock),
                        new KeypairOperations(keypairs, quota, random, clock),
                        new QuotaOperations(quota),
                        new HostOperations(
                                hosts, aggregates, servers, guests, allocations, life, clock),
                        new SecurityGroupOperations(networks),
                        new AggregateOperations(aggregates, hosts, servers, clock),
                        new GroupOperations(groups, quota, clock),
                        new ExternalEventOperations(servers, life),
                        new UsageOperations(servers, clock));
        List<Operation> operations = new ArrayList<>(VersionOperations.ofV21());
        all.forEach(group -> operations.addAll(group.operations()));
        Versioning versioning =
                new Versioning(
                        "compute",
                        Microversion.of(VersionOperations.OLDEST),
                        Microversion.of(VersionOperations.NEWEST),
                        Optional.of("X-OpenStack-Nova-API-Version"));
        return List.of(
                new Api(
                        "compute-versions",
                        "/compute",
                        false,
                        Optional.empty(),
                        ErrorForm.nova(),
                        Api.USUAL_LARGEST_BODY,
                        VersionOperations.ofService(),
                        List.of()),
                new Api(
                        "compute",
                        Links.ROOT,
                        true,
                        Optional.of(versioning),
                        ErrorForm.nova(),
                        Api.USUAL_LARGEST_BODY,
                        operations,
                        ComputePolicy.rules()));
    }
}
