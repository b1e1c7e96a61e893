package cloud.welkin.compute.api;

import cloud.welkin.compute.work.ComputeQuota;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.QuotaUsage;
import cloud.welkin.kernel.quota.Quotas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What projects may have: os-quota-sets, os-quota-class-sets, limits. */
final class QuotaOperations implements OperationGroup {
    private static final String Q = ComputePolicy.P + "os-quota-sets:";
    private static final String SET = "/os-quota-sets/{project_id}";

    private final ComputeQuota quota;

    QuotaOperations(ComputeQuota quota) {
        this.quota = quota;
    }

    record SetBody(Map<String, JsonNode> quotaSet) {}

    record ClassBody(Map<String, JsonNode> quotaClassSet) {}

    @Override
    public List<Operation> operations() {
        Param user = Param.text("user_id", "A user's: the project's, as none is set for one user.");
        return List.of(
                Operation.get(SET)
                        .policyByHandler(Q + "show")
                        .doc("A project's limits.")
                        .params(user)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> set(call, tx, project(call), false)),
                Operation.get(SET + "/detail")
                        .policyByHandler(Q + "detail")
                        .doc("A project's limits and what is used of them.")
                        .params(user)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> set(call, tx, project(call), true)),
                Operation.get(SET + "/defaults")
                        .policy(Q + "defaults")
                        .doc("The limits of projects that have none of their own.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "quota_set",
                                                view(
                                                        call,
                                                        Optional.of(call.path("project_id")),
                                                        quota.quotas()
                                                                .defaults(tx, ComputeQuota.SERVICE),
                                                        false))),
                Operation.put(SET)
                        .policyByHandler(Q + "update")
                        .doc("Sets limits of a project.")
                        .params(user)
                        .anyParamBefore("2.75")
                        .body(SetBody.class)
                        .writes((call, tx, body) -> update(call, tx, body.quotaSet())),
                Operation.delete(SET)
                        .policyByHandler(Q + "delete")
                        .doc("Gives a project the default limits again.")
                        .params(user)
                        .anyParamBefore("2.75")
                        .status(202)
                        .writes(
                                (call, tx, body) -> {
                                    ProjectId project = project(call);
                                    if (!call.query().has("user_id")) {
                                        quota.quotas()
                                                .resetLimits(
                                                        tx, project.value(), ComputeQuota.SERVICE);
                                    }
                                    return Reply.empty();
                                }),
                Operation.get("/os-quota-class-sets/{class}")
                        .policy(ComputePolicy.P + "os-quota-class-sets:show")
                        .doc("The default limits.")
                        .anyParam()
                        .reads((call, tx) -> classSet(call, tx)),
                Operation.put("/os-quota-class-sets/{class}")
                        .policy(ComputePolicy.P + "os-quota-class-sets:update")
                        .doc("Sets the default limits.")
                        .body(ClassBody.class)
                        .writes(
                                (call, tx, body) -> {
                                    limits(call, body.quotaClassSet())
                                            .forEach(
                                                    (resource, limit) ->
                                                            quota.quotas()
                                                                    .setDefault(
                                                                            tx, resource, limit));
                                    return Map.of(
                                            "quota_class_set",
                                            view(
                                                    call,
                                                    Optional.empty(),
                                                    quota.quotas()
                                                            .defaults(tx, ComputeQuota.SERVICE),
                                                    false));
                                }),
                Operation.get("/limits")
                        .policy(ComputePolicy.P + "limits")
                        .doc("What the project may have and has.")
                        .params(
                                Param.text("tenant_id", "Another project's, for admins."),
                                Param.text("reserved", "Means nothing here; clients send it."))
                        .anyParamBefore("2.75")
                        .reads(this::limits));
    }

    private static ProjectId project(Call call) {
        ProjectId project = new ProjectId(call.path("project_id"));
        call.authorize(cloud.welkin.kernel.policy.Target.ownedBy(project));
        return project;
    }

    private Object set(Call call, Tx tx, ProjectId project, boolean detail) {
        return Map.of(
                "quota_set",
                view(
                        call,
                        Optional.of(project.value()),
                        quota.quotas().usage(tx, project.value(), ComputeQuota.SERVICE),
                        detail));
    }

    private Object classSet(Call call, Tx tx) {
        return Map.of(
                "quota_class_set",
                view(
                        call,
                        Optional.of(call.path("class")),
                        quota.quotas().defaults(tx, ComputeQuota.SERVICE),
                        false));
    }

    private Object update(Call call, Tx tx, Map<String, JsonNode> given) {
        ProjectId project = project(call);
        if (call.query().has("user_id")) {
            throw Failure.badRequest(
                    "Limits of single users are not offered by this cloud: leave out user_id to"
                            + " limit the project.");
        }
        boolean force = Loose.bool("force", Optional.ofNullable(given.get("force"))).orElse(false);
        Map<String, Long> used = new LinkedHashMap<>();
        quota.quotas()
                .usage(tx, project.value(), ComputeQuota.SERVICE)
                .forEach(usage -> used.put(usage.resource().name(), usage.used()));
        limits(call, given)
                .forEach(
                        (resource, limit) -> {
                            long now = used.getOrDefault(resource.name(), 0L);
                            if (!force && limit != Quotas.UNLIMITED && limit < now) {
                                throw Failure.badRequest(
                                        "Quota limit %d for %s must be greater than or equal to"
                                                + " already used and reserved %d.",
                                        limit, resource.name(), now);
                            }
                            quota.quotas().setLimit(tx, project.value(), resource, limit);
                        });
        return Map.of(
                "quota_set",
                view(
                        call,
                        Optional.empty(),
                        quota.quotas().usage(tx, project.value(), ComputeQuota.SERVICE),
                        false));
    }

    private static Map<QuotaResource, Long> limits(Call call, Map<String, JsonNode> given) {
        Map<QuotaResource, Long> limits = new LinkedHashMap<>();
        given.forEach(
                (name, value) -> {
                    if (name.equals("force") || name.equals("tenant_id")) {
                        return;
                    }
                    QuotaResource resource =
                            ComputeQuota.ALL.stream()
                                    .filter(one -> one.name().equals(name) && known(call, one))
                                    .findFirst()
                                    .orElseThrow(
                                            () ->
                                                    Failure.badRequest(
                                                            "Invalid input for field/attribute"
                                                                    + " quota_set. Additional properties"
                                                                    + " are not allowed ('%s' was"
                                                                    + " unexpected)",
                                                            name.length() > 100
                                                                    ? name.substring(0, 100)
                                                                    : name));
                    limits.put(
                            resource,
                            Loose.integer(name, Optional.of(value), -1, Integer.MAX_VALUE)
                                    .orElse(Quotas.UNLIMITED));
                });
        return limits;
    }

    private static Map<String, Object> view(
            Call call, Optional<String> id, List<QuotaUsage> usages, boolean detail) {
        Map<String, Object> view = new LinkedHashMap<>();
        id.ifPresent(text -> view.put("id", text));
        for (QuotaUsage usage : usages) {
            if (!known(call, usage.resource())) {
                continue;
            }
            view.put(usage.resource().name(), item(usage.limit(), usage.used(), detail));
        }
        return view;
    }

    /** Whether clients of this version know of the resource. */
    private static boolean known(Call call, QuotaResource resource) {
        return !(call.version().atLeast("2.36") && ComputeQuota.UNTIL_2_35.contains(resource))
                && !(call.version().atLeast("2.57") && ComputeQuota.UNTIL_2_56.contains(resource));
    }

    private static Object item(long limit, long used, boolean detail) {
        return detail ? Map.of("limit", limit, "in_use", used, "reserved", 0) : (Object) limit;
    }

    private Object limits(Call call, Tx tx) {
        ProjectId project =
                call.query()
                        .text("tenant_id")
                        .map(ProjectId::new)
                        .orElseGet(() -> call.caller().requireProject());
        if (!Optional.of(project).equals(call.caller().project())) {
            call.require(
                    ComputePolicy.P + "limits:other_project",
                    cloud.welkin.kernel.policy.Target.NOTHING);
        }
        Map<String, QuotaUsage> by = new LinkedHashMap<>();
        quota.quotas()
                .usage(tx, project.value(), ComputeQuota.SERVICE)
                .forEach(usage -> by.put(usage.resource().name(), usage));
        Map<String, Object> absolute = new LinkedHashMap<>();
        limit(absolute, by, "instances", "maxTotalInstances", "totalInstancesUsed");
        limit(absolute, by, "cores", "maxTotalCores", "totalCoresUsed");
        limit(absolute, by, "ram", "maxTotalRAMSize", "totalRAMUsed");
        limit(absolute, by, "server_groups", "maxServerGroups", "totalServerGroupsUsed");
        limit(absolute, by, "metadata_items", "maxServerMeta", "");
        limit(absolute, by, "key_pairs", "maxTotalKeypairs", "");
        limit(absolute, by, "server_group_members", "maxServerGroupMembers", "");
        if (!call.version().atLeast("2.39")) {
            limit(absolute, by, "metadata_items", "maxImageMeta", "");
        }
        if (!call.version().atLeast("2.57")) {
            absolute.put("maxPersonality", 0);
            absolute.put("maxPersonalitySize", 0);
        }
        if (!call.version().atLeast("2.36")) {
            absolute.put("maxTotalFloatingIps", -1);
            absolute.put("totalFloatingIpsUsed", 0);
            absolute.put("maxSecurityGroups", -1);
            absolute.put("totalSecurityGroupsUsed", 0);
            absolute.put("maxSecurityGroupRules", -1);
        }
        return Map.of("limits", Map.of("rate", List.of(), "absolute", absolute));
    }

    private static void limit(
            Map<String, Object> into,
            Map<String, QuotaUsage> by,
            String resource,
            String most,
            String used) {
        QuotaUsage usage = by.get(resource);
        if (usage != null) {
            into.put(most, usage.limit());
            if (!used.isEmpty()) {
                into.put(used, usage.used());
            }
        }
    }
}
