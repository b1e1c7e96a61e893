package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.RouterBodies.InterfaceBody;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.PortStore;
import cloud.welkin.network.store.SubnetStore;
import java.util.List;
import java.util.UUID;

/** The interfaces of routers: joined and parted by subnet or by port. */
final class RouterInterfaceOperations implements OperationGroup {
    record InterfaceView(
            UUID id,
            String tenantId,
            String projectId,
            UUID networkId,
            UUID portId,
            UUID subnetId,
            List<UUID> subnetIds,
            List<String> tags) {}

    private final NetworkStore networks;
    private final PortStore portStore;
    private final Routers routers;
    private final Ports ports;
    private final Journal journal;

    RouterInterfaceOperations(
            NetworkStore networks,
            PortStore portStore,
            Routers routers,
            Ports ports,
            Journal journal) {
        this.networks = networks;
        this.portStore = portStore;
        this.routers = routers;
        this.ports = ports;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.put("/routers/{id}/add_router_interface")
                        .policyByHandler("add_router_interface")
                        .body(InterfaceBody.class)
                        .replies(InterfaceView.class)
                        .doc(
                                "Joins a subnet (by its gateway address) or a port of the caller's to the router.")
                        .writes(this::add),
                Operation.put("/routers/{id}/remove_router_interface")
                        .policyByHandler("remove_router_interface")
                        .body(InterfaceBody.class)
                        .replies(InterfaceView.class)
                        .doc("Parts a subnet or port from the router; its port is deleted.")
                        .writes(this::remove));
    }

    private Object add(Call call, Tx tx, InterfaceBody body) {
        RouterRow router = RouterOperations.locked(call, tx);
        boolean bySubnet = body.subnetId().given().isPresent();
        if (bySubnet == body.portId().given().isPresent()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad router request: Either subnet_id or port_id must be specified, and not both.");
        }
        PortRow port =
                bySubnet ? addSubnet(call, tx, router, body) : addPort(call, tx, router, body);
        journal.happened(
                tx,
                Actor.of(call),
                "router.interface.create",
                router.project(),
                router.id(),
                Ports.payload(port));
        if (bySubnet) {
            ports.created(tx, Actor.of(call), List.of(port));
        }
        return view(router, port);
    }

    private PortRow addSubnet(Call call, Tx tx, RouterRow router, InterfaceBody body) {
        String id = body.subnetId().orKeep("");
        SubnetRow subnet =
                SubnetStore.LISTING
                        .find(tx, Texts.uuid("subnet_id", id))
                        .orElseThrow(() -> Refusals.noSubnet(id));
        NetworkRow network =
                networks.find(tx, subnet.network())
                        .filter(
                                found ->
                                        call.allows(
                                                "get_subnet",
                                                NetworkPolicy.of(subnet.project(), found)))
                        .orElseThrow(() -> Refusals.noSubnet(id));
        return routers.joinSubnet(tx, router, network, subnet);
    }

    private PortRow addPort(Call call, Tx tx, RouterRow router, InterfaceBody body) {
        String id = body.portId().orKeep("");
        PortRow port =
                portStore
                        .lock(tx, Texts.uuid("port_id", id))
                        .filter(found -> call.allows("get_port", Target.ownedBy(found.project())))
                        .orElseThrow(() -> Refusals.noPort(id));
        if (!port.deviceId().isEmpty()) {
            throw Refusals.conflict(
                    "PortInUse",
                    "Unable to complete operation on port %s for network %s. Port already has an attached device %s.",
                    port.id(),
                    port.network(),
                    port.deviceId());
        }
        if (port.fixedIps().isEmpty()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad router request: Router port must have at least one fixed IP.");
        }
        List<SubnetRow> joining =
                port.fixedIps().stream()
                        .map(ip -> SubnetStore.LISTING.find(tx, ip.subnetId()).orElseThrow())
                        .toList();
        if (joining.stream().filter(subnet -> subnet.version() == 4).count() > 1) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad router request: Cannot have multiple IPv4 subnets on router port.");
        }
        routers.checkOverlap(tx, router, joining);
        portStore.replaceGroups(tx, port.id(), List.of());
        PortRow joined =
                new PortRow(
                        port.id(),
                        port.project(),
                        port.network(),
                        port.name(),
                        port.description(),
                        port.mac(),
                        port.adminStateUp(),
                        PortRow.ACTIVE,
                        router.id().toString(),
                        DeviceOwner.ROUTER_INTERFACE,
                        port.fixedIps(),
                        List.of(),
                        false,
                        List.of(),
                        port.dhcpOptions(),
                        port.dnsName(),
                        port.binding(),
                        false,
                        port.tags(),
                        port.stamp());
        return portStore.update(tx, joined, journal.now());
    }

    private Object remove(Call call, Tx tx, InterfaceBody body) {
        RouterRow router = RouterOperations.locked(call, tx);
        UUID subnet =
                body.subnetId()
                        .given()
                        .map(text -> Texts.uuid("subnet_id", text))
                        .orElse(new UUID(0, 0));
        UUID wanted =
                body.portId()
                        .given()
                        .map(text -> Texts.uuid("port_id", text))
                        .orElse(new UUID(0, 0));
        boolean byPort = body.portId().given().isPresent();
        if (!byPort && body.subnetId().given().isEmpty()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad router request: Either subnet_id or port_id must be specified.");
        }
        PortRow port =
                routers.interfaces(tx, router.id()).stream()
                        .filter(each -> !byPort || each.id().equals(wanted))
                        .filter(
                                each ->
                                        byPort
                                                || each.fixedIps().stream()
                                                        .anyMatch(
                                                                ip -> ip.subnetId().equals(subnet)))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        byPort
                                                ? Refusals.missing(
                                                        "RouterInterfaceNotFound",
                                                        "Interface of router "
                                                                + router.id()
                                                                + " with port",
                                                        wanted)
                                                : Refusals.missing(
                                                        "RouterInterfaceNotFoundForSubnet",
                                                        "Interface of router "
                                                                + router.id()
                                                                + " on subnet",
                                                        subnet));
        if (byPort
                && body.subnetId().given().isPresent()
                && port.fixedIps().stream().noneMatch(ip -> ip.subnetId().equals(subnet))) {
            throw Refusals.conflict(
                    "SubnetMismatchForPort",
                    "Subnet on port %s does not match the requested subnet %s.",
                    port.id(),
                    subnet);
        }
        routers.checkLeaving(tx, router, port);
        ports.remove(tx, port);
        journal.happened(
                tx,
                Actor.of(call),
                "router.interface.delete",
                router.project(),
                router.id(),
                Ports.payload(port));
        ports.deleted(tx, Actor.of(call), port);
        return view(router, port);
    }

    private static InterfaceView view(RouterRow router, PortRow port) {
        List<UUID> subnets = port.fixedIps().stream().map(FixedIp::subnetId).toList();
        return new InterfaceView(
                router.id(),
                router.project().value(),
                router.project().value(),
                port.network(),
                port.id(),
                subnets.getFirst(),
                subnets,
                List.of());
    }
}
