package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What other services tell of servers: os-server-external-events. Services of this cloud tell each
 * other in their transactions; this is for those outside it. What is told of a server's network
 * makes its addresses be read anew; nothing waits for the other events, and no volume and no
 * accelerator here reports by them, so they are refused for the server (422), as Nova does for what
 * it cannot pass on.
 */
final class ExternalEventOperations implements OperationGroup {
    /** Events with the version that brought each. */
    private static final Map<String, String> EVENTS =
            Map.of(
                    "network-changed", "2.1",
                    "network-vif-plugged", "2.1",
                    "network-vif-unplugged", "2.1",
                    "network-vif-deleted", "2.1",
                    "volume-extended", "2.51",
                    "power-update", "2.76",
                    "accelerator-request-bound", "2.82",
                    "volume-reimaged", "2.93");

    private final ServerStore servers;
    private final ServerLife life;

    ExternalEventOperations(ServerStore servers, ServerLife life) {
        this.servers = servers;
        this.life = life;
    }

    record Body(@Items(min = 1, max = 1000) List<Event> events) {}

    record Event(
            String name,
            String serverUuid,
            @OneOf({"failed", "completed", "in-progress"}) Optional<String> status,
            @Length(max = 255) Optional<String> tag) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/os-server-external-events")
                        .policy(ComputePolicy.P + "os-server-external-events:create")
                        .doc("Tells of events of servers; 207 when some could not be taken.")
                        .body(Body.class)
                        .status(200)
                        .writes(this::create));
    }

    private Object create(Call call, Tx tx, Body body) {
        body.events().forEach(event -> check(call, event));
        List<Map<String, Object>> answers = new ArrayList<>();
        boolean all = true;
        for (Event event : body.events()) {
            int code = take(tx, event);
            all &= code == 200;
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("name", event.name());
            answer.put("server_uuid", event.serverUuid());
            event.tag().ifPresent(tag -> answer.put("tag", tag));
            answer.put("status", code == 200 ? "completed" : "failed");
            answer.put("code", code);
            answers.add(answer);
        }
        return Reply.of(Map.of("events", answers)).status(all ? 200 : 207);
    }

    private static void check(Call call, Event event) {
        String since = EVENTS.get(event.name());
        if (since == null || !call.version().atLeast(since)) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute name. Value: %s. It is not an event.",
                    event.name().length() > 100 ? event.name().substring(0, 100) : event.name());
        }
        if (Ids.uuid(event.serverUuid()).isEmpty()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute server_uuid. It is not a UUID.");
        }
    }

    private int take(Tx tx, Event event) {
        Optional<Server> server = Ids.uuid(event.serverUuid()).flatMap(id -> servers.lock(tx, id));
        if (server.isEmpty()) {
            return 404;
        }
        if (server.get().host().isEmpty() || !event.name().startsWith("network-")) {
            return 422;
        }
        life.refreshAddresses(tx, server.get().id());
        return 200;
    }
}
