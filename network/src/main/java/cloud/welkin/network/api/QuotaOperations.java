package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.QuotaUsage;
import cloud.welkin.kernel.quota.Quotas;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Quotas of this service: Neutron's /quotas. */
final class QuotaOperations implements OperationGroup {
    private static final String SERVICE = "network";

    record UpdateQuota(Map<String, JsonNode> quota) {}

    /**
     * @param reserved always 0: nothing is reserved, counts change with the things
     */
    record Detail(long limit, long used, long reserved) {}

    private final Quotas quotas;

    QuotaOperations(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/quotas")
                        .policy("update_quota")
                        .anyParam()
                        .replies(Map.class)
                        .doc("The projects that have limits of their own.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "quotas",
                                                quotas.projectsWithLimits(tx, SERVICE).stream()
                                                        .map(ProjectId::new)
                                                        .map(
                                                                project ->
                                                                        withProject(
                                                                                limits(tx, project),
                                                                                project))
                                                        .toList())),
                Operation.get("/quotas/{project}")
                        .policyByHandler("get_quota")
                        .anyParam()
                        .replies(Map.class)
                        .doc("What a project may have.")
                        .reads((call, tx) -> Map.of("quota", limits(tx, project(call)))),
                Operation.get("/quotas/{project}/default")
                        .policyByHandler("get_quota")
                        .replies(Map.class)
                        .doc("What a project may have when nobody said otherwise.")
                        .reads(
                                (call, tx) -> {
                                    project(call);
                                    return Map.of("quota", limits(quotas.defaults(tx, SERVICE)));
                                }),
                Operation.get("/quotas/{project}/details")
                        .policyByHandler("get_quota")
                        .replies(Map.class)
                        .doc("What a project may have, and has.")
                        .reads(this::details),
                Operation.put("/quotas/{project}")
                        .policy("update_quota")
                        .body(UpdateQuota.class)
                        .replies(Map.class)
                        .doc("Sets limits of a project; -1 is none.")
                        .writes(this::update),
                Operation.delete("/quotas/{project}")
                        .policy("delete_quota")
                        .doc("Lets a project have the defaults again.")
                        .writes(
                                (call, tx, none) -> {
                                    quotas.resetLimits(tx, call.path("project"), SERVICE);
                                    return Reply.empty();
                                }));
    }

    private static ProjectId project(Call call) {
        ProjectId project = new ProjectId(call.path("project"));
        call.authorize(Target.ownedBy(project));
        return project;
    }

    private Map<String, Object> limits(Tx tx, ProjectId project) {
        return limits(quotas.usage(tx, project.value(), SERVICE));
    }

    private static Map<String, Object> limits(List<QuotaUsage> usage) {
        Map<String, Object> limits = new TreeMap<>();
        usage.forEach(each -> limits.put(each.resource().name(), each.limit()));
        return limits;
    }

    private static Map<String, Object> withProject(Map<String, Object> limits, ProjectId project) {
        Map<String, Object> all = new TreeMap<>(limits);
        all.put("project_id", project.value());
        all.put("tenant_id", project.value());
        return all;
    }

    private Object details(Call call, Tx tx) {
        return Map.of("quota", details(tx, project(call)));
    }

    private Map<String, Detail> details(Tx tx, ProjectId project) {
        Map<String, Detail> details = new TreeMap<>();
        quotas.usage(tx, project.value(), SERVICE)
                .forEach(
                        each ->
                                details.put(
                                        each.resource().name(),
                                        new Detail(each.limit(), each.used(), 0)));
        return details;
    }

    private Object update(Call call, Tx tx, UpdateQuota body) {
        String project = call.path("project");
        Map<String, QuotaResource> known = new TreeMap<>();
        quotas.resources(SERVICE).forEach(resource -> known.put(resource.name(), resource));
        new TreeMap<>(body.quota())
                .forEach(
                        (name, value) -> {
                            if (name.equals("tenant_id")
                                    || name.equals("project_id")
                                    || name.equals("force")
                                    || name.equals("check_limit")) {
                                return;
                            }
                            QuotaResource resource = known.get(name);
                            if (resource == null) {
                                throw Failure.badRequest(
                                        "Invalid input for quota. Reason: Unrecognized attribute(s) '%s'.",
                                        Texts.cut(name));
                            }
                            quotas.setLimit(tx, project, resource, limit(name, value));
                        });
        return Map.of("quota", limits(tx, new ProjectId(project)));
    }

    private static long limit(String name, JsonNode value) {
        String text = value.isString() || value.isIntegralNumber() ? value.asString() : "";
        if (!text.matches("-?[0-9]{1,10}")
                || Long.parseLong(text) < -1
                || Long.parseLong(text) > Integer.MAX_VALUE) {
            throw Failure.badRequest(
                            "Invalid input for %s. Reason: '%s' is not an integer of -1 or more.",
                            name, Texts.cut(value.toString()))
                    .as("HTTPBadRequest");
        }
        return Long.parseLong(text);
    }
}
