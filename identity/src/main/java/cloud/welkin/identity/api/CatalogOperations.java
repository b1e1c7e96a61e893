package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.failure.Failure;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The services of this program as Keystone's catalogue shows them: /v3/services, /v3/endpoints,
 * /v3/regions.
 */
final class CatalogOperations implements OperationGroup {
    private final List<CatalogEntry> catalog;

    CatalogOperations(List<CatalogEntry> catalog) {
        this.catalog = catalog;
    }

    record ServiceBody(
            String id,
            String name,
            String type,
            boolean enabled,
            String description,
            Map<String, String> links) {}

    record EndpointBody(
            String id,
            @JsonProperty("interface") String side,
            String regionId,
            String region,
            String serviceId,
            String url,
            boolean enabled,
            Map<String, String> links) {}

    record RegionBody(
            String id,
            String description,
            Optional<String> parentRegionId,
            Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/services")
                        .policy("identity:list_services")
                        .doc("Lists the services.")
                        .params(
                                Param.text("type", "Those of this type."),
                                Param.text("name", "Those of this name."))
                        .reads(this::services),
                Operation.get("/services/{service_id}")
                        .policy("identity:get_service")
                        .doc("Shows a service.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "service",
                                                service(
                                                        call,
                                                        one(
                                                                catalog.stream()
                                                                        .filter(
                                                                                e ->
                                                                                        e.serviceId()
                                                                                                .equals(
                                                                                                        call
                                                                                                                .path(
                                                                                                                        "service_id")))
                                                                        .findFirst(),
                                                                "service",
                                                                call.path("service_id"))))),
                Operation.get("/endpoints")
                        .policy("identity:list_endpoints")
                        .doc("Lists the endpoints.")
                        .params(
                                Param.text("service_id", "Those of this service."),
                                Param.text("interface", "Those of this side."),
                                Param.text("region_id", "Those of this region."))
                        .reads(this::endpoints),
                Operation.get("/endpoints/{endpoint_id}")
                        .policy("identity:get_endpoint")
                        .doc("Shows an endpoint.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "endpoint",
                                                one(
                                                        allEndpoints(call)
                                                                .filter(
                                                                        e ->
                                                                                e.id().equals(
                                                                                                call
                                                                                                        .path(
                                                                                                                "endpoint_id")))
                                                                .findFirst(),
                                                        "endpoint",
                                                        call.path("endpoint_id")))),
                Operation.get("/regions")
                        .policy("identity:list_regions")
                        .doc("Lists the regions.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "regions", List.of(region(call)),
                                                "links",
                                                        Links.list(
                                                                call,
                                                                Integer.MAX_VALUE,
                                                                List.of()))),
                Operation.get("/regions/{region_id}")
                        .policy("identity:get_region")
                        .doc("Shows a region.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "region",
                                                one(
                                                        Optional.of(region(call))
                                                                .filter(
                                                                        r ->
                                                                                r.id().equals(
                                                                                                call
                                                                                                        .path(
                                                                                                                "region_id"))),
                                                        "region",
                                                        call.path("region_id")))));
    }

    private Object services(Call call, Tx tx) {
        Optional<String> type = call.query().text("type");
        Optional<String> name = call.query().text("name");
        return Map.of(
                "services",
                catalog.stream()
                        .filter(entry -> type.map(entry.type()::equals).orElse(true))
                        .filter(entry -> name.map(entry.name()::equals).orElse(true))
                        .map(entry -> service(call, entry))
                        .toList(),
                "links",
                Links.list(call, Integer.MAX_VALUE, List.of()));
    }

    private Object endpoints(Call call, Tx tx) {
        Optional<String> service = call.query().text("service_id");
        Optional<String> side = call.query().text("interface");
        Optional<String> region = call.query().text("region_id");
        return Map.of(
                "endpoints",
                allEndpoints(call)
                        .filter(e -> service.map(e.serviceId()::equals).orElse(true))
                        .filter(e -> side.map(e.side()::equals).orElse(true))
                        .filter(e -> region.map(e.regionId()::equals).orElse(true))
                        .toList(),
                "links",
                Links.list(call, Integer.MAX_VALUE, List.of()));
    }

    private Stream<EndpointBody> allEndpoints(Call call) {
        return catalog.stream()
                .flatMap(
                        entry ->
                                Stream.of("public", "internal", "admin")
                                        .map(side -> endpoint(call, entry, side)));
    }

    private static EndpointBody endpoint(Call call, CatalogEntry entry, String side) {
        return new EndpointBody(
                entry.endpointId(side),
                side,
                CatalogEntry.REGION,
                CatalogEntry.REGION,
                entry.serviceId(),
                call.origin() + entry.path() + (entry.projectInPath() ? "/$(project_id)s" : ""),
                true,
                Links.self(call, "/endpoints/" + entry.endpointId(side)));
    }

    private static ServiceBody service(Call call, CatalogEntry entry) {
        return new ServiceBody(
                entry.serviceId(),
                entry.name(),
                entry.type(),
                true,
                "",
                Links.self(call, "/services/" + entry.serviceId()));
    }

    private static RegionBody region(Call call) {
        return new RegionBody(
                CatalogEntry.REGION,
                "",
                Optional.empty(),
                Links.self(call, "/regions/" + CatalogEntry.REGION));
    }

    private static <T> T one(Optional<T> found, String what, String id) {
        return found.orElseThrow(() -> Failure.notFound("Could not find %s: %s.", what, id));
    }
}
