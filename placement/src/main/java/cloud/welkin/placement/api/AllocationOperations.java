package cloud.welkin.placement.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.placement.store.ProviderStore;
import cloud.welkin.placement.store.ProviderStore.Provider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who uses what: /allocations/{consumer} and /usages. Allocations are made with servers, never by
 * hand.
 */
final class AllocationOperations implements OperationGroup {
    private final ProviderStore providers;

    AllocationOperations(ProviderStore providers) {
        this.providers = providers;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/allocations/{consumer_uuid}")
                        .policy("placement:allocations:list")
                        .doc("What a consumer (a server) uses; empty for one that uses nothing.")
                        .before("1.38", answer -> answer.remove("consumer_type"))
                        .before("1.28", answer -> answer.remove("consumer_generation"))
                        .before("1.12", AllocationOperations::withoutOwner)
                        .reads(this::show),
                Operation.get("/usages")
                        .policyByHandler("placement:usages")
                        .since("1.9")
                        .doc("What a project uses in all.")
                        .params(
                                Param.text("project_id", "Of this project; must be given."),
                                Param.text("user_id", "Of this user in it."))
                        .reads(this::usages));
    }

    private Object show(Call call, Tx tx) {
        UUID consumer =
                call.pathUuid("consumer_uuid")
                        .orElseThrow(() -> Failure.badRequest("Malformed consumer_uuid."));
        Map<String, Map<String, Object>> byProvider = new LinkedHashMap<>();
        Map<UUID, Map<String, Long>> resources = new LinkedHashMap<>();
        providers
                .uses(tx, Optional.of(consumer), Optional.empty())
                .forEach(
                        use ->
                                resources
                                        .computeIfAbsent(
                                                use.provider(), id -> new LinkedHashMap<>())
                                        .put(use.resourceClass(), use.used()));
        resources.forEach(
                (id, used) ->
                        byProvider.put(
                                id.toString(),
                                Map.of(
                                        "generation",
                                        providers.find(tx, id).map(Provider::generation).orElse(0L),
                                        "resources",
                                        used)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("allocations", byProvider);
        providers
                .consumer(tx, consumer)
                .ifPresent(
                        known -> {
                            answer.put("project_id", known.project());
                            answer.put("user_id", known.user());
                            answer.put("consumer_generation", known.generation());
                            answer.put("consumer_type", "INSTANCE");
                        });
        return answer;
    }

    private Object usages(Call call, Tx tx) {
        String project =
                call.query()
                        .text("project_id")
                        .orElseThrow(() -> Failure.badRequest("project_id must be given."));
        call.authorize(Target.ownedBy(new ProjectId(project)));
        return Map.of("usages", providers.usageOf(tx, project, call.query().text("user_id")));
    }

    private static void withoutOwner(ObjectNode answer) {
        answer.remove("project_id");
        answer.remove("user_id");
    }
}
