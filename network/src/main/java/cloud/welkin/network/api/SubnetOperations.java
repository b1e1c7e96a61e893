package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.NetworkBodies.ChangedSubnet;
import cloud.welkin.network.api.NetworkBodies.CreateSubnet;
import cloud.welkin.network.api.NetworkBodies.NewSubnet;
import cloud.welkin.network.api.NetworkBodies.PoolBody;
import cloud.welkin.network.api.NetworkBodies.RouteBody;
import cloud.welkin.network.api.NetworkBodies.UpdateSubnet;
import cloud.welkin.network.api.Views.SubnetView;
import cloud.welkin.network.domain.Addressing;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.Pool;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.Route;
import cloud.welkin.network.domain.SubnetChecks;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.AddressStore;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.SubnetStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Subnets: Neutron's /subnets. Blocks of one network never overlap, which the network's row is
 * locked for.
 */
public final class SubnetOperations implements OperationGroup {
    private static final int MOST_AT_ONCE = 100;

    private final NetworkStore networks;
    private final SubnetStore subnets;
    private final AddressStore addresses;
    private final SubnetPools pools;
    private final Ports ports;
    private final Journal journal;

    SubnetOperations(
            NetworkStore networks,
            SubnetStore subnets,
            AddressStore addresses,
            SubnetPools pools,
            Ports ports,
            Journal journal) {
        this.networks = networks;
        this.subnets = subnets;
        this.addresses = addresses;
        this.pools = pools;
        this.ports = ports;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/subnets")
                        .policy("get_subnet")
                        .anyParam()
                        .replies(SubnetView.class)
                        .doc("The subnets that the caller may see, by any attribute.")
                        .reads(this::list),
                Operation.post("/subnets")
                        .policyByHandler("create_subnet")
                        .body(CreateSubnet.class)
                        .replies(SubnetView.class)
                        .doc("Makes a subnet of a network, or several at once.")
                        .writes(this::create),
                Operation.get("/subnets/{id}")
                        .policyByHandler("get_subnet")
                        .anyParam()
                        .replies(SubnetView.class)
                        .doc("One subnet.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(call, "subnet", Views.subnet(visible(call, tx)))),
                Operation.put("/subnets/{id}")
                        .policyByHandler("update_subnet")
                        .body(UpdateSubnet.class)
                        .replies(SubnetView.class)
                        .doc("Changes a subnet; its block stays.")
                        .writes((call, tx, body) -> update(call, tx, body.subnet())),
                Operation.delete("/subnets/{id}")
                        .policyByHandler("delete_subnet")
                        .doc("Deletes a subnet; 409 while ports have addresses of it.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        var page =
                SubnetStore.LISTING.page(
                        tx,
                        Lists.request(call.query()),
                        SubnetStore.visible(Lists.visibility(call)));
        return Lists.reply(call, "subnets", page, Views::subnet, SubnetRow::id);
    }

    private Object create(Call call, Tx tx, CreateSubnet body) {
        if (body.subnet() instanceof Field.Value<NewSubnet>(NewSubnet one)) {
            return Map.of("subnet", Views.subnet(make(call, tx, one)));
        }
        List<NewSubnet> several =
                body.subnets()
                        .given()
                        .orElseThrow(() -> Failure.badRequest("Resource body required"));
        if (several.isEmpty() || several.size() > MOST_AT_ONCE) {
            throw Failure.badRequest("Between 1 and %d subnets can be made at once.", MOST_AT_ONCE);
        }
        List<SubnetView> made = new ArrayList<>();
        several.forEach(one -> made.add(Views.subnet(make(call, tx, one))));
        return Map.of("subnets", made);
    }

    private SubnetRow make(Call call, Tx tx, NewSubnet body) {
        NetworkRow network =
                networks.lock(tx, Texts.uuid("network_id", body.networkId()))
                        .filter(found -> call.allows("get_network", NetworkPolicy.of(found)))
                        .orElseThrow(() -> Refusals.noNetwork(Texts.cut(body.networkId())));
        // A subnet of an admin's making belongs to its network's project unless told otherwise.
        ProjectId project =
                body.projectId()
                        .given()
                        .or(body.tenantId()::given)
                        .map(ProjectId::new)
                        .orElseGet(() -> call.caller().project().orElse(network.project()));
        call.authorize(NetworkPolicy.of(project, network));
        body.serviceTypes()
                .ifValue(
                        types -> {
                            if (!types.isEmpty()) {
                                call.require(
                                        "create_subnet:service_types", NetworkPolicy.of(network));
                            }
                        });
        SubnetRow subnet = fresh(body, pools.block(call, tx, body, project), network, project);
        insert(tx, Actor.of(call), network, subnet);
        return subnet;
    }

    /** Adds the subnet to its network, whose row is locked. */
    public void insert(Tx tx, Actor actor, NetworkRow network, SubnetRow subnet) {
        SubnetChecks.check(subnet);
        List<SubnetRow> others = subnets.ofNetwork(tx, network.id());
        SubnetChecks.overlap(subnet.cidr(), others);
        if (others.stream()
                .anyMatch(
                        other ->
                                other.version() == subnet.version()
                                        && !other.pool().equals(subnet.pool()))) {
            throw Refusals.bad(
                    "NetworkSubnetPoolAffinityError",
                    "Subnets hosted on the same network must be allocated from the same subnet pool.");
        }
        subnets.insert(tx, subnet);
        if (subnet.dhcp()) {
            ports.ensureMetadataPort(tx, network);
        }
        journal.happened(
                tx, actor, "subnet.create.end", subnet.project(), subnet.id(), payload(subnet));
        journal.count(tx, subnet.project(), Journal.SUBNET, 1);
    }

    private SubnetRow fresh(
            NewSubnet body, SubnetPools.Block block, NetworkRow network, ProjectId project) {
        Cidr cidr = block.cidr();
        if (body.segmentId().given().isPresent()) {
            throw Refusals.missing(
                    "SegmentNotFound", "Segment", Texts.cut(body.segmentId().given().get()));
        }
        if (body.dnsPublishFixedIp().orKeep(false)) {
            throw Refusals.wrong("dns_publish_fixed_ip", "there is no external DNS service");
        }
        int version = body.ipVersion().orKeep(cidr.version());
        if (version != cidr.version()) {
            throw Refusals.invalid(
                    "The ip_version %d does not match that of the CIDR %s", version, cidr);
        }
        Optional<Addressing> ra = body.ipv6RaMode().given().map(Addressing::of);
        Optional<Addressing> address = body.ipv6AddressMode().given().map(Addressing::of);
        Optional<Ip> gateway =
                switch (body.gatewayIp()) {
                    case Field.Absent<String> absent -> usualGateway(cidr);
                    case Field.Null<String> none -> Optional.empty();
                    case Field.Value<String>(String ip) -> Optional.of(Texts.ip("gateway_ip", ip));
                };
        Instant now = journal.now();
        return new SubnetRow(
                UUID.randomUUID(),
                project,
                network.id(),
                body.name().orKeep(""),
                body.description().orKeep(""),
                cidr,
                gateway,
                body.enableDhcp().orKeep(true),
                body.allocationPools()
                        .given()
                        .map(SubnetOperations::pools)
                        .orElseGet(() -> Pool.usual(cidr, gateway)),
                body.dnsNameservers().orKeep(List.of()),
                routes(body.hostRoutes().orKeep(List.of())),
                ra,
                address,
                body.serviceTypes().orKeep(List.of()),
                block.pool(),
                Texts.tags(body.tags().orKeep(List.of())),
                new Stamp(1, now, now));
    }

    /**
     * The first address, as Neutron chooses it; blocks of one or two addresses have none to spare.
     */
    public static Optional<Ip> usualGateway(Cidr cidr) {
        int bits = cidr.first().bits() - cidr.prefix();
        return switch (bits) {
            case 0 -> Optional.of(cidr.first());
            default -> Optional.of(cidr.first().plus(1));
        };
    }

    private static List<Pool> pools(List<PoolBody> bodies) {
        return bodies.stream()
                .map(
                        pool ->
                                new Pool(
                                        Texts.ip("allocation_pools", pool.start()),
                                        Texts.ip("allocation_pools", pool.end())))
                .toList();
    }

    private static List<Route> routes(List<RouteBody> bodies) {
        return bodies.stream()
                .map(route -> new Route(route.destination(), route.nexthop()))
                .distinct()
                .toList();
    }

    private Object update(Call call, Tx tx, ChangedSubnet body) {
        SubnetRow s = touchable(call, tx);
        NetworkRow network =
                networks.lock(tx, s.network()).orElseThrow(() -> Refusals.noSubnet(s.id()));
        if (body.serviceTypes().given().isPresent()) {
            call.require("update_subnet:service_types", NetworkPolicy.of(network));
        }
        Refusals.checkRevision(Lists.ifMatch(call), s.stamp().revision());
        Optional<Ip> gateway =
                body.gatewayIp().map(ip -> Texts.ip("gateway_ip", ip)).over(s.gateway());
        if (!gateway.equals(s.gateway())
                && s.gateway().isPresent()
                && addresses.anyIn(tx, s.id(), s.gateway().get())) {
            throw Refusals.conflict(
                    "GatewayIpInUse",
                    "Current gateway ip %s already in use by a port. Unable to update.",
                    s.gateway().get());
        }
        SubnetRow changed =
                new SubnetRow(
                        s.id(),
                        s.project(),
                        s.network(),
                        body.name().orKeep(s.name()),
                        body.description().orKeep(s.description()),
                        s.cidr(),
                        gateway,
                        body.enableDhcp().orKeep(s.dhcp()),
                        body.allocationPools()
                                .given()
                                .map(SubnetOperations::pools)
                                .orElse(s.pools()),
                        body.dnsNameservers().orKeep(s.dns()),
                        body.hostRoutes().given().map(SubnetOperations::routes).orElse(s.routes()),
                        s.raMode(),
                        s.addressMode(),
                        body.serviceTypes().orKeep(s.serviceTypes()),
                        s.pool(),
                        s.tags(),
                        s.stamp());
        SubnetChecks.check(changed);
        SubnetRow updated = subnets.update(tx, changed, journal.now());
        if (updated.dhcp() != s.dhcp()) {
            ports.ensureMetadataPort(tx, network);
        }
        journal.happened(
                tx,
                Actor.of(call),
                "subnet.update.end",
                updated.project(),
                updated.id(),
                payload(updated));
        return Map.of("subnet", Views.subnet(updated));
    }

    private Object delete(Call call, Tx tx) {
        SubnetRow subnet = touchable(call, tx);
        Refusals.checkRevision(Lists.ifMatch(call), subnet.stamp().revision());
        subnets.delete(tx, subnet);
        networks.find(tx, subnet.network())
                .ifPresent(network -> ports.ensureMetadataPort(tx, network));
        journal.happened(
                tx,
                Actor.of(call),
                "subnet.delete.end",
                subnet.project(),
                subnet.id(),
                payload(subnet));
        journal.count(tx, subnet.project(), Journal.SUBNET, -1);
        return Reply.empty();
    }

    private SubnetRow visible(Call call, Tx tx) {
        return call.pathUuid("id")
                .flatMap(id -> SubnetStore.LISTING.find(tx, id))
                .filter(
                        subnet ->
                                networks.find(tx, subnet.network())
                                        .filter(
                                                network ->
                                                        call.may(
                                                                NetworkPolicy.of(
                                                                        subnet.project(), network)))
                                        .isPresent())
                .orElseThrow(() -> Refusals.noSubnet(Texts.cut(call.path("id"))));
    }

    private SubnetRow touchable(Call call, Tx tx) {
        SubnetRow subnet =
                call.pathUuid("id")
                        .flatMap(id -> SubnetStore.LISTING.lock(tx, id))
                        .orElseThrow(() -> Refusals.noSubnet(Texts.cut(call.path("id"))));
        NetworkRow network =
                networks.find(tx, subnet.network())
                        .filter(
                                found ->
                                        call.allows(
                                                "get_subnet",
                                                NetworkPolicy.of(subnet.project(), found)))
                        .orElseThrow(() -> Refusals.noSubnet(subnet.id()));
        call.authorize(NetworkPolicy.of(subnet.project(), network));
        return subnet;
    }

    static Map<String, Object> payload(SubnetRow subnet) {
        return Map.of(
                "subnet",
                Map.of(
                        "id", subnet.id(),
                        "network_id", subnet.network(),
                        "tenant_id", subnet.project().value(),
                        "cidr", subnet.cidr().toString()));
    }
}
