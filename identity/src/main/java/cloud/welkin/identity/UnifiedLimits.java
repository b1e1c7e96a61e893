package cloud.welkin.identity;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.CatalogRow.Service;
import cloud.welkin.identity.store.LimitStore;
import cloud.welkin.kernel.quota.LimitSource;
import cloud.welkin.kernel.quota.QuotaResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The limits that identity keeps, by the resources of the services' quotas. */
final class UnifiedLimits implements LimitSource {
    /** Block storage has had more types than one; operators limit any of them. */
    private static final Map<String, Set<String>> TYPES =
            Map.of("volume", Set.of("block-storage", "volumev3", "volume"));

    private final Catalogue catalogue;
    private final LimitStore limits;

    UnifiedLimits(Catalogue catalogue, LimitStore limits) {
        this.catalogue = catalogue;
        this.limits = limits;
    }

    @Override
    public Map<QuotaResource, Long> limits(Tx tx, String project, List<QuotaResource> resources) {
        Map<QuotaResource, Long> found = new HashMap<>();
        resources.stream()
                .collect(Collectors.groupingBy(QuotaResource::service))
                .forEach((service, some) -> addLimits(tx, project, service, some, found));
        return found;
    }

    private void addLimits(
            Tx tx,
            String project,
            String service,
            List<QuotaResource> resources,
            Map<QuotaResource, Long> into) {
        Set<String> types = TYPES.getOrDefault(service, Set.of(service));
        List<String> services =
                catalogue.services(tx).stream()
                        .filter(one -> types.contains(one.type()))
                        .map(Service::id)
                        .toList();
        Map<String, Long> byName =
                limits.limits(
                        tx,
                        services,
                        CatalogEntry.REGION,
                        project,
                        resources.stream().map(QuotaResource::unifiedName).toList());
        for (QuotaResource resource : resources) {
            if (byName.containsKey(resource.unifiedName())) {
                into.put(resource, byName.getOrDefault(resource.unifiedName(), 0L));
            }
        }
    }
}
