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
    public boolean has(Endpoint endpoint) {
        return endpoints.contains(endpoint.id())
                || groups.stream().anyMatch(filters -> filters.match(endpoint));
    }
}
