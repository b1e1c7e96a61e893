package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.NetworkBodies.ChangedNetwork;
import cloud.welkin.network.api.NetworkBodies.CreateNetwork;
import cloud.welkin.network.api.NetworkBodies.NewNetwork;
import cloud.welkin.network.api.NetworkBodies.UpdateNetwork;
import cloud.welkin.network.api.Views.NetworkView;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.NetworkRow.Segment;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.store.FloatingIpStore;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.NetworkStore.WithSubnets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Networks: Neutron's /networks. Deleting one takes its subnets with it, as long as no port is left
 * but its own.
 */
final class NetworkOperations implements OperationGroup {
    private static final int MOST_AT_ONCE = 1000;

    private final NetworkStore networks;
    private final FloatingIpStore floatingIps;
    private final Ports ports;
    private final Journal journal;
    private final NetworkLimits limits;

    NetworkOperations(
            NetworkStore networks,
            FloatingIpStore floatingIps,
            Ports ports,
            Journal journal,
            NetworkLimits limits) {
        this.networks = networks;
        this.floatingIps = floatingIps;
        this.ports = ports;
        this.journal = journal;
        this.limits = limits;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/networks")
                        .policy("get_network")
                        .anyParam()
                        .replies(NetworkView.class)
                        .doc("The networks that the caller may see, by any attribute.")
                        .reads(this::list),
                Operation.post("/networks")
                        .policy("create_network")
                        .body(CreateNetwork.class)
                        .replies(NetworkView.class)
                        .doc("Makes a network, or several at once.")
                        .writes(this::create),
                Operation.get("/networks/{id}")
                        .policyByHandler("get_network")
                        .anyParam()
                        .replies(NetworkView.class)
                        .doc("One network.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call,
                                                "network",
                                                Views.network(call, visible(call, tx)))),
                Operation.put("/networks/{id}")
                        .policyByHandler("update_network")
                        .body(UpdateNetwork.class)
                        .replies(NetworkView.class)
                        .doc("Changes a network.")
                        .writes((call, tx, body) -> update(call, tx, body.network())),
                Operation.delete("/networks/{id}")
                        .policyByHandler("delete_network")
                        .doc(
                                "Deletes a network with its subnets and with floating IPs that lead nowhere; 409 while ports are left.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        var page =
                NetworkStore.LISTING.page(
                        tx,
                        Lists.request(call.query()),
                        NetworkStore.visible(Lists.visibility(call)));
        return Lists.reply(
                call,
                "networks",
                page,
                shown -> Views.network(call, shown),
                shown -> shown.network().id());
    }

    private Object create(Call call, Tx tx, CreateNetwork body) {
        if (body.network() instanceof Field.Value<NewNetwork>(NewNetwork one)) {
            NetworkRow network = make(call, tx, one);
            made(call, tx, List.of(network));
            return Map.of("network", Views.network(call, new WithSubnets(network, List.of())));
        }
        List<NewNetwork> several =
                body.networks()
                        .given()
                        .orElseThrow(() -> Failure.badRequest("Resource body required"));
        if (several.isEmpty() || several.size() > MOST_AT_ONCE) {
            throw Failure.badRequest(
                    "Between 1 and %d networks can be made at once.", MOST_AT_ONCE);
        }
        List<NetworkRow> made = new ArrayList<>();
        several.forEach(one -> made.add(make(call, tx, one)));
        made(call, tx, made);
        return Map.of(
                "networks",
                made.stream()
                        .map(n -> Views.network(call, new WithSubnets(n, List.of())))
                        .toList());
    }

    private void made(Call call, Tx tx, List<NetworkRow> made) {
        for (NetworkRow network : made) {
            tell(call, tx, "network.create.end", network, network.isPhysical());
        }
        made.stream()
                .map(NetworkRow::project)
                .distinct()
                .sorted()
                .forEach(
                        project ->
                                journal.count(
                                        tx,
                                        project,
                                        Journal.NETWORK,
                                        made.stream()
                                                .filter(n -> n.project().equals(project))
                                                .count()));
    }

    /**
     * @param seen whether the backbone has anything of the network: it has not while there are no
     *     ports
     */
    private void tell(Call call, Tx tx, String type, NetworkRow network, boolean seen) {
        if (seen) {
            journal.backbone().changed(tx);
        }
        journal.told(tx, Actor.of(call), type, network.project(), network.id(), payload(network));
    }

    private NetworkRow make(Call call, Tx tx, NewNetwork body) {
        ProjectId project = Texts.project(call.caller(), body.projectId(), body.tenantId());
        Instant now = journal.now();
        NetworkRow network =
                new NetworkRow(
                        UUID.randomUUID(),
                        project,
                        body.name().orKeep(""),
                        body.description().orKeep(""),
                        body.adminStateUp().orKeep(true),
                        body.shared().orKeep(false),
                        body.external().orKeep(false),
                        body.isDefault().orKeep(false),
                        limits.mtuOr(body.mtu().orKeep(0)),
                        body.portSecurityEnabled().orKeep(true),
                        body.dnsDomain().orKeep(""),
                        new Segment("geneve", Optional.empty(), Optional.empty()),
                        zones(body.availabilityZoneHints().orKeep(List.of())),
                        Texts.tags(body.tags().orKeep(List.of())),
                        new Stamp(1, now, now));
        call.require("create_network", NetworkPolicy.of(network));
        require(call, network, "create_network:shared", body.shared());
        require(call, network, "create_network:router:external", body.external());
        require(call, network, "create_network:is_default", body.isDefault());
        require(call, network, "create_network:provider:network_type", body.networkType());
        require(call, network, "create_network:provider:physical_network", body.physicalNetwork());
        require(call, network, "create_network:provider:segmentation_id", body.segmentationId());
        if (body.vlanTransparent().orKeep(false)) {
            throw Refusals.wrong("vlan_transparent", "networks are not transparent to VLANs here");
        }
        NetworkRow whole = with(network, segment(tx, body));
        networks.insert(tx, whole);
        return whole;
    }

    private Segment segment(Tx tx, NewNetwork body) {
        String type =
                body.networkType()
                        .orKeep(body.physicalNetwork().given().isPresent() ? "flat" : "geneve");
        Optional<String> physical = body.physicalNetwork().given();
        Optional<Integer> id = body.segmentationId().given();
        return switch (type) {
            case "flat" -> {
                if (physical.isEmpty() || id.isPresent()) {
                    throw Refusals.invalid(
                            "a flat network needs a physical network and has no segmentation id");
                }
                yield new Segment(type, physical, id);
            }
            case "vlan" -> {
                if (physical.isEmpty() || id.isEmpty() || id.get() > 4094) {
                    throw Refusals.invalid(
                            "a vlan network needs a physical network and a segmentation id of 1 to 4094");
                }
                yield new Segment(type, physical, id);
            }
            default -> {
                if (physical.isPresent()) {
                    throw Refusals.invalid("a geneve network has no physical network");
                }
                yield new Segment(
                        type, physical, Optional.of(id.orElseGet(() -> networks.nextSegment(tx))));
            }
        };
    }

    private Object update(Call call, Tx tx, ChangedNetwork body) {
        WithSubnets shown = touchable(call, tx);
        NetworkRow n = shown.network();
        require(call, n, "update_network:shared", body.shared());
        require(call, n, "update_network:router:external", body.external());
        require(call, n, "update_network:is_default", body.isDefault());
        Refusals.checkRevision(Lists.ifMatch(call), n.stamp().revision());
        boolean external = body.external().orKeep(n.external());
        if (n.external() && !external && networks.inUse(tx, n.id())) {
            throw Refusals.conflict(
                    "ExternalNetworkInUse",
                    "External network %s cannot be updated to be made non-external, since it has existing gateway"
                            + " ports or floating IPs",
                    n.id());
        }
        NetworkRow changed =
                new NetworkRow(
                        n.id(),
                        n.project(),
                        body.name().orKeep(n.name()),
                        body.description().orKeep(n.description()),
                        body.adminStateUp().orKeep(n.adminStateUp()),
                        body.shared().orKeep(n.shared()),
                        external,
                        body.isDefault().orKeep(n.isDefault()),
                        body.mtu().given().map(limits::mtuOr).orElse(n.mtu()),
                        body.portSecurityEnabled().orKeep(n.portSecurity()),
                        body.dnsDomain().orKeep(n.dnsDomain()),
                        n.segment(),
                        n.zoneHints(),
                        n.tags(),
                        n.stamp());
        NetworkRow updated = networks.update(tx, changed, journal.now());
        if (n.external() != external) {
            ports.ensureMetadataPort(tx, updated);
        }
        journal.happened(
                tx,
                Actor.of(call),
                "network.update.end",
                updated.project(),
                updated.id(),
                payload(updated));
        return Map.of("network", Views.network(call, new WithSubnets(updated, shown.subnets())));
    }

    private Object delete(Call call, Tx tx) {
        NetworkRow network = touchable(call, tx).network();
        Refusals.checkRevision(Lists.ifMatch(call), network.stamp().revision());
        var freed = new TreeMap<ProjectId, Map<QuotaResource, Long>>();
        if (network.external()) {
            floatingIps
                    .removeIdle(tx, network.id())
                    .forEach(ip -> free(freed, ip.project(), Journal.FLOATING_IP));
        }
        if (networks.inUse(tx, network.id())) {
            throw NetworkStore.inUse(network.id());
        }
        List<ProjectId> owned = networks.delete(tx, network.id());
        owned.forEach(project -> free(freed, project, Journal.SUBNET));
        free(freed, network.project(), Journal.NETWORK);
        tell(call, tx, "network.delete.end", network, network.isPhysical() || !owned.isEmpty());
        freed.forEach((project, deltas) -> journal.count(tx, project, deltas));
        return Reply.empty();
    }

    private static void free(
            Map<ProjectId, Map<QuotaResource, Long>> freed,
            ProjectId project,
            QuotaResource resource) {
        freed.computeIfAbsent(project, each -> new HashMap<>()).merge(resource, -1L, Long::sum);
    }

    /** The network of the path, if the caller may see it. */
    private WithSubnets visible(Call call, Tx tx) {
        return call.pathUuid("id")
                .flatMap(id -> NetworkStore.LISTING.find(tx, id))
                .filter(shown -> call.may(NetworkPolicy.of(shown.network())))
                .orElseThrow(() -> absent(call));
    }

    /**
     * The network of the path, if the caller may do what it asks; 404 unless it may even see it.
     */
    private WithSubnets touchable(Call call, Tx tx) {
        WithSubnets shown =
                call.pathUuid("id")
                        .flatMap(id -> NetworkStore.LISTING.lock(tx, id))
                        .filter(
                                found ->
                                        call.allows(
                                                "get_network", NetworkPolicy.of(found.network())))
                        .orElseThrow(() -> absent(call));
        call.authorize(NetworkPolicy.of(shown.network()));
        return shown;
    }

    private static Failure absent(Call call) {
        return Refusals.noNetwork(Texts.cut(call.path("id")));
    }

    private static void require(Call call, NetworkRow network, String rule, Field<?> field) {
        if (field.given().isPresent() && !field.given().equals(Optional.of(false))) {
            call.require(rule, NetworkPolicy.of(network));
        }
    }

    private static List<String> zones(List<String> hints) {
        for (String hint : hints) {
            if (!hint.equals(Views.ZONE)) {
                throw Failure.notFound("AvailabilityZone %s could not be found.", Texts.cut(hint))
                        .as("AvailabilityZoneNotFound");
            }
        }
        return hints;
    }

    private static NetworkRow with(NetworkRow n, Segment segment) {
        return new NetworkRow(
                n.id(),
                n.project(),
                n.name(),
                n.description(),
                n.adminStateUp(),
                n.shared(),
                n.external(),
                n.isDefault(),
                n.mtu(),
                n.portSecurity(),
                n.dnsDomain(),
                segment,
                n.zoneHints(),
                n.tags(),
                n.stamp());
    }

    static Map<String, Object> payload(NetworkRow network) {
        return Map.of(
                "network",
                Map.of(
                        "id", network.id(),
                        "name", network.name(),
                        "tenant_id", network.project().value(),
                        "shared", network.shared(),
                        "router:external", network.external()));
    }
}
