package cloud.welkin.identity.domain;

import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.identity.domain.CatalogRow.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A policy that a service keeps here for itself.
 *
 * @param type the MIME type of the blob
 */
public record ServicePolicy(String id, String type, String blob, Map<String, JsonNode> extra) {
    /** What a policy can be for. */
    public sealed interface Subject {
        record OfEndpoint(String endpoint) implements Subject {}

        record OfService(String service) implements Subject {}

        /** The endpoints of a service in a region and the regions within it. */
        record OfServiceIn(String service, String region) implements Subject {}

        /** Whether an endpoint with these regions around it is meant, its own the first. */
        private boolean covers(Endpoint endpoint, List<String> regions) {
            return switch (this) {
                case OfEndpoint of -> of.endpoint().equals(endpoint.id());
                case OfService of -> of.service().equals(endpoint.service());
                case OfServiceIn of ->
                        of.service().equals(endpoint.service()) && regions.contains(of.region());
            };
        }
    }

    /**
     * Where the policy of an endpoint is looked for, in this order: at the endpoint, at its service
     * in its region and in those around it, at its service.
     */
    public static List<Subject> subjectsOf(Endpoint endpoint, List<Region> regions) {
        return Stream.of(
                        Stream.of(new Subject.OfEndpoint(endpoint.id())),
                        around(endpoint, regions).stream()
                                .map(id -> new Subject.OfServiceIn(endpoint.service(), id)),
                        Stream.of(new Subject.OfService(endpoint.service())))
                .<Subject>flatMap(subjects -> subjects)
                .toList();
    }

    /** Those of the endpoints that are meant by any of the subjects. */
    public static List<Endpoint> covered(
            List<Subject> subjects, List<Endpoint> endpoints, List<Region> regions) {
        return endpoints.stream()
                .filter(
                        endpoint -> {
                            List<String> around = around(endpoint, regions);
                            return subjects.stream().anyMatch(one -> one.covers(endpoint, around));
                        })
                .toList();
    }

    /** The ids of the endpoint's region and those that it lies in, from the inside. */
    private static List<String> around(Endpoint endpoint, List<Region> regions) {
        Map<String, Region> byId = new HashMap<>();
        regions.forEach(region -> byId.put(region.id(), region));
        List<String> around = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Optional<String> next = endpoint.region();
        while (next.filter(seen::add).isPresent()) {
            around.add(next.get());
            next = Optional.ofNullable(byId.get(next.get())).flatMap(Region::parent);
        }
        return around;
    }
}
