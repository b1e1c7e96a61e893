package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.PortWish.Wanted;
import cloud.welkin.network.api.RouterBodies.ChangedFloatingIp;
import cloud.welkin.network.api.RouterBodies.CreateFloatingIp;
import cloud.welkin.network.api.RouterBodies.NewFloatingIp;
import cloud.welkin.network.api.RouterBodies.UpdateFloatingIp;
import cloud.welkin.network.api.Views.FloatingIpView;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.FloatingIpRow;
import cloud.welkin.network.domain.FloatingIpRow.Association;
import cloud.welkin.network.domain.FloatingIpRow.PortDetails;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.FloatingIpStore;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.PortStore;
import cloud.welkin.network.store.RouterStore;
import cloud.welkin.network.store.SubnetStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Floating IPs: Neutron's /floatingips. Each holds its address by a port of its own in the external
 * network.
 */
final class FloatingIpOperations implements OperationGroup {
    private final NetworkStore networks;
    private final SubnetStore subnets;
    private final PortStore portStore;
    private final RouterStore routers;
    private final FloatingIpStore store;
    private final Ports ports;
    private final Journal journal;

    FloatingIpOperations(
            NetworkStore networks,
            SubnetStore subnets,
            PortStore portStore,
            RouterStore routers,
            FloatingIpStore store,
            Ports ports,
            Journal journal) {
        this.networks = networks;
        this.subnets = subnets;
        this.portStore = portStore;
        this.routers = routers;
        this.store = store;
        this.ports = ports;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/floatingips")
                        .policy("get_floatingip")
                        .anyParam()
                        .replies(FloatingIpView.class)
                        .doc("The floating IPs of the caller's project, by any attribute.")
                        .reads(this::list),
                Operation.post("/floatingips")
                        .policy("create_floatingip")
                        .body(CreateFloatingIp.class)
                        .replies(FloatingIpView.class)
                        .doc(
                                "Takes an address of an external network, and lets it lead to a port if one is named.")
                        .writes((call, tx, body) -> create(call, tx, body.floatingip())),
                Operation.get("/floatingips/{id}")
                        .policyByHandler("get_floatingip")
                        .anyParam()
                        .replies(FloatingIpView.class)
                        .doc("One floating IP.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call,
                                                "floatingip",
                                                Views.floatingIp(visible(call, tx)))),
                Operation.put("/floatingips/{id}")
                        .policyByHandler("update_floatingip")
                        .body(UpdateFloatingIp.class)
                        .replies(FloatingIpView.class)
                        .doc(
                                "Lets a floating IP lead to a port, to another one, or (port_id null) nowhere.")
                        .writes((call, tx, body) -> update(call, tx, body.floatingip())),
                Operation.delete("/floatingips/{id}")
                        .policyByHandler("delete_floatingip")
                        .doc("Gives the address back.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        var page =
                FloatingIpStore.LISTING.page(
                        tx,
                        Lists.request(call.query()),
                        FloatingIpStore.visible(Lists.visibility(call)));
        return Lists.reply(call, "floatingips", page, Views::floatingIp, FloatingIpRow::id);
    }

    private Object create(Call call, Tx tx, NewFloatingIp body) {
        ProjectId project = Texts.project(call.caller(), body.projectId(), body.tenantId());
        Target target = Target.ownedBy(project);
        call.require("create_floatingip", target);
        NetworkRow network =
                networks.find(tx, Texts.uuid("floating_network_id", body.floatingNetworkId()))
                        .filter(found -> call.allows("get_network", NetworkPolicy.of(found)))
                        .orElseThrow(() -> Refusals.noNetwork(Texts.cut(body.floatingNetworkId())));
        if (!network.external()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad floatingip request: Network %s is not a valid external network.",
                    network.id());
        }
        if (body.floatingIpAddress().given().isPresent()) {
            call.require("create_floatingip:floating_ip_address", target);
        }
        List<SubnetRow> ofNetwork = subnets.ofNetwork(tx, network.id());
        UUID id = UUID.randomUUID();
        PortRow own =
                ports.insert(
                        tx,
                        PortWish.ofService(
                                new ProjectId(""),
                                network,
                                id.toString(),
                                DeviceOwner.FLOATING_IP,
                                Optional.of(List.of(wanted(network, ofNetwork, body)))),
                        ofNetwork);
        Optional<Association> association =
                body.portId()
                        .given()
                        .map(
                                port ->
                                        lead(
                                                call,
                                                tx,
                                                network.id(),
                                                port,
                                                body.fixedIpAddress().given()));
        if (association.isEmpty() && body.fixedIpAddress().given().isPresent()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad floatingip request: fixed_ip_address cannot be specified without a port_id.");
        }
        Instant now = journal.now();
        FloatingIpRow ip =
                new FloatingIpRow(
                        id,
                        project,
                        body.description().orKeep(""),
                        network.id(),
                        own.fixedIps().getFirst().ipAddress(),
                        own.id(),
                        association,
                        association.isPresent() ? "ACTIVE" : "DOWN",
                        body.dnsName().orKeep(""),
                        body.dnsDomain().orKeep(""),
                        Texts.tags(body.tags().orKeep(List.of())),
                        new Stamp(1, now, now));
        store.insert(tx, ip);
        journal.happened(tx, Actor.of(call), "floatingip.create.end", project, id, payload(ip));
        association.ifPresent(to -> journal.portChanged(tx, to.port()));
        journal.count(tx, project, Journal.FLOATING_IP, 1);
        return Map.of("floatingip", Views.floatingIp(ip));
    }

    private static Wanted wanted(
            NetworkRow network, List<SubnetRow> ofNetwork, NewFloatingIp body) {
        Optional<UUID> subnet = body.subnetId().given().map(text -> Texts.uuid("subnet_id", text));
        Optional<Ip> address =
                body.floatingIpAddress().given().map(text -> Texts.ip("floating_ip_address", text));
        if (address.isPresent() && address.get().version() != 4) {
            throw Refusals.wrong(
                    "floating_ip_address", "'" + address.get() + "' is not an IPv4 address");
        }
        if (subnet.isPresent() || address.isPresent()) {
            return new Wanted(subnet, address);
        }
        return ofNetwork.stream()
                .filter(each -> each.version() == 4)
                .findFirst()
                .map(each -> Wanted.anyOf(each.id()))
                .orElseThrow(
                        () ->
                                Refusals.bad(
                                        "BadRequest",
                                        "Bad floatingip request: Network %s does not contain any IPv4 subnet.",
                                        network.id()));
    }

    /**
     * Where a floating IP shall lead: to an IPv4 address of the port, through a router that has a
     * way to the network.
     */
    private Association lead(
            Call call, Tx tx, UUID external, String portId, Optional<String> fixedIp) {
        PortRow port =
                portStore
                        .find(tx, Texts.uuid("port_id", portId))
                        .filter(found -> call.allows("get_port", Target.ownedBy(found.project())))
                        .orElseThrow(() -> Refusals.noPort(Texts.cut(portId)));
        List<FixedIp> four =
                port.fixedIps().stream()
                        .filter(ip -> Ip.of(ip.ipAddress()).version() == 4)
                        .toList();
        FixedIp chosen;
        if (fixedIp.isPresent()) {
            String wanted = Texts.ip("fixed_ip_address", fixedIp.get()).toString();
            chosen =
                    four.stream()
                            .filter(ip -> ip.ipAddress().equals(wanted))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            Refusals.bad(
                                                    "BadRequest",
                                                    "Bad floatingip request: Port %s does not have fixed ip %s.",
                                                    port.id(),
                                                    wanted));
        } else if (four.isEmpty()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad floatingip request: Cannot add floating IP to port %s that has no fixed IPv4 addresses.",
                    port.id());
        } else if (four.size() > 1) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad floatingip request: Port %s has multiple fixed IPv4 addresses. Must provide a specific IPv4"
                            + " address when assigning a floating IP.",
                    port.id());
        } else {
            chosen = four.getFirst();
        }
        UUID router =
                routers.between(tx, chosen.subnetId(), external)
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                        "External network %s is not reachable from subnet %s. Therefore,"
                                                                + " cannot associate Port %s with a Floating IP.",
                                                        external, chosen.subnetId(), port.id())
                                                .as("ExternalGatewayForFloatingIPNotFound"));
        return new Association(
                port.id(),
                chosen.ipAddress(),
                router,
                new PortDetails(
                        port.name(),
                        port.network(),
                        port.mac().toString(),
                        port.adminStateUp(),
                        port.status(),
                        port.deviceId(),
                        port.deviceOwner()));
    }

    private Object update(Call call, Tx tx, ChangedFloatingIp body) {
        FloatingIpRow f = touchable(call, tx);
        Refusals.checkRevision(Lists.ifMatch(call), f.stamp().revision());
        Optional<Association> association =
                switch (body.portId()) {
                    case Field.Null<String> none -> Optional.empty();
                    case Field.Value<String>(String port) when port.isEmpty() -> Optional.empty();
                    case Field.Value<String>(String port) ->
                            Optional.of(
                                    lead(
                                            call,
                                            tx,
                                            f.network(),
                                            port,
                                            body.fixedIpAddress().given()));
                    case Field.Absent<String> absent ->
                            body.fixedIpAddress().given().isPresent() && f.association().isPresent()
                                    ? Optional.of(
                                            lead(
                                                    call,
                                                    tx,
                                                    f.network(),
                                                    f.association().get().port().toString(),
                                                    body.fixedIpAddress().given()))
                                    : f.association();
                };
        FloatingIpRow changed =
                new FloatingIpRow(
                        f.id(),
                        f.project(),
                        body.description().orKeep(f.description()),
                        f.network(),
                        f.address(),
                        f.ownPort(),
                        association,
                        association.isPresent() ? "ACTIVE" : "DOWN",
                        f.dnsName(),
                        f.dnsDomain(),
                        f.tags(),
                        f.stamp());
        FloatingIpRow updated = store.update(tx, changed, journal.now());
        journal.happened(
                tx,
                Actor.of(call),
                "floatingip.update.end",
                updated.project(),
                updated.id(),
                payload(updated));
        if (!f.association().equals(association)) {
            f.association().ifPresent(from -> journal.portChanged(tx, from.port()));
            association.ifPresent(to -> journal.portChanged(tx, to.port()));
        }
        return Map.of("floatingip", Views.floatingIp(updated));
    }

    private Object delete(Call call, Tx tx) {
        FloatingIpRow ip = touchable(call, tx);
        store.delete(tx, ip.id());
        portStore.delete(tx, ip.ownPort());
        journal.happened(
                tx, Actor.of(call), "floatingip.delete.end", ip.project(), ip.id(), payload(ip));
        ip.association().ifPresent(from -> journal.portChanged(tx, from.port()));
        journal.count(tx, ip.project(), Journal.FLOATING_IP, -1);
        return Reply.empty();
    }

    private FloatingIpRow visible(Call call, Tx tx) {
        return call.pathUuid("id")
                .flatMap(id -> FloatingIpStore.LISTING.find(tx, id))
                .filter(ip -> call.mayTouch(ip.project()))
                .orElseThrow(() -> Refusals.noFloatingIp(Texts.cut(call.path("id"))));
    }

    private FloatingIpRow touchable(Call call, Tx tx) {
        FloatingIpRow ip =
                call.pathUuid("id")
                        .flatMap(id -> FloatingIpStore.LISTING.find(tx, id))
                        .filter(
                                found ->
                                        call.allows(
                                                "get_floatingip", Target.ownedBy(found.project())))
                        .orElseThrow(() -> Refusals.noFloatingIp(Texts.cut(call.path("id"))));
        call.authorize(Target.ownedBy(ip.project()));
        return ip;
    }

    static Map<String, Object> payload(FloatingIpRow ip) {
        return Map.of(
                "floatingip",
                Map.of(
                        "id", ip.id(),
                        "tenant_id", ip.project().value(),
                        "floating_network_id", ip.network(),
                        "floating_ip_address", ip.address(),
                        "port_id", ip.association().map(Association::port),
                        "fixed_ip_address", ip.association().map(Association::fixedIp)));
    }
}
