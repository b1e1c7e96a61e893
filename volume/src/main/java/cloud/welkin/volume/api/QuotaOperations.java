package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.QuotaUsage;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.volume.store.TypeTable;
import cloud.welkin.volume.work.VolumeQuotas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Limits of projects: quota sets, quota classes and the limits document. */
public final class QuotaOperations implements OperationGroup {
    private static final long LARGEST = Integer.MAX_VALUE;

    private final Quotas quotas;
    private final VolumeQuotas own;
    private final TypeTable types;

    public QuotaOperations(Quotas quotas, VolumeQuotas own, TypeTable types) {
        this.quotas = quotas;
        this.own = own;
        this.types = types;
    }

    @Override
    public List<Operation> operations() {
        String path = "/os-quota-sets/{project}";
        return List.of(
                Operation.get(path)
                        .policyByHandler("volume_extension:quotas:show")
                        .anyParam()
                        .doc("The limits of a project; with usage=true what is used too.")
                        .reads(this::show),
                Operation.get(path + "/defaults")
                        .policyByHandler("volume_extension:quotas:show")
                        .doc("The limits of a project that has none of its own.")
                        .reads(this::defaults),
                Operation.put(path)
                        .policyByHandler("volume_extension:quotas:update")
                        .anyParam()
                        .doc("Sets limits of a project.")
                        .body(JsonNode.class)
                        .writes(this::update),
                Operation.delete(path)
                        .policyByHandler("volume_extension:quotas:delete")
                        .status(200)
                        .doc("The project has the defaults again.")
                        .writes((call, tx, none) -> reset(call, tx)),
                Operation.get("/os-quota-class-sets/{class}")
                        .policy("volume_extension:quota_classes:get")
                        .doc("The default limits.")
                        .reads((call, tx) -> classSet(call, tx)),
                Operation.put("/os-quota-class-sets/{class}")
                        .policy("volume_extension:quota_classes:update")
                        .doc("Changes the default limits.")
                        .body(JsonNode.class)
                        .writes(this::updateClass),
                Operation.get("/limits")
                        .policy("limits_extension:used_limits")
                        .anyParam()
                        .doc("What the caller's project may have and has.")
                        .reads(this::limits));
    }

    private void know(Tx tx) {
        types.list(tx, Optional.empty(), true).forEach(type -> own.know(type.name()));
    }

    private Object show(Call call, Tx tx) {
        call.authorize(VolumeAccess.target(call.path("project")));
        know(tx);
        boolean usage = call.query().bool("usage").orElse(false);
        Map<String, Object> set = new LinkedHashMap<>();
        set.put("id", call.path("project"));
        for (QuotaUsage line : quotas.usage(tx, call.path("project"), VolumeQuotas.SERVICE)) {
            set.put(
                    line.resource().name(),
                    usage
                            ? Map.of(
                                    "limit",
                                    line.limit(),
                                    "in_use",
                                    line.used(),
                                    "reserved",
                                    0,
                                    "allocated",
                                    0)
                            : line.limit());
        }
        return Map.of("quota_set", set);
    }

    private Map<String, Object> defaultSet(Tx tx, String id) {
        know(tx);
        Map<String, Object> set = new LinkedHashMap<>();
        set.put("id", id);
        quotas.defaults(tx, VolumeQuotas.SERVICE)
                .forEach(line -> set.put(line.resource().name(), line.limit()));
        return set;
    }

    private Object defaults(Call call, Tx tx) {
        call.authorize(VolumeAccess.target(call.path("project")));
        return Map.of("quota_set", defaultSet(tx, call.path("project")));
    }

    private interface Setting {
        void set(QuotaResource resource, long limit);
    }

    private void apply(Tx tx, Body wanted, Setting setting) {
        know(tx);
        Map<String, QuotaResource> known = new LinkedHashMap<>();
        quotas.resources(VolumeQuotas.SERVICE).forEach(it -> known.put(it.name(), it));
        for (String name : wanted.node().propertyNames()) {
            if (List.of("tenant_id", "id", "force", "class_name").contains(name)) {
                continue;
            }
            QuotaResource resource = known.get(name);
            if (resource == null) {
                throw Failure.badRequest(
                        "Bad key(s) in quota set: %s",
                        name.length() > 100 ? name.substring(0, 100) : name);
            }
            long limit =
                    wanted.number(name)
                            .orElseThrow(
                                    () ->
                                            Failure.badRequest(
                                                    "Quota limit %s must be an integer.", name));
            if (limit < -1 || limit > LARGEST) {
                throw Failure.badRequest(
                        "Quota limit %s must be equal or greater than -1 and at most %d.",
                        name, LARGEST);
            }
            setting.set(resource, limit);
        }
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        String project = call.path("project");
        call.authorize(VolumeAccess.target(project));
        apply(
                tx,
                Body.of(body, "quota_set"),
                (resource, limit) -> quotas.setLimit(tx, project, resource, limit));
        Map<String, Object> set = new LinkedHashMap<>();
        quotas.usage(tx, project, VolumeQuotas.SERVICE)
                .forEach(line -> set.put(line.resource().name(), line.limit()));
        return Map.of("quota_set", set);
    }

    private Object reset(Call call, Tx tx) {
        call.authorize(VolumeAccess.target(call.path("project")));
        quotas.resetLimits(tx, call.path("project"), VolumeQuotas.SERVICE);
        return Reply.empty();
    }

    private Object classSet(Call call, Tx tx) {
        return Map.of("quota_class_set", defaultSet(tx, call.path("class")));
    }

    private Object updateClass(Call call, Tx tx, JsonNode body) {
        if (!call.path("class").equals("default")) {
            throw Failure.badRequest("The only quota class is default.");
        }
        apply(
                tx,
                Body.of(body, "quota_class_set"),
                (resource, limit) -> quotas.setDefault(tx, resource, limit));
        return classSet(call, tx);
    }

    private Object limits(Call call, Tx tx) {
        String project =
                call.query()
                        .text("project_id")
                        .filter(it -> call.caller().isAdmin())
                        .orElseGet(() -> call.caller().requireProject().value());
        Map<String, Object> absolute = new LinkedHashMap<>();
        for (QuotaUsage line : quotas.usage(tx, project, VolumeQuotas.SERVICE)) {
            switch (line.resource().name()) {
                case "volumes" -> put(absolute, "maxTotalVolumes", "totalVolumesUsed", line);
                case "gigabytes" ->
                        put(absolute, "maxTotalVolumeGigabytes", "totalGigabytesUsed", line);
                case "snapshots" -> put(absolute, "maxTotalSnapshots", "totalSnapshotsUsed", line);
                case "backups" -> put(absolute, "maxTotalBackups", "totalBackupsUsed", line);
                case "backup_gigabytes" ->
                        put(absolute, "maxTotalBackupGigabytes", "totalBackupGigabytesUsed", line);
                default -> {}
            }
        }
        return Map.of("limits", Map.of("rate", List.of(), "absolute", absolute));
    }

    private static void put(
            Map<String, Object> absolute, String limit, String used, QuotaUsage line) {
        absolute.put(limit, line.limit());
        absolute.put(used, line.used());
    }
}
