package cloud.welkin.compute.api;

import cloud.welkin.compute.ConsoleTokens;
import cloud.welkin.compute.GuestConsoles;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerAction;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.Ask;
import cloud.welkin.compute.work.ImageFromServer;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Bodies;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What can be done to a server: POST /servers/{id}/action with one member that names the action.
 */
final class ServerActionOperations implements OperationGroup {
    /** One action: its rule, the last version that has it, and what it does. */
    private record Entry(String rule, String until, Act act) {}

    @FunctionalInterface
    private interface Act {
        Object on(Call call, Tx tx, JsonNode body);
    }

    private static final String ALWAYS = "2.9999";

    private final ServerStore servers;
    private final ServerAccess access;
    private final ServerLife life;
    private final ImageFromServer images;
    private final GuestConsoles consoles;
    private final ConsoleTokens tokens;
    private final Map<String, Entry> actions = new LinkedHashMap<>();

    ServerActionOperations(
            ServerStore servers,
            ServerAccess access,
            ServerLife life,
            ImageFromServer images,
            RebuildAction rebuild,
            GuestConsoles consoles,
            ConsoleTokens tokens,
            PortActions ports) {
        this.servers = servers;
        this.access = access;
        this.life = life;
        this.images = images;
        this.consoles = consoles;
        this.tokens = tokens;
        actions.put("os-start", simple("servers:start", ServerAction.START));
        actions.put("os-stop", simple("servers:stop", ServerAction.STOP));
        actions.put("pause", simple("os-pause-server:pause", ServerAction.PAUSE));
        actions.put("unpause", simple("os-pause-server:unpause", ServerAction.UNPAUSE));
        actions.put("suspend", simple("os-suspend-server:suspend", ServerAction.SUSPEND));
        actions.put("resume", simple("os-suspend-server:resume", ServerAction.RESUME));
        actions.put("reboot", entry("servers:reboot", this::reboot));
        actions.put("lock", entry("os-lock-server:lock", this::lock));
        actions.put("unlock", entry("os-lock-server:unlock", this::unlock));
        actions.put("createImage", entry("servers:create_image", this::createImage));
        actions.put("rebuild", entry("servers:rebuild", rebuild::act));
        actions.put("forceDelete", entry("os-deferred-delete:force", this::forceDelete));
        actions.put("restore", entry("os-deferred-delete:restore", this::restore));
        actions.put("os-getConsoleOutput", entry("os-console-output", this::consoleOutput));
        actions.put("addSecurityGroup", entry("os-security-groups:add", ports::addGroup));
        actions.put("removeSecurityGroup", entry("os-security-groups:remove", ports::removeGroup));
        actions.put(
                "addFixedIp",
                new Entry(ComputePolicy.P + "os-multinic:add", "2.43", ports::addAddress));
        actions.put(
                "removeFixedIp",
                new Entry(ComputePolicy.P + "os-multinic:remove", "2.43", ports::removeAddress));
        actions.put(
                "os-getVNCConsole",
                new Entry(ComputePolicy.P + "os-remote-consoles", "2.5", this::vncConsole));
    }

    record Reboot(@OneOf({"HARD", "SOFT", "Hard", "Soft", "hard", "soft"}) String type) {}

    record LockReason(@Length(min = 1, max = 255) Optional<String> lockedReason) {}

    record CreateImage(
            @Length(min = 1, max = 255) String name, Optional<Map<String, String>> metadata) {}

    record ConsoleOutput(Optional<JsonNode> length) {}

    record VncConsole(@OneOf({"novnc", "xvpvnc"}) String type) {}

    record ConsoleRequest(RemoteConsole remoteConsole) {}

    record RemoteConsole(
            @OneOf({"vnc", "spice", "rdp", "serial", "mks"}) String protocol, String type) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/servers/{server_id}/action")
                        .policyByHandler(ComputePolicy.S + "show")
                        .doc("Does something to a server; each action has its own rule.")
                        .body(ObjectNode.class)
                        .status(202)
                        .writes(this::act),
                Operation.post("/servers/{server_id}/remote-consoles")
                        .policyByHandler(ComputePolicy.P + "os-remote-consoles")
                        .doc("A URL under which the server's screen is shown for a while.")
                        .since("2.6")
                        .body(ConsoleRequest.class)
                        .status(200)
                        .writes((call, tx, body) -> remoteConsole(call, tx, body.remoteConsole())));
    }

    private Object act(Call call, Tx tx, ObjectNode body) {
        if (body.size() != 1) {
            throw Failure.badRequest("The request body must name exactly one action.");
        }
        String name = body.propertyNames().iterator().next();
        Entry entry = actions.get(name);
        // Also those of Nova's actions that are not there say first that a server is not.
        Server server = access.find(call, tx);
        if (entry == null || !call.version().isBefore(after(entry))) {
            throw Failure.badRequest(
                    "There is no such action: %s",
                    name.length() > 100 ? name.substring(0, 100) : name);
        }
        call.require(entry.rule(), ServerAccess.target(server));
        return entry.act().on(call, tx, body.get(name));
    }

    private static cloud.welkin.kernel.api.Microversion after(Entry entry) {
        var last = cloud.welkin.kernel.api.Microversion.of(entry.until());
        return new cloud.welkin.kernel.api.Microversion(last.major(), last.minor() + 1);
    }

    private static Entry entry(String rule, Act act) {
        return new Entry(ComputePolicy.P + rule, ALWAYS, act);
    }

    private Entry simple(String rule, ServerAction action) {
        return entry(
                rule,
                (call, tx, body) -> {
                    life.begin(tx, access.ask(call), access.lock(call, tx), action);
                    return Reply.empty();
                });
    }

    private Object reboot(Call call, Tx tx, JsonNode body) {
        Reboot reboot = Bodies.read(body, Reboot.class);
        boolean hard = reboot.type().equalsIgnoreCase("hard");
        life.begin(
                tx,
                access.ask(call),
                access.lock(call, tx),
                hard ? ServerAction.REBOOT_HARD : ServerAction.REBOOT);
        return Reply.empty();
    }

    private Object lock(Call call, Tx tx, JsonNode body) {
        Optional<String> reason = Optional.empty();
        if (body.isObject()) {
            if (!call.version().atLeast("2.73") && !body.isEmpty()) {
                throw Failure.badRequest(
                        "Invalid input for field/attribute lock. It takes no properties.");
            }
            reason = Bodies.read(body, LockReason.class).lockedReason();
        }
        Server server = access.lock(call, tx);
        Ask ask = access.ask(call);
        boolean byAdmin =
                ask.caller().isAdmin()
                        && !ask.caller().project().equals(Optional.of(server.project()));
        servers.setLock(tx, server.id(), new Server.Lock(true, byAdmin, reason), ask.now());
        life.record(tx, ask, server, "lock", "api_lock");
        return Reply.empty();
    }

    private Object unlock(Call call, Tx tx, JsonNode body) {
        Server server = access.lockEvenLocked(call, tx);
        if (server.lock().byAdmin()) {
            call.require(
                    ComputePolicy.P + "os-lock-server:unlock:unlock_override",
                    ServerAccess.target(server));
        }
        Ask ask = access.ask(call);
        servers.setLock(tx, server.id(), Server.Lock.OPEN, ask.now());
        life.record(tx, ask, server, "unlock", "api_lock");
        return Reply.empty();
    }

    private Object createImage(Call call, Tx tx, JsonNode body) {
        CreateImage wanted = Bodies.read(body, CreateImage.class);
        Map<String, String> metadata = wanted.metadata().orElse(Map.of());
        MetadataRules.check(metadata);
        Server server = access.lock(call, tx);
        UUID image = images.begin(tx, access.ask(call), server, wanted.name(), metadata);
        Reply reply =
                call.version().atLeast("2.45")
                        ? Reply.of(Map.of("image_id", image))
                        : Reply.empty();
        return reply.header("Location", call.origin() + "/image/v2/images/" + image);
    }

    private Object forceDelete(Call call, Tx tx, JsonNode body) {
        life.delete(tx, access.ask(call), access.lock(call, tx));
        return Reply.empty();
    }

    /** Nothing is ever deleted softly, so nothing can be brought back. */
    private Object restore(Call call, Tx tx, JsonNode body) {
        Server server = access.lock(call, tx);
        throw Failure.conflict(
                        "Cannot 'restore' instance %s while it is in vm_state %s",
                        server.id(), server.state().vm().text())
                .as("InstanceInvalidState");
    }

    private Object consoleOutput(Call call, Tx tx, JsonNode body) {
        Optional<Long> length =
                body.isObject()
                        ? Loose.integer(
                                "length",
                                Bodies.read(body, ConsoleOutput.class).length(),
                                -1,
                                Integer.MAX_VALUE)
                        : Optional.empty();
        Server server = access.find(call, tx);
        if (server.state().vm() == VmState.BUILDING || server.host().isEmpty()) {
            throw Failure.conflict("Instance %s is not ready", server.id()).as("InstanceNotReady");
        }
        int lines = length.map(Long::intValue).orElse(-1);
        String output = lastLines(consoles.tail(server.id(), lines).orElse(""), lines);
        return Reply.of(Map.of("output", output)).status(200);
    }

    /** Nova counts what is behind the last line's end as a line, too. */
    static String lastLines(String output, int lines) {
        List<String> all = List.of(output.split("\n", -1));
        return lines < 0 || all.size() <= lines
                ? output
                : String.join("\n", all.subList(all.size() - lines, all.size()));
    }

    private Object vncConsole(Call call, Tx tx, JsonNode body) {
        VncConsole wanted = Bodies.read(body, VncConsole.class);
        if (!wanted.type().equals("novnc")) {
            throw unavailable(wanted.type());
        }
        return Reply.of(
                        Map.of(
                                "console",
                                Map.of(
                                        "type",
                                        "novnc",
                                        "url",
                                        url(call, tx, access.find(call, tx)))))
                .status(200);
    }

    private Object remoteConsole(Call call, Tx tx, RemoteConsole wanted) {
        Server server = access.find(call, tx);
        if (!wanted.protocol().equals("vnc") || !wanted.type().equals("novnc")) {
            throw unavailable(wanted.type());
        }
        return Map.of(
                "remote_console",
                Map.of("protocol", "vnc", "type", "novnc", "url", url(call, tx, server)));
    }

    private String url(Call call, Tx tx, Server server) {
        if (server.state().vm() == VmState.BUILDING || server.state().vm() == VmState.ERROR) {
            throw Failure.conflict("Instance %s is not ready", server.id()).as("InstanceNotReady");
        }
        String token = tokens.issue(tx, server.id(), "novnc");
        return call.origin()
                + "/console/vnc_lite.html?path=console%2Fwebsockify%3Ftoken%3D"
                + token;
    }

    private static Failure unavailable(String type) {
        return new Failure(
                FailureKind.BAD_REQUEST,
                "ConsoleTypeUnavailable",
                "Unavailable console type "
                        + (type.length() > 50 ? type.substring(0, 50) : type)
                        + ".");
    }
}
