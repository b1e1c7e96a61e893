package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.ActionRecord;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.ActionStore;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was done to a server, by whom, and how it ended: os-instance-actions; it outlives the
 * server.
 */
final class HistoryOperations implements OperationGroup {
    private static final String PATH = "/servers/{server_id}/os-instance-actions";
    private static final String P = ComputePolicy.P + "os-instance-actions:";

    private final ActionStore actions;
    private final ServerAccess access;

    HistoryOperations(ActionStore actions, ServerAccess access) {
        this.actions = actions;
        this.access = access;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policyByHandler(P + "list")
                        .doc("What was done to a server, the newest first.")
                        .params(
                                Param.integer("limit", "How many at most (2.58)."),
                                Param.text(
                                        "marker", "The request id of the last one before (2.58)."),
                                Param.time("changes-since", "Changed since then (2.58)."),
                                Param.time("changes-before", "Changed before then (2.66)."))
                        .anyParamBefore("2.58")
                        .reads(this::list),
                Operation.get(PATH + "/{request_id}")
                        .policyByHandler(P + "show")
                        .doc("One action with its events.")
                        .anyParam()
                        .reads(this::show));
    }

    private Object list(Call call, Tx tx) {
        Server server = access.findEvenDeleted(call, tx);
        int limit =
                call.query().integer("limit").map(n -> Math.min(n, Rows.MOST)).orElse(Rows.MOST);
        call.query()
                .text("marker")
                .filter(marker -> actions.find(tx, server.id(), marker).isEmpty())
                .ifPresent(
                        marker -> {
                            throw Failure.badRequest("marker [%s] not found", marker)
                                    .as("MarkerNotFound");
                        });
        List<ActionRecord> found =
                actions.list(
                        tx,
                        server.id(),
                        new ActionStore.Filter(
                                call.query().text("changes-since").map(Times::parse),
                                call.query().text("changes-before").map(Times::parse),
                                call.query().text("marker"),
                                limit));
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("instanceActions", found.stream().map(action -> view(call, action)).toList());
        List<Links.Link> next =
                call.version().atLeast("2.58")
                        ? Links.next(
                                call, found.stream().map(ActionRecord::requestId).toList(), limit)
                        : List.of();
        if (!next.isEmpty()) {
            out.put("links", next);
        }
        return out;
    }

    private Object show(Call call, Tx tx) {
        Server server = access.findEvenDeleted(call, tx);
        ActionRecord action =
                actions.find(tx, server.id(), call.path("request_id"))
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                "Action %s not found",
                                                call.path("request_id").length() > 100
                                                        ? ""
                                                        : call.path("request_id")));
        Map<String, Object> view = view(call, action);
        boolean admin = call.allows(P + "events", ServerAccess.target(server));
        boolean details =
                call.version().atLeast("2.84")
                        && call.allows(P + "events:details", ServerAccess.target(server));
        if (admin || call.version().atLeast("2.51")) {
            view.put(
                    "events",
                    actions.events(tx, server.id(), action.requestId()).stream()
                            .map(event -> view(call, server, event, admin, details))
                            .toList());
        }
        return Map.of("instanceAction", view);
    }

    private static Map<String, Object> view(Call call, ActionRecord action) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("action", action.action());
        view.put("instance_uuid", action.server());
        view.put("request_id", action.requestId());
        view.put("user_id", action.user());
        view.put("project_id", action.project());
        view.put("start_time", Times.micros(action.startedAt()));
        view.put("message", action.message());
        if (call.version().atLeast("2.58")) {
            view.put("updated_at", Times.micros(action.updatedAt()));
        }
        return view;
    }

    private static Map<String, Object> view(
            Call call, Server server, ActionRecord.Event event, boolean admin, boolean details) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("event", event.event());
        view.put("start_time", Times.micros(event.startedAt()));
        view.put("finish_time", event.finishedAt().map(Times::micros));
        view.put("result", event.result());
        if (admin) {
            view.put("traceback", java.util.Optional.empty());
        }
        if (call.version().atLeast("2.62")) {
            if (admin) {
                view.put("host", event.host());
            }
            view.put("hostId", ServerView.hostId(server.project(), event.host()));
        }
        if (details) {
            view.put("details", event.details());
        }
        return view;
    }
}
