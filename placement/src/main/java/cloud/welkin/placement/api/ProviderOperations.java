package cloud.welkin.placement.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.placement.store.ProviderStore;
import cloud.welkin.placement.store.ProviderStore.Provider;
import cloud.welkin.placement.store.ProviderStore.Stock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** The hosts as resource providers: /resource_providers and /resource_classes. */
final class ProviderOperations implements OperationGroup {
    private static final List<String> CLASSES = List.of("DISK_GB", "MEMORY_MB", "VCPU");

    private final ProviderStore providers;

    ProviderOperations(ProviderStore providers) {
        this.providers = providers;
    }

    record Link(String rel, String href) {}

    record ProviderBody(
            UUID uuid,
            String name,
            long generation,
            Optional<UUID> parentProviderUuid,
            UUID rootProviderUuid,
            List<Link> links) {}

    record InventoryBody(
            long total,
            long reserved,
            long minUnit,
            long maxUnit,
            long stepSize,
            double allocationRatio) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/resource_providers")
                        .policy("placement:resource_providers:list")
                        .doc("Lists resource providers.")
                        .params(
                                Param.text("name", "The one of this name."),
                                Param.uuid("uuid", "The one of this id."))
                        .before(
                                "1.14",
                                answer ->
                                        answer.get("resource_providers")
                                                .forEach(ProviderOperations::withoutTree))
                        .reads(this::list),
                Operation.get("/resource_providers/{uuid}")
                        .policy("placement:resource_providers:show")
                        .doc("Shows a resource provider.")
                        .replies(ProviderBody.class)
                        .before("1.14", ProviderOperations::withoutTree)
                        .reads((call, tx) -> body(provider(call, tx))),
                Operation.get("/resource_providers/{uuid}/inventories")
                        .policy("placement:resource_providers:inventories:list")
                        .doc("How much there is of each class.")
                        .reads(this::inventories),
                Operation.get("/resource_providers/{uuid}/inventories/{resource_class}")
                        .policy("placement:resource_providers:inventories:show")
                        .doc("How much there is of one class.")
                        .reads(this::inventory),
                Operation.get("/resource_providers/{uuid}/usages")
                        .policy("placement:resource_providers:usages")
                        .doc("How much is used of each class.")
                        .reads(this::usages),
                Operation.get("/resource_providers/{uuid}/allocations")
                        .policy("placement:resource_providers:allocations:list")
                        .doc("Who uses how much.")
                        .reads(this::allocations),
                Operation.get("/resource_classes")
                        .policy("placement:resource_classes:list")
                        .since("1.2")
                        .doc("Lists the resource classes.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "resource_classes",
                                                CLASSES.stream()
                                                        .map(
                                                                name ->
                                                                        Map.of(
                                                                                "name",
                                                                                name,
                                                                                "links",
                                                                                List.of(
                                                                                        new Link(
                                                                                                "self",
                                                                                                "/placement/resource_classes/"
                                                                                                        + name))))
                                                        .toList())));
    }

    private Object list(Call call, Tx tx) {
        return Map.of(
                "resource_providers",
                providers.list(tx, call.query().text("name"), call.query().uuid("uuid")).stream()
                        .map(ProviderOperations::body)
                        .toList());
    }

    private Object inventories(Call call, Tx tx) {
        Provider provider = provider(call, tx);
        Map<String, InventoryBody> bodies = new LinkedHashMap<>();
        providers.stocks(tx, provider.id()).forEach((name, stock) -> bodies.put(name, body(stock)));
        return Map.of("resource_provider_generation", provider.generation(), "inventories", bodies);
    }

    private Object inventory(Call call, Tx tx) {
        Provider provider = provider(call, tx);
        String name = call.path("resource_class");
        Stock stock = providers.stocks(tx, provider.id()).get(name);
        if (stock == null) {
            throw Failure.notFound("No inventory of class %s for %s found", name, provider.id());
        }
        InventoryBody body = body(stock);
        return Map.of(
                "resource_provider_generation", provider.generation(),
                "total", body.total(),
                "reserved", body.reserved(),
                "min_unit", body.minUnit(),
                "max_unit", body.maxUnit(),
                "step_size", body.stepSize(),
                "allocation_ratio", body.allocationRatio());
    }

    private Object usages(Call call, Tx tx) {
        Provider provider = provider(call, tx);
        Map<String, Long> used = new LinkedHashMap<>();
        providers.stocks(tx, provider.id()).forEach((name, stock) -> used.put(name, stock.used()));
        return Map.of("resource_provider_generation", provider.generation(), "usages", used);
    }

    private Object allocations(Call call, Tx tx) {
        Provider provider = provider(call, tx);
        Map<UUID, Map<String, Long>> used = new LinkedHashMap<>();
        providers
                .uses(tx, Optional.empty(), Optional.of(provider.id()))
                .forEach(
                        use ->
                                used.computeIfAbsent(use.consumer(), id -> new LinkedHashMap<>())
                                        .put(use.resourceClass(), use.used()));
        Map<UUID, Object> byConsumer = new LinkedHashMap<>();
        used.forEach(
                (consumer, resources) -> byConsumer.put(consumer, Map.of("resources", resources)));
        return Map.of(
                "resource_provider_generation", provider.generation(), "allocations", byConsumer);
    }

    private Provider provider(Call call, Tx tx) {
        return call.pathUuid("uuid")
                .flatMap(id -> providers.find(tx, id))
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "No resource provider with uuid %s found",
                                        call.path("uuid")));
    }

    private static ProviderBody body(Provider provider) {
        String self = "/placement/resource_providers/" + provider.id();
        return new ProviderBody(
                provider.id(),
                provider.name(),
                provider.generation(),
                Optional.empty(),
                provider.id(),
                Stream.of("", "/inventories", "/usages", "/allocations")
                        .map(
                                part ->
                                        new Link(
                                                part.isEmpty() ? "self" : part.substring(1),
                                                self + part))
                        .toList());
    }

    private static InventoryBody body(Stock stock) {
        long most = Math.max(1, stock.inventory().total());
        return new InventoryBody(
                stock.inventory().total(),
                stock.inventory().reserved(),
                1,
                most,
                1,
                stock.inventory().ratio());
    }

    private static void withoutTree(tools.jackson.databind.JsonNode provider) {
        if (provider instanceof ObjectNode object) {
            object.remove("parent_provider_uuid");
            object.remove("root_provider_uuid");
        }
    }
}
