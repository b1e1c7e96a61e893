package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.Ask;
import cloud.welkin.compute.work.NewServer;
import cloud.welkin.compute.work.NewServers;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** Servers: /servers, made, listed, shown, changed, deleted. */
final class ServerOperations implements OperationGroup {
    private final ServerStore servers;
    private final HostStore hosts;
    private final ServerAccess access;
    private final ServerLists lists;
    private final NewServers made;
    private final ServerLife life;
    private final SecureRandom random;

    ServerOperations(
            ServerStore servers,
            HostStore hosts,
            ServerAccess access,
            NewServers made,
            ServerLife life,
            SecureRandom random) {
        this.servers = servers;
        this.hosts = hosts;
        this.access = access;
        this.lists = new ServerLists(servers, hosts, access);
        this.made = made;
        this.life = life;
        this.random = random;
    }

    record UpdateRequest(Change server) {}

    record Change(
            @Length(min = 1, max = 255) Optional<String> name,
            @Length(max = 255) Field<String> description,
            Optional<String> hostname,
            @JsonProperty("accessIPv4") Field<String> accessIpv4,
            @JsonProperty("accessIPv6") Field<String> accessIpv6,
            @JsonProperty("OS-DCF:diskConfig") @OneOf({"AUTO", "MANUAL"})
                    Optional<String> diskConfig) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/servers")
                        .policy(ComputePolicy.S + "index")
                        .doc("Lists servers, briefly.")
                        .params(ServerLists.PARAMS)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> lists.list(call, tx, false)),
                Operation.get("/servers/detail")
                        .policy(ComputePolicy.S + "detail")
                        .doc("Lists servers with all details.")
                        .params(ServerLists.PARAMS)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> lists.list(call, tx, true)),
                Operation.post("/servers")
                        .policy(ComputePolicy.S + "create")
                        .doc("Makes servers; they are ACTIVE once their guests run.")
                        .body(ServerRequest.class)
                        .status(202)
                        .requestBefore("2.94", body -> {})
                        .requestBefore("2.90", without("hostname"))
                        .requestBefore("2.74", without("host", "hypervisor_hostname"))
                        .requestBefore("2.63", without("trusted_image_certificates"))
                        .requestBefore("2.52", without("tags"))
                        .requestBefore("2.19", without("description"))
                        .writes(this::create),
                Operation.get("/servers/{server_id}")
                        .policyByHandler(ComputePolicy.S + "show")
                        .doc("Shows a server.")
                        .anyParam()
                        .reads((call, tx) -> shown(call, tx, access.find(call, tx))),
                Operation.put("/servers/{server_id}")
                        .policyByHandler(ComputePolicy.S + "update")
                        .doc("Changes what a server is called and described by.")
                        .body(UpdateRequest.class)
                        .requestBefore("2.90", without("hostname"))
                        .requestBefore("2.19", without("description"))
                        .writes((call, tx, body) -> update(call, tx, body.server())),
                Operation.delete("/servers/{server_id}")
                        .policyByHandler(ComputePolicy.S + "delete")
                        .doc("Deletes a server, in whatever state it is.")
                        .writes(
                                (call, tx, body) -> {
                                    life.delete(tx, access.ask(call), access.lock(call, tx));
                                    return Reply.empty();
                                }));
    }

    /** Older clients cannot know these fields: they are refused, as Nova's older schemas do. */
    private static Consumer<ObjectNode> without(String... fields) {
        return body -> {
            if (body.get("server") instanceof ObjectNode server) {
                for (String field : fields) {
                    if (server.has(field)) {
                        throw Failure.badRequest(
                                "Invalid input for field/attribute server. Additional properties are"
                                        + " not allowed ('%s' was unexpected)",
                                field);
                    }
                }
            }
        };
    }

    private Object create(Call call, Tx tx, ServerRequest request) {
        if (call.version().atLeast("2.37") && request.server().networks().isEmpty()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute server. 'networks' is a required property");
        }
        NewServer wanted = request.wanted(random);
        if (wanted.host().isPresent()) {
            call.require(
                    ComputePolicy.S + "create:forced_host",
                    cloud.welkin.kernel.policy.Target.ownedBy(call.caller().requireProject()));
            if (hosts.find(tx, new HostName(wanted.host().get())).isEmpty()) {
                throw Failure.badRequest("Compute host %s could not be found.", wanted.host().get())
                        .as("ComputeHostNotFound");
            }
        }
        Ask ask = access.ask(call);
        List<Server> all =
                made.create(
                        tx, ask, wanted, call.allows(ComputePolicy.S + "create:zero_disk_flavor"));
        if (request.wantsReservation()) {
            return Map.of("reservation_id", all.getFirst().reservationId());
        }
        Server first = all.getFirst();
        Map<String, Object> server = new LinkedHashMap<>();
        server.put("id", first.id());
        server.put("links", Links.of(call, "servers", first.id().toString()));
        server.put("OS-DCF:diskConfig", first.diskConfig());
        server.put(
                "security_groups",
                wanted.securityGroups().isEmpty()
                        ? List.of(Map.of("name", "default"))
                        : wanted.securityGroups().stream()
                                .map(name -> Map.of("name", name))
                                .toList());
        server.put("adminPass", wanted.adminPass());
        return Reply.of(Map.of("server", server))
                .header("Location", call.origin() + Links.ROOT + "/servers/" + first.id());
    }

    Object shown(Call call, Tx tx, Server server) {
        ServerView view = new ServerView(call, access.ask(call).now());
        Optional<Host> host =
                view.needsHosts()
                        ? server.host().flatMap(name -> hosts.find(tx, name))
                        : Optional.empty();
        return Map.of(
                "server",
                view.full(server, host.map(h -> Map.of(h.name(), h)).orElse(Map.of()), true));
    }

    private Object update(Call call, Tx tx, Change change) {
        Server server = access.lockEvenLocked(call, tx);
        servers.describe(
                tx,
                server.id(),
                new ServerStore.Description(
                        change.name().map(ServerRequest::name).orElse(server.name()),
                        change.hostname().map(Hostnames::check).orElse(server.hostname()),
                        change.description().over(server.description()),
                        Addressed.check(
                                "accessIPv4",
                                change.accessIpv4().over(Optional.of(server.accessV4())),
                                4),
                        Addressed.check(
                                "accessIPv6",
                                change.accessIpv6().over(Optional.of(server.accessV6())),
                                6),
                        change.diskConfig().orElse(server.diskConfig())),
                access.ask(call).now());
        Server changed = servers.find(tx, server.id()).orElse(server);
        return call.version().atLeast("2.75")
                ? shown(call, tx, changed)
                : Map.of("server", new ServerView(call, access.ask(call).now()).described(changed));
    }
}
