package cloud.welkin.identity.domain;

import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import java.util.List;
import java.util.Set;

/**
 * Which endpoints of the catalogue a project was given.
 *
 * @param endpoints ids of those given one by one
 * @param groups those given by what they have in common
 */
public record SeenEndpoints(Set<String> endpoints, List<EndpointGroup.Filters> groups) {
    /** Of a project that was given none, which usually sees all. */
    public static final SeenEndpoints NONE = new SeenEndpoints(Set.of(), List.of());

    public boolean has(Endpoint endpoint) {
        return endpoints.contains(endpoint.id())
                || groups.stream().anyMatch(filters -> filters.match(endpoint));
    }
}
