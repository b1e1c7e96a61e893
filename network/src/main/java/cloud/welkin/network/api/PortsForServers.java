package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.network.MetadataPort;
import cloud.welkin.network.Networks;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.PortWish.Wanted;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.Binding;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.store.FloatingIpStore;
import cloud.welkin.network.store.MetadataAgentStore;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.PortStore;
import cloud.welkin.network.store.SecurityGroupStore;
import cloud.welkin.network.store.ServerPortStore;
import cloud.welkin.network.store.SubnetStore;
import cloud.welkin.network.store.Visibility;
import cloud.welkin.network.work.PortStatuses;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What compute asks for, on the rows of this service. */
public final class PortsForServers implements Networks {
    private final NetworkStore networks = new NetworkStore();
    private final PortStore store = new PortStore();
    private final SecurityGroupStore groups = new SecurityGroupStore();
    private final ServerPortStore facts =
            new ServerPortStore(networks, new SubnetStore(), new FloatingIpStore());
    private final Ports ports;
    private final MetadataAgentStore agents = new MetadataAgentStore();
    private final Journal journal;
    private final PortStatuses statuses;
    private final ServerPortChanges changes;

    public PortsForServers(Ports ports, Journal journal, PortStatuses statuses) {
        this.ports = ports;
        this.journal = journal;
        this.statuses = statuses;
        this.changes = new ServerPortChanges(ports, store, journal);
        journal.watchPorts(
                (tx, port) -> store.find(tx, port).ifPresent(found -> statuses.tell(tx, found)));
    }

    @Override
    public List<NetworkFacts> usableBy(Tx tx, Caller caller) {
        return networks.usable(tx, new Visibility.Own(caller.project())).stream()
                .filter(network -> !network.external() || caller.isAdmin() || network.shared())
                .map(PortsForServers::facts)
                .toList();
    }

    @Override
    public Optional<NetworkFacts> find(Tx tx, Caller caller, UUID network) {
        return networks.find(tx, network)
                .filter(found -> mayTouch(caller, found.project()) || found.openToAll())
                .map(PortsForServers::facts);
    }

    @Override
    public Optional<PortFacts> findPort(Tx tx, Caller caller, UUID port) {
        return store.find(tx, port)
                .filter(found -> mayTouch(caller, found.project()))
                .map(found -> facts.of(tx, List.of(found)).getFirst());
    }

    private static boolean mayTouch(Caller caller, ProjectId owner) {
        return caller.isAdmin() || caller.project().equals(Optional.of(owner));
    }

    private static NetworkFacts facts(NetworkRow network) {
        return new NetworkFacts(
                network.id(),
                network.name(),
                network.project(),
                network.shared(),
                network.external(),
                network.mtu());
    }

    @Override
    public PortFacts createPort(Tx tx, Caller caller, NewPort wanted) {
        NetworkRow network =
                networks.find(tx, wanted.network())
                        .filter(found -> mayTouch(caller, found.project()) || found.openToAll())
                        .orElseThrow(() -> Refusals.noNetwork(wanted.network()));
        if (network.external() && !network.shared() && !mayTouch(caller, network.project())) {
            throw Failure.forbidden(
                            "It is not allowed to create an interface on external network %s",
                            network.id())
                    .as("ExternalNetworkAttachForbidden");
        }
        ProjectId project = caller.requireProject();
        List<UUID> existing = groups.existing(tx, wanted.securityGroups(), Optional.empty());
        for (UUID group : wanted.securityGroups()) {
            if (!existing.contains(group)) {
                throw Refusals.noSecurityGroup(group);
            }
        }
        PortRow port =
                ports.insert(
                        tx,
                        new PortWish(
                                project,
                                network,
                                "",
                                "",
                                Optional.empty(),
                                true,
                                wanted.server().toString(),
                                DeviceOwner.COMPUTE + wanted.zone().orElse("nova"),
                                wanted.fixedIp()
                                        .map(
                                                ip ->
                                                        List.of(
                                                                new Wanted(
                                                                        Optional.empty(),
                                                                        Optional.of(
                                                                                Texts.ip(
                                                                                        "fixed_ip",
                                                                                        ip))))),
                                network.portSecurity()
                                        ? Optional.of(wanted.securityGroups())
                                                .filter(list -> !list.isEmpty())
                                        : Optional.of(List.of()),
                                network.portSecurity(),
                                List.of(),
                                List.of(),
                                "",
                                PortWish.UNBOUND,
                                true,
                                List.of()));
        ports.created(tx, Actor.of(caller), List.of(port));
        return facts.of(tx, List.of(port)).getFirst();
    }

    @Override
    public PortFacts claimPort(Tx tx, Caller caller, UUID id, UUID server) {
        PortRow port =
                store.lock(tx, id)
                        .filter(found -> mayTouch(caller, found.project()))
                        .orElseThrow(() -> Refusals.noPort(id));
        if (!port.deviceId().isEmpty() && !port.deviceId().equals(server.toString())) {
            throw Refusals.conflict("PortInUse", "Port %s is still in use.", id);
        }
        PortRow claimed =
                plugged(
                        port,
                        server.toString(),
                        DeviceOwner.COMPUTE + "nova",
                        port.binding(),
                        port.status());
        return facts.of(tx, List.of(save(tx, claimed))).getFirst();
    }

    @Override
    public void bind(Tx tx, UUID id, HostName host) {
        store.lock(tx, id)
                .filter(port -> !port.binding().host().equals(Optional.of(host.value())))
                .ifPresent(
                        port -> {
                            Binding binding =
                                    new Binding(
                                            Optional.of(host.value()),
                                            port.binding().vnicType(),
                                            port.binding().profile());
                            PortRow bound =
                                    save(
                                            tx,
                                            plugged(
                                                    port,
                                                    port.deviceId(),
                                                    port.deviceOwner(),
                                                    binding,
                                                    journal.backbone().statusWhenBound()));
                            if (bound.status().equals(PortRow.ACTIVE)) {
                                statuses.tell(tx, bound);
                            }
                        });
    }

    @Override
    public void unclaim(Tx tx, UUID id) {
        store.lock(tx, id)
                .ifPresent(
                        port -> {
                            Binding binding =
                                    new Binding(
                                            Optional.empty(),
                                            port.binding().vnicType(),
                                            port.binding().profile());
                            save(tx, plugged(port, "", "", binding, PortRow.DOWN));
                        });
    }

    private PortRow save(Tx tx, PortRow port) {
        PortRow saved = store.update(tx, port, journal.now());
        journal.backbone().changed(tx);
        return saved;
    }

    @Override
    public void deletePort(Tx tx, UUID id) {
        store.lock(tx, id)
                .ifPresent(
                        port -> {
                            ports.remove(tx, port);
                            ports.deleted(tx, Actor.of(Caller.program()), port);
                        });
    }

    @Override
    public List<PortFacts> portsOf(Tx tx, Collection<UUID> servers) {
        return servers.isEmpty()
                ? List.of()
                : facts.of(tx, store.ofDevices(tx, servers.stream().map(UUID::toString).toList()));
    }

    @Override
    public Optional<UUID> securityGroup(Tx tx, Caller caller, String nameOrId) {
        Optional<UUID> byId =
                Ids.uuid(nameOrId)
                        .flatMap(
                                id ->
                                        groups
                                                .existing(
                                                        tx,
                                                        List.of(id),
                                                        caller.isAdmin()
                                                                ? Optional.empty()
                                                                : caller.project())
                                                .stream()
                                                .findFirst());
        if (byId.isPresent() || caller.project().isEmpty()) {
            return byId;
        }
        ProjectId project = caller.requireProject();
        if (nameOrId.equals("default")) {
            return Optional.of(ports.defaultGroup(tx, project));
        }
        return groups.named(tx, project, nameOrId);
    }

    @Override
    public List<SecurityGroupFacts> securityGroups(Tx tx, Caller caller) {
        return groups.ofProject(tx, caller.requireProject()).stream()
                .map(
                        group ->
                                new SecurityGroupFacts(
                                        group.id(),
                                        group.project(),
                                        group.name(),
                                        group.description(),
                                        group.rules().stream()
                                                .filter(rule -> rule.direction().equals("ingress"))
                                                .map(
                                                        rule ->
                                                                new SecurityGroupRuleFacts(
                                                                        rule.id(),
                                                                        rule.protocol(),
                                                                        rule.portMin(),
                                                                        rule.portMax(),
                                                                        rule.remotePrefix(),
                                                                        rule.remoteGroup()))
                                                .toList()))
                .toList();
    }

    @Override
    public int addSecurityGroup(Tx tx, Caller caller, UUID server, UUID group) {
        return changes.addGroup(tx, caller, server, group);
    }

    @Override
    public int removeSecurityGroup(Tx tx, Caller caller, UUID server, UUID group) {
        return changes.removeGroup(tx, caller, server, group);
    }

    @Override
    public boolean addAddress(Tx tx, Caller caller, UUID server, UUID network) {
        return changes.addAddress(tx, caller, server, network);
    }

    @Override
    public boolean removeAddress(Tx tx, Caller caller, UUID server, String address) {
        return Ip.parse(address)
                .map(ip -> changes.removeAddress(tx, caller, server, ip.toString()))
                .orElse(false);
    }

    @Override
    public Optional<UUID> deviceAt(Tx tx, UUID network, String address) {
        return Ip.parse(address).flatMap(ip -> facts.deviceAt(tx, network, ip)).flatMap(Ids::uuid);
    }

    @Override
    public void addListener(Listener listener) {
        statuses.addListener(listener);
    }

    @Override
    public List<MetadataPort> metadataPorts(Tx tx, HostName host) {
        agents.asked(tx, host.value(), journal.now());
        return facts.metadataPorts(tx, host.value());
    }

    private static PortRow plugged(
            PortRow p, String device, String owner, Binding binding, String status) {
        return new PortRow(
                p.id(),
                p.project(),
                p.network(),
                p.name(),
                p.description(),
                p.mac(),
                p.adminStateUp(),
                status,
                device,
                owner,
                p.fixedIps(),
                p.securityGroups(),
                p.portSecurity(),
                p.pairs(),
                p.dhcpOptions(),
                p.dnsName(),
                binding,
                p.madeForServer(),
                p.tags(),
                p.stamp());
    }
}
