package cloud.welkin.network.api;

import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.network.store.AddressStore;
import cloud.welkin.network.store.AvailabilityStore;
import cloud.welkin.network.store.FloatingIpStore;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.PortStore;
import cloud.welkin.network.store.RouterStore;
import cloud.welkin.network.store.SecurityGroupStore;
import cloud.welkin.network.store.SubnetPoolStore;
import cloud.welkin.network.store.SubnetStore;
import cloud.welkin.network.store.TagStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The API put together: what its operations share is made here once. */
public final class NetworkApi {
    private static final int LARGEST_BODY = 1 << 20;

    private final List<OperationGroup> groups;
    private final Ports ports;
    private final SecurityGroups securityGroups;
    private final SubnetOperations subnetOperations;

    public NetworkApi(
            Journal journal, Quotas quotas, NetworkLimits limits, RandomGenerator random) {
        NetworkStore networks = new NetworkStore();
        SubnetStore subnets = new SubnetStore();
        SubnetPoolStore subnetPools = new SubnetPoolStore();
        PortStore portStore = new PortStore();
        RouterStore routerStore = new RouterStore();
        FloatingIpStore floatingIps = new FloatingIpStore();
        SecurityGroupStore groupStore = new SecurityGroupStore();
        AddressStore addresses = new AddressStore(random);
        securityGroups = new SecurityGroups(groupStore, journal);
        ports =
                new Ports(
                        portStore,
                        subnets,
                        addresses,
                        floatingIps,
                        securityGroups,
                        journal,
                        random);
        Routers routers = new Routers(routerStore, portStore, subnets, ports);
        subnetOperations =
                new SubnetOperations(
                        networks, subnets, addresses, new SubnetPools(subnetPools), ports, journal);
        groups =
                List.of(
                        VersionOperations.resources(),
                        new NetworkOperations(networks, floatingIps, ports, journal, limits),
                        subnetOperations,
                        new SubnetPoolOperations(subnetPools, journal),
                        new PortOperations(
                                networks, subnets, portStore, groupStore, ports, journal),
                        new RouterOperations(networks, routerStore, routers, journal),
                        new RouterInterfaceOperations(networks, portStore, routers, ports, journal),
                        new FloatingIpOperations(
                                networks,
                                subnets,
                                portStore,
                                routerStore,
                                floatingIps,
                                ports,
                                journal),
                        new SecurityGroupOperations(groupStore, securityGroups, journal),
                        new SecurityGroupRuleOperations(groupStore, journal),
                        new TagOperations(new TagStore(), networks, journal),
                        new QuotaOperations(quotas),
                        new AvailabilityOperations(new AvailabilityStore(), journal.backbone()),
                        new Extensions());
    }

    public Ports ports() {
        return ports;
    }

    public SecurityGroups securityGroups() {
        return securityGroups;
    }

    public SubnetOperations subnets() {
        return subnetOperations;
    }

    /** The versions at /network, and version 2.0 below it. */
    public List<Api> apis() {
        List<Operation> operations = new ArrayList<>();
        groups.forEach(group -> operations.addAll(group.operations()));
        return List.of(
                new Api(
                                "network",
                                "/network/v2.0",
                                false,
                                Optional.empty(),
                                ErrorForm.neutron(),
                                LARGEST_BODY,
                                operations,
                                NetworkPolicy.rules())
                        .with(Api.Endings.SLASH_OR_FORMAT),
                new Api(
                        "network-versions",
                        "/network",
                        false,
                        Optional.empty(),
                        ErrorForm.neutron(),
                        LARGEST_BODY,
                        VersionOperations.versions().operations(),
                        List.of()));
    }
}
