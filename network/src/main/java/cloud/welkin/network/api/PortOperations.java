package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.PortBodies.ChangedPort;
import cloud.welkin.network.api.PortBodies.CreatePort;
import cloud.welkin.network.api.PortBodies.NewPort;
import cloud.welkin.network.api.PortBodies.UpdatePort;
import cloud.welkin.network.api.Views.PortView;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.Binding;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.PortStore;
import cloud.welkin.network.store.SecurityGroupStore;
import cloud.welkin.network.store.SubnetStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Ports: Neutron's /ports. */
final class PortOperations implements OperationGroup {
    private static final int MOST_AT_ONCE = 1000;

    private final NetworkStore networks;
    private final SubnetStore subnets;
    private final PortStore store;
    private final SecurityGroupStore groupStore;
    private final Ports ports;
    private final Journal journal;

    PortOperations(
            NetworkStore networks,
            SubnetStore subnets,
            PortStore store,
            SecurityGroupStore groupStore,
            Ports ports,
            Journal journal) {
        this.networks = networks;
        this.subnets = subnets;
        this.store = store;
        this.groupStore = groupStore;
        this.ports = ports;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/ports")
                        .policy("get_port")
                        .anyParam()
                        .replies(PortView.class)
                        .doc("The ports that the caller may see, by any attribute.")
                        .reads(this::list),
                Operation.post("/ports")
                        .policyByHandler("create_port")
                        .body(CreatePort.class)
                        .replies(PortView.class)
                        .doc("Makes a port with its addresses, or several ports at once.")
                        .writes(this::create),
                Operation.get("/ports/{id}")
                        .policyByHandler("get_port")
                        .anyParam()
                        .replies(PortView.class)
                        .doc("One port.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call, "port", Views.port(call, visible(call, tx)))),
                Operation.put("/ports/{id}")
                        .policyByHandler("update_port")
                        .body(UpdatePort.class)
                        .replies(PortView.class)
                        .doc("Changes a port.")
                        .writes((call, tx, body) -> update(call, tx, body.port())),
                Operation.delete("/ports/{id}")
                        .policyByHandler("delete_port")
                        .doc("Deletes a port; those of routers and floating IPs go with these.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        var page =
                PortStore.LISTING.page(
                        tx, Lists.request(call.query()), PortStore.visible(Lists.visibility(call)));
        return Lists.reply(call, "ports", page, port -> Views.port(call, port), PortRow::id);
    }

    /** Networks and subnets of a request that makes many ports, read once. */
    private final class Known {
        private final Map<UUID, NetworkRow> networkRows = new HashMap<>();
        private final Map<UUID, List<SubnetRow>> subnetRows = new HashMap<>();

        NetworkRow network(Call call, Tx tx, String id) {
            return networkRows.computeIfAbsent(
                    Texts.uuid("network_id", id),
                    uuid ->
                            networks.find(tx, uuid)
                                    .filter(
                                            found ->
                                                    call.allows(
                                                            "get_network", NetworkPolicy.of(found)))
                                    .orElseThrow(() -> Refusals.noNetwork(uuid)));
        }

        List<SubnetRow> subnets(Tx tx, UUID network) {
            return subnetRows.computeIfAbsent(network, id -> subnets.ofNetwork(tx, id));
        }
    }

    private Object create(Call call, Tx tx, CreatePort body) {
        Known known = new Known();
        if (body.port() instanceof Field.Value<NewPort>(NewPort one)) {
            PortRow port = make(call, tx, one, known);
            ports.created(tx, Actor.of(call), List.of(port));
            return Map.of("port", Views.port(call, port));
        }
        List<NewPort> several =
                body.ports()
                        .given()
                        .orElseThrow(() -> Failure.badRequest("Resource body required"));
        if (several.isEmpty() || several.size() > MOST_AT_ONCE) {
            throw Failure.badRequest("Between 1 and %d ports can be made at once.", MOST_AT_ONCE);
        }
        List<PortRow> made = new ArrayList<>();
        several.forEach(one -> made.add(make(call, tx, one, known)));
        made.stream()
                .map(PortRow::project)
                .distinct()
                .sorted()
                .forEach(
                        project ->
                                ports.created(
                                        tx,
                                        Actor.of(call),
                                        made.stream()
                                                .filter(port -> port.project().equals(project))
                                                .toList()));
        return Map.of("ports", made.stream().map(port -> Views.port(call, port)).toList());
    }

    private PortRow make(Call call, Tx tx, NewPort body, Known known) {
        NetworkRow network = known.network(call, tx, body.networkId());
        ProjectId project = Texts.project(call.caller(), body.projectId(), body.tenantId());
        Target target = NetworkPolicy.of(project, network);
        call.authorize(target);
        if (!call.caller().isAdmin() && !call.caller().project().equals(Optional.of(project))) {
            throw Failure.forbidden("Policy doesn't allow a port for another project.")
                    .as("PolicyNotAuthorized");
        }
        require(call, target, "create_port:mac_address", body.macAddress());
        require(call, target, "create_port:port_security_enabled", body.portSecurityEnabled());
        require(call, target, "create_port:allowed_address_pairs", body.allowedAddressPairs());
        require(call, target, "create_port:binding:host_id", body.host());
        require(call, target, "create_port:binding:profile", body.profile());
        String owner = body.deviceOwner().orKeep("");
        if (DeviceOwner.isNetworks(owner)) {
            require(call, target, "create_port:device_owner", body.deviceOwner());
        }
        if (body.fixedIps().orKeep(List.of()).stream()
                .anyMatch(ip -> ip.ipAddress().given().isPresent())) {
            call.require("create_port:fixed_ips:ip_address", target);
        }
        boolean security = body.portSecurityEnabled().orKeep(network.portSecurity());
        Optional<List<UUID>> groups =
                body.securityGroups().given().map(texts -> Texts.uuids("security_groups", texts));
        checkGroups(call, tx, project, security, groups);
        Optional<Mac> mac = body.macAddress().given().map(text -> Texts.mac("mac_address", text));
        var pairs =
                PortChecks.pairs(
                        body.allowedAddressPairs().orKeep(List.of()), mac.orElse(new Mac(0)));
        if (!pairs.isEmpty() && !security) {
            throw pairsNeedSecurity();
        }
        PortRow port =
                ports.insert(
                        tx,
                        new PortWish(
                                project,
                                network,
                                body.name().orKeep(""),
                                body.description().orKeep(""),
                                mac,
                                body.adminStateUp().orKeep(true),
                                body.deviceId().orKeep(""),
                                owner,
                                body.fixedIps().given().map(PortChecks::fixedIps),
                                groups,
                                security,
                                pairs,
                                PortChecks.options(body.extraDhcpOpts().orKeep(List.of())),
                                PortChecks.dnsName(body.dnsName().orKeep("")),
                                new Binding(
                                        PortChecks.host(body.host(), Optional.empty()),
                                        "normal",
                                        PortChecks.profile(
                                                body.profile(), Json.mapper().createObjectNode())),
                                false,
                                Texts.tags(body.tags().orKeep(List.of()))),
                        known.subnets(tx, network.id()));
        return mac.isEmpty() && !pairs.isEmpty() ? withOwnMac(tx, port, body) : port;
    }

    /** Pairs without a MAC mean the port's own, which is known only now. */
    private PortRow withOwnMac(Tx tx, PortRow port, NewPort body) {
        return store.update(
                tx,
                with(
                        port,
                        port.mac(),
                        PortChecks.pairs(body.allowedAddressPairs().orKeep(List.of()), port.mac())),
                port.stamp().updatedAt());
    }

    private void checkGroups(
            Call call, Tx tx, ProjectId project, boolean security, Optional<List<UUID>> groups) {
        if (groups.isEmpty() || groups.get().isEmpty()) {
            return;
        }
        if (!security) {
            throw Refusals.bad(
                    "PortSecurityAndIPRequiredForSecurityGroups",
                    "Invalid input for operation: Port security must be enabled and port must have an IP address in order"
                            + " to use security groups.");
        }
        List<UUID> existing =
                groupStore.existing(
                        tx,
                        groups.get(),
                        call.caller().isAdmin() ? Optional.empty() : Optional.of(project));
        for (UUID group : groups.get()) {
            if (!existing.contains(group)) {
                throw Refusals.noSecurityGroup(group);
            }
        }
    }

    private Object update(Call call, Tx tx, ChangedPort body) {
        PortRow p = touchable(call, tx);
        NetworkRow network =
                networks.find(tx, p.network()).orElseThrow(() -> Refusals.noPort(p.id()));
        Target target = NetworkPolicy.of(p.project(), network);
        require(call, target, "update_port:mac_address", body.macAddress());
        require(call, target, "update_port:port_security_enabled", body.portSecurityEnabled());
        require(call, target, "update_port:allowed_address_pairs", body.allowedAddressPairs());
        require(call, target, "update_port:binding:host_id", body.host());
        require(call, target, "update_port:binding:profile", body.profile());
        if (DeviceOwner.isNetworks(body.deviceOwner().orKeep(""))) {
            require(call, target, "update_port:device_owner", body.deviceOwner());
        }
        if (body.fixedIps().orKeep(List.of()).stream()
                .anyMatch(ip -> ip.ipAddress().given().isPresent())) {
            call.require("update_port:fixed_ips:ip_address", target);
        }
        Refusals.checkRevision(Lists.ifMatch(call), p.stamp().revision());
        Instant now = journal.now();
        boolean security = body.portSecurityEnabled().orKeep(p.portSecurity());
        Optional<List<UUID>> groups =
                switch (body.securityGroups()) {
                    case Field.Absent<List<String>> absent -> Optional.empty();
                    case Field.Null<List<String>> none -> Optional.of(List.of());
                    case Field.Value<List<String>>(List<String> texts) ->
                            Optional.of(Texts.uuids("security_groups", texts));
                };
        checkGroups(call, tx, p.project(), security, groups);
        if (!security && !groups.orElse(p.securityGroups()).isEmpty()) {
            throw Refusals.conflict(
                    "PortSecurityPortHasSecurityGroup",
                    "Port has security group associated. Cannot disable port security or IP address until security"
                            + " group is removed.");
        }
        Mac mac =
                body.macAddress()
                        .given()
                        .map(text -> Texts.mac("mac_address", text))
                        .orElse(p.mac());
        if (!mac.equals(p.mac()) && p.binding().host().isPresent()) {
            throw Refusals.conflict(
                    "PortBound",
                    "Unable to complete operation on port %s, port is already bound.",
                    p.id());
        }
        PortRow changed = changed(body, p, mac, security);
        if (!changed.pairs().isEmpty() && !security) {
            throw pairsNeedSecurity();
        }
        if (body.fixedIps().isPresent()) {
            ports.readdress(tx, p, PortChecks.fixedIps(body.fixedIps().orKeep(List.of())), now);
        }
        groups.ifPresent(ids -> store.replaceGroups(tx, p.id(), ids));
        PortRow updated = store.update(tx, changed, now);
        journal.happened(
                tx,
                Actor.of(call),
                "port.update.end",
                updated.project(),
                updated.id(),
                Ports.payload(updated));
        journal.portChanged(tx, updated.id());
        return Map.of("port", Views.port(call, updated));
    }

    private PortRow changed(ChangedPort body, PortRow p, Mac mac, boolean security) {
        Optional<String> host = PortChecks.host(body.host(), p.binding().host());
        String status = p.status();
        if (!host.equals(p.binding().host()) && !DeviceOwner.isNetworks(p.deviceOwner())) {
            status = host.isPresent() ? journal.backbone().statusWhenBound() : PortRow.DOWN;
        }
        return new PortRow(
                p.id(),
                p.project(),
                p.network(),
                body.name().orKeep(p.name()),
                body.description().orKeep(p.description()),
                mac,
                body.adminStateUp().orKeep(p.adminStateUp()),
                status,
                body.deviceId().over(Optional.of(p.deviceId())).orElse(""),
                body.deviceOwner().over(Optional.of(p.deviceOwner())).orElse(""),
                p.fixedIps(),
                p.securityGroups(),
                security,
                body.allowedAddressPairs().isPresent()
                        ? PortChecks.pairs(body.allowedAddressPairs().orKeep(List.of()), mac)
                        : p.pairs(),
                body.extraDhcpOpts()
                        .given()
                        .map(list -> PortChecks.options(p.dhcpOptions(), list))
                        .orElse(p.dhcpOptions()),
                PortChecks.dnsName(body.dnsName().over(Optional.of(p.dnsName())).orElse("")),
                new Binding(
                        host,
                        p.binding().vnicType(),
                        PortChecks.profile(body.profile(), p.binding().profile())),
                p.madeForServer(),
                p.tags(),
                p.stamp());
    }

    private Object delete(Call call, Tx tx) {
        PortRow port = touchable(call, tx);
        Refusals.checkRevision(Lists.ifMatch(call), port.stamp().revision());
        if (DeviceOwner.PROTECTED.contains(port.deviceOwner())) {
            throw Refusals.conflict(
                    "ServicePortInUse",
                    "Port %s cannot be deleted directly via the port API: it has device owner %s.",
                    port.id(),
                    port.deviceOwner());
        }
        ports.remove(tx, port);
        ports.deleted(tx, Actor.of(call), port);
        return Reply.empty();
    }

    private PortRow visible(Call call, Tx tx) {
        return call.pathUuid("id")
                .flatMap(id -> store.find(tx, id))
                .filter(port -> call.may(target(call, tx, port)))
                .orElseThrow(() -> Refusals.noPort(Texts.cut(call.path("id"))));
    }

    private PortRow touchable(Call call, Tx tx) {
        PortRow port =
                call.pathUuid("id")
                        .flatMap(id -> store.lock(tx, id))
                        .filter(found -> call.allows("get_port", target(call, tx, found)))
                        .orElseThrow(() -> Refusals.noPort(Texts.cut(call.path("id"))));
        call.authorize(target(call, tx, port));
        return port;
    }

    /** The network's owner matters only where the port is another project's. */
    private Target target(Call call, Tx tx, PortRow port) {
        if (call.caller().project().equals(Optional.of(port.project()))) {
            return Target.ownedBy(port.project());
        }
        return networks.find(tx, port.network())
                .map(network -> NetworkPolicy.of(port.project(), network))
                .orElse(Target.ownedBy(port.project()));
    }

    private static Failure pairsNeedSecurity() {
        return Refusals.conflict(
                "AddressPairAndPortSecurityRequired",
                "Port Security must be enabled in order to have allowed address pairs on a port.");
    }

    private static void require(Call call, Target target, String rule, Field<?> field) {
        if (field.given().isPresent()) {
            call.require(rule, target);
        }
    }

    private static PortRow with(PortRow p, Mac mac, List<PortRow.AddressPair> pairs) {
        return new PortRow(
                p.id(),
                p.project(),
                p.network(),
                p.name(),
                p.description(),
                mac,
                p.adminStateUp(),
                p.status(),
                p.deviceId(),
                p.deviceOwner(),
                p.fixedIps(),
                p.securityGroups(),
                p.portSecurity(),
                pairs,
                p.dhcpOptions(),
                p.dnsName(),
                p.binding(),
                p.madeForServer(),
                p.tags(),
                p.stamp());
    }
}
