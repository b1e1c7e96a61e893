package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.ServerGroup;
import cloud.welkin.compute.store.ServerGroupStore;
import cloud.welkin.compute.work.ComputeQuota;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.validate.Length;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Server groups: os-server-groups. */
final class GroupOperations implements OperationGroup {
    private static final String G = ComputePolicy.P + "os-server-groups:";
    private static final Set<String> POLICIES = Set.of("affinity", "anti-affinity");
    private static final Set<String> SOFT = Set.of("soft-affinity", "soft-anti-affinity");

    private final ServerGroupStore groups;
    private final ComputeQuota quota;
    private final Clock clock;

    GroupOperations(ServerGroupStore groups, ComputeQuota quota, Clock clock) {
        this.groups = groups;
        this.quota = quota;
        this.clock = clock;
    }

    record GroupRequest(NewGroup serverGroup) {}

    record NewGroup(
            @Length(min = 1, max = 255) String name,
            Optional<List<String>> policies,
            Optional<String> policy,
            Optional<Rules> rules) {}

    record Rules(Optional<JsonNode> maxServerPerHost) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/os-server-groups")
                        .policy(G + "index")
                        .doc("Lists server groups.")
                        .params(
                                Param.integer("limit", "How many at most."),
                                Param.integer("offset", "How many to pass over."),
                                Param.text("all_projects", "Those of all projects, for admins."))
                        .anyParamBefore("2.75")
                        .reads(this::list),
                Operation.post("/os-server-groups")
                        .policy(G + "create")
                        .doc("Makes a server group.")
                        .body(GroupRequest.class)
                        .status(200)
                        .writes((call, tx, body) -> create(call, tx, body.serverGroup())),
                Operation.get("/os-server-groups/{group_id}")
                        .policyByHandler(G + "show")
                        .doc("Shows a server group.")
                        .anyParam()
                        .reads((call, tx) -> Map.of("server_group", view(call, find(call, tx)))),
                Operation.delete("/os-server-groups/{group_id}")
                        .policyByHandler(G + "delete")
                        .doc("Deletes a server group; its servers stay.")
                        .writes(
                                (call, tx, body) -> {
                                    ServerGroup group = find(call, tx);
                                    groups.delete(tx, group.id());
                                    quota.take(
                                            tx,
                                            group.project(),
                                            Map.of(ComputeQuota.SERVER_GROUPS, -1L));
                                    return Reply.empty();
                                }));
    }

    private Object list(Call call, Tx tx) {
        boolean all = call.query().has("all_projects");
        if (all) {
            call.require(G + "index:all_projects", cloud.welkin.kernel.policy.Target.NOTHING);
        }
        return Map.of(
                "server_groups",
                groups
                        .list(
                                tx,
                                all
                                        ? Optional.empty()
                                        : Optional.of(call.caller().requireProject()),
                                call.query()
                                        .integer("limit")
                                        .map(n -> Math.min(n, 1000))
                                        .orElse(1000),
                                call.query().integer("offset").orElse(0))
                        .stream()
                        .map(group -> view(call, group))
                        .toList());
    }

    private Object create(Call call, Tx tx, NewGroup wanted) {
        boolean modern = call.version().atLeast("2.64");
        if (modern
                ? wanted.policies().isPresent()
                : wanted.policy().isPresent() || wanted.rules().isPresent()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute server_group: it takes %s.",
                    modern ? "policy, not policies" : "policies, not policy");
        }
        String policy =
                modern
                        ? wanted.policy()
                                .orElseThrow(
                                        () -> Failure.badRequest("'policy' is a required property"))
                        : wanted.policies()
                                .filter(list -> list.size() == 1)
                                .map(List::getFirst)
                                .orElseThrow(
                                        () ->
                                                Failure.badRequest(
                                                        "Invalid input for field/attribute policies: it"
                                                                + " takes exactly one."));
        if (!POLICIES.contains(policy)
                && !(SOFT.contains(policy) && call.version().atLeast("2.15"))) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute policy. Value: %s. It is not a policy.",
                    policy.length() > 100 ? policy.substring(0, 100) : policy);
        }
        Optional<Long> perHost =
                wanted.rules()
                        .flatMap(
                                rules ->
                                        Loose.integer(
                                                "max_server_per_host",
                                                rules.maxServerPerHost(),
                                                1,
                                                Integer.MAX_VALUE));
        if (perHost.isPresent() && !policy.equals("anti-affinity")) {
            throw Failure.badRequest("Only anti-affinity policy supports rules.");
        }
        ServerGroup group =
                new ServerGroup(
                        UUID.randomUUID(),
                        call.caller().requireProject(),
                        call.caller().user(),
                        wanted.name(),
                        policy,
                        perHost.map(Long::intValue).orElse(1),
                        List.of());
        groups.insert(tx, group, clock.instant());
        quota.take(tx, group.project(), Map.of(ComputeQuota.SERVER_GROUPS, 1L));
        return Map.of("server_group", view(call, group));
    }

    private ServerGroup find(Call call, Tx tx) {
        return call.pathUuid("group_id")
                .flatMap(id -> groups.find(tx, id))
                .filter(group -> call.mayTouch(group.project()))
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                                "Instance group %s could not be found.",
                                                call.path("group_id").length() > 100
                                                        ? ""
                                                        : call.path("group_id"))
                                        .as("InstanceGroupNotFound"));
    }

    private static Map<String, Object> view(Call call, ServerGroup group) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", group.id());
        view.put("name", group.name());
        view.put("members", group.members());
        if (call.version().atLeast("2.64")) {
            view.put("policy", group.policy());
            view.put(
                    "rules",
                    group.policy().equals("anti-affinity")
                            ? Map.of("max_server_per_host", group.perHost())
                            : Map.of());
        } else {
            view.put("policies", List.of(group.policy()));
            view.put("metadata", Map.of());
        }
        if (call.version().atLeast("2.13")) {
            view.put("project_id", group.project().value());
            view.put("user_id", group.user().value());
        }
        return view;
    }
}
