package cloud.welkin.placement;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.placement.api.PlacementApi;
import cloud.welkin.placement.store.ProviderStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The placement service, put together: what hosts have, who uses it, and the claims that cannot
 * exceed it.
 */
public final class PlacementService implements Allocations {
    public static final String SCHEMA = "placement";

    private final Database database;
    private final ProviderStore providers = new ProviderStore();

    public PlacementService(Database database) {
        this.database = database;
    }

    public List<Api> apis() {
        return List.of(PlacementApi.of(providers));
    }

    public List<Invariant> invariants() {
        return List.of(
                new Invariant(
                        "inventory counts",
                        "placement",
                        "What an inventory says is used is the sum of its allocations.",
                        () ->
                                database.read(providers::wrongCounts).stream()
                                        .map(
                                                wrong ->
                                                        new Finding(
                                                                "the count of used resources is wrong",
                                                                List.of(wrong),
                                                                "a defect of Welkin; please report it"))
                                        .toList()));
    }

    @Override
    public UUID provide(Tx tx, HostName host, Map<String, Inventory> inventories) {
        return providers.provide(tx, host.value(), inventories);
    }

    @Override
    public List<HostName> candidates(Tx tx, Map<String, Long> resources, int limit) {
        return providers.candidates(tx, resources, limit).stream().map(HostName::new).toList();
    }

    @Override
    public boolean claim(
            Tx tx,
            UUID consumer,
            HostName host,
            Map<String, Long> resources,
            ProjectId project,
            UserId user) {
        return providers.claim(tx, consumer, host.value(), resources, project, user);
    }

    @Override
    public void release(Tx tx, UUID consumer) {
        providers.release(tx, consumer);
    }

    @Override
    public Map<String, Long> usage(Tx tx, HostName host) {
        Map<String, Long> usage = new LinkedHashMap<>();
        providers
                .list(tx, Optional.of(host.value()), Optional.empty())
                .forEach(
                        provider ->
                                providers
                                        .stocks(tx, provider.id())
                                        .forEach((name, stock) -> usage.put(name, stock.used())));
        return usage;
    }
}
