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
import cloud.welkin.network.api.RouterBodies.ChangedRouter;
import cloud.welkin.network.api.RouterBodies.CreateRouter;
import cloud.welkin.network.api.RouterBodies.ExtraRoutes;
import cloud.welkin.network.api.RouterBodies.GatewayBody;
import cloud.welkin.network.api.RouterBodies.NewRouter;
import cloud.welkin.network.api.RouterBodies.UpdateRouter;
import cloud.welkin.network.api.Views.RouterView;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.Route;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.RouterRow.Gateway;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.RouterStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Routers: Neutron's /routers, without their interfaces. */
final class RouterOperations implements OperationGroup {
    private final NetworkStore networks;
    private final RouterStore store;
    private final Routers routers;
    private final Journal journal;

    RouterOperations(NetworkStore networks, RouterStore store, Routers routers, Journal journal) {
        this.networks = networks;
        this.store = store;
        this.routers = routers;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/routers")
                        .policy("get_router")
                        .anyParam()
                        .replies(RouterView.class)
                        .doc("The routers that the caller may see, by any attribute.")
                        .reads(this::list),
                Operation.post("/routers")
                        .policy("create_router")
                        .body(CreateRouter.class)
                        .replies(RouterView.class)
                        .doc("Makes a router, with a gateway if one is asked for.")
                        .writes(this::create),
                Operation.get("/routers/{id}")
                        .policyByHandler("get_router")
                        .anyParam()
                        .replies(RouterView.class)
                        .doc("One router.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call,
                                                "router",
                                                Views.router(call, visible(call, tx)))),
                Operation.put("/routers/{id}")
                        .policyByHandler("update_router")
                        .body(UpdateRouter.class)
                        .replies(RouterView.class)
                        .doc("Changes a router: its gateway, its routes.")
                        .writes((call, tx, body) -> update(call, tx, body.router())),
                Operation.put("/routers/{id}/add_extraroutes")
                        .policyByHandler("add_extraroutes")
                        .body(ExtraRoutes.class)
                        .replies(RouterView.class)
                        .doc("Adds routes to those of the router.")
                        .writes((call, tx, body) -> extraRoutes(call, tx, body, true)),
                Operation.put("/routers/{id}/remove_extraroutes")
                        .policyByHandler("remove_extraroutes")
                        .body(ExtraRoutes.class)
                        .replies(RouterView.class)
                        .doc("Takes routes from those of the router.")
                        .writes((call, tx, body) -> extraRoutes(call, tx, body, false)),
                Operation.delete("/routers/{id}")
                        .policyByHandler("delete_router")
                        .doc("Deletes a router; 409 while it has interfaces.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        var page =
                RouterStore.LISTING.page(
                        tx,
                        Lists.request(call.query()),
                        RouterStore.visible(Lists.visibility(call)));
        return Lists.reply(
                call, "routers", page, router -> Views.router(call, router), RouterRow::id);
    }

    private Object create(Call call, Tx tx, CreateRouter body) {
        if (body.router() instanceof Field.Value<NewRouter>(NewRouter one)) {
            RouterRow router = make(call, tx, one);
            return Map.of("router", Views.router(call, router));
        }
        List<NewRouter> several =
                body.routers()
                        .given()
                        .orElseThrow(() -> Failure.badRequest("Resource body required"));
        List<RouterView> made = new ArrayList<>();
        several.forEach(one -> made.add(Views.router(call, make(call, tx, one))));
        return Map.of("routers", made);
    }

    private RouterRow make(Call call, Tx tx, NewRouter body) {
        ProjectId project = Texts.project(call.caller(), body.projectId(), body.tenantId());
        Target target = Target.ownedBy(project);
        call.require("create_router", target);
        kinds(call, target, "create", body.distributed(), body.ha());
        Instant now = journal.now();
        RouterRow router =
                new RouterRow(
                        UUID.randomUUID(),
                        project,
                        body.name().orKeep(""),
                        body.description().orKeep(""),
                        body.adminStateUp().orKeep(true),
                        Optional.empty(),
                        List.of(),
                        body.availabilityZoneHints().orKeep(List.of()),
                        Texts.tags(body.tags().orKeep(List.of())),
                        new Stamp(1, now, now));
        Optional<Gateway> gateway =
                body.externalGatewayInfo()
                        .given()
                        .filter(info -> info.networkId().given().isPresent())
                        .map(info -> open(call, tx, router, info, "create"));
        RouterRow whole = with(router, gateway, router.routes());
        store.insert(tx, whole);
        journal.happened(
                tx, Actor.of(call), "router.create.end", project, whole.id(), payload(whole));
        journal.count(tx, project, Journal.ROUTER, 1);
        return whole;
    }

    private static void kinds(
            Call call, Target target, String verb, Field<Boolean> distributed, Field<Boolean> ha) {
        if (distributed.given().isPresent()) {
            call.require(verb + "_router:distributed", target);
        }
        if (ha.given().isPresent()) {
            call.require(verb + "_router:ha", target);
        }
        if (distributed.orKeep(false) || ha.orKeep(false)) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad router request: every router here is distributed and its gateway fails over; the two flags cannot"
                            + " be set.");
        }
    }

    private Gateway open(Call call, Tx tx, RouterRow router, GatewayBody info, String verb) {
        Target target = Target.ownedBy(router.project());
        if (info.enableSnat().given().isPresent()) {
            call.require(verb + "_router:external_gateway_info:enable_snat", target);
        }
        if (info.externalFixedIps().given().isPresent()) {
            call.require(verb + "_router:external_gateway_info:external_fixed_ips", target);
        }
        String id = info.networkId().orKeep("");
        NetworkRow network =
                networks.find(tx, Texts.uuid("network_id", id))
                        .filter(found -> call.allows("get_network", NetworkPolicy.of(found)))
                        .orElseThrow(() -> Refusals.noNetwork(id));
        return routers.openGateway(
                tx,
                router.id(),
                network,
                info.enableSnat().orKeep(true),
                info.externalFixedIps().given().map(PortChecks::fixedIps));
    }

    private Object update(Call call, Tx tx, ChangedRouter body) {
        RouterRow r = touchable(call, tx);
        kinds(call, Target.ownedBy(r.project()), "update", body.distributed(), body.ha());
        Refusals.checkRevision(Lists.ifMatch(call), r.stamp().revision());
        RouterRow renamed =
                new RouterRow(
                        r.id(),
                        r.project(),
                        body.name().orKeep(r.name()),
                        body.description().orKeep(r.description()),
                        body.adminStateUp().orKeep(r.adminStateUp()),
                        r.gateway(),
                        r.routes(),
                        r.zoneHints(),
                        r.tags(),
                        r.stamp());
        RouterRow moved =
                with(renamed, gateway(call, tx, r, body.externalGatewayInfo()), r.routes());
        List<Route> routes =
                switch (body.routes()) {
                    case Field.Absent<List<NetworkBodies.RouteBody>> absent -> r.routes();
                    case Field.Null<List<NetworkBodies.RouteBody>> none -> List.of();
                    case Field.Value<List<NetworkBodies.RouteBody>>(var list) -> routes(list);
                };
        routers.checkRoutes(tx, moved, body.routes().isPresent() ? routes : List.of());
        return Map.of(
                "router",
                Views.router(call, save(call, tx, r, with(moved, moved.gateway(), routes))));
    }

    /** What the gateway shall be; the old port goes when the network or its addresses change. */
    private Optional<Gateway> gateway(
            Call call, Tx tx, RouterRow router, Field<GatewayBody> wanted) {
        if (!wanted.isPresent()) {
            return router.gateway();
        }
        Optional<GatewayBody> info =
                wanted.given().filter(body -> body.networkId().given().isPresent());
        if (info.isEmpty()) {
            refuseIfFloating(tx, router);
            return Optional.empty();
        }
        boolean same =
                router.gateway().isPresent()
                        && info.get()
                                .networkId()
                                .given()
                                .equals(router.gateway().map(g -> g.network().toString()))
                        && info.get().externalFixedIps().given().isEmpty();
        if (same) {
            if (info.get().enableSnat().given().isPresent()) {
                call.require(
                        "update_router:external_gateway_info:enable_snat",
                        Target.ownedBy(router.project()));
            }
            return router.gateway()
                    .map(
                            g ->
                                    new Gateway(
                                            g.network(),
                                            g.port(),
                                            info.get().enableSnat().orKeep(true),
                                            g.fixedIps()));
        }
        boolean leaves =
                router.gateway().isPresent()
                        && !info.get()
                                .networkId()
                                .given()
                                .equals(router.gateway().map(g -> g.network().toString()));
        if (leaves) {
            refuseIfFloating(tx, router);
        }
        // The old port first, so that its address can be asked for again.
        router.gateway()
                .ifPresent(
                        old -> {
                            store.update(
                                    tx,
                                    with(router, Optional.empty(), router.routes()),
                                    journal.now());
                            routers.closeGateway(tx, old);
                        });
        return Optional.of(open(call, tx, router, info.get(), "update"));
    }

    private void refuseIfFloating(Tx tx, RouterRow router) {
        if (router.gateway().isPresent() && store.floatingIpsOn(tx, router.id())) {
            throw Refusals.conflict(
                    "RouterExternalGatewayInUseByFloatingIp",
                    "Gateway cannot be updated for router %s, since a gateway to external network %s is required by one or"
                            + " more floating IPs.",
                    router.id(),
                    router.gateway().get().network());
        }
    }

    private Object extraRoutes(Call call, Tx tx, ExtraRoutes body, boolean add) {
        RouterRow router = touchable(call, tx);
        List<Route> named = routes(body.router().routes());
        List<Route> all = new ArrayList<>(router.routes());
        all.removeAll(named);
        if (add) {
            all.addAll(named);
            routers.checkRoutes(tx, router, named);
        }
        RouterRow saved = save(call, tx, router, with(router, router.gateway(), all));
        return Map.of("router", Views.router(call, saved));
    }

    private RouterRow save(Call call, Tx tx, RouterRow before, RouterRow changed) {
        RouterRow saved = store.update(tx, changed, journal.now());
        before.gateway()
                .filter(
                        old ->
                                saved.gateway()
                                        .map(now -> !now.port().equals(old.port()))
                                        .orElse(true))
                .ifPresent(old -> routers.closeGateway(tx, old));
        journal.happened(
                tx,
                Actor.of(call),
                "router.update.end",
                saved.project(),
                saved.id(),
                payload(saved));
        return saved;
    }

    private Object delete(Call call, Tx tx) {
        RouterRow router = touchable(call, tx);
        Refusals.checkRevision(Lists.ifMatch(call), router.stamp().revision());
        if (!routers.interfaces(tx, router.id()).isEmpty()
                || store.floatingIpsOn(tx, router.id())) {
            throw RouterStore.inUse(router.id());
        }
        store.delete(tx, router.id());
        router.gateway().ifPresent(gateway -> routers.closeGateway(tx, gateway));
        journal.happened(
                tx,
                Actor.of(call),
                "router.delete.end",
                router.project(),
                router.id(),
                payload(router));
        journal.count(tx, router.project(), Journal.ROUTER, -1);
        return Reply.empty();
    }

    private RouterRow visible(Call call, Tx tx) {
        return call.pathUuid("id")
                .flatMap(id -> RouterStore.LISTING.find(tx, id))
                .filter(router -> call.mayTouch(router.project()))
                .orElseThrow(() -> Refusals.noRouter(Texts.cut(call.path("id"))));
    }

    private RouterRow touchable(Call call, Tx tx) {
        return locked(call, tx);
    }

    /** The router of the path, locked, if the caller may do what it asks. */
    static RouterRow locked(Call call, Tx tx) {
        RouterRow router =
                call.pathUuid("id")
                        .flatMap(id -> RouterStore.LISTING.lock(tx, id))
                        .filter(found -> call.allows("get_router", Target.ownedBy(found.project())))
                        .orElseThrow(() -> Refusals.noRouter(Texts.cut(call.path("id"))));
        call.authorize(Target.ownedBy(router.project()));
        return router;
    }

    private static List<Route> routes(List<NetworkBodies.RouteBody> bodies) {
        return bodies.stream()
                .map(body -> new Route(body.destination(), body.nexthop()))
                .distinct()
                .toList();
    }

    private static RouterRow with(RouterRow r, Optional<Gateway> gateway, List<Route> routes) {
        return new RouterRow(
                r.id(),
                r.project(),
                r.name(),
                r.description(),
                r.adminStateUp(),
                gateway,
                routes,
                r.zoneHints(),
                r.tags(),
                r.stamp());
    }

    static Map<String, Object> payload(RouterRow router) {
        return Map.of(
                "router",
                Map.of(
                        "id",
                        router.id(),
                        "name",
                        router.name(),
                        "tenant_id",
                        router.project().value()));
    }
}
