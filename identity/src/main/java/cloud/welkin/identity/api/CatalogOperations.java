package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.CatalogRow;
import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.identity.domain.CatalogRow.Service;
import cloud.welkin.identity.store.CatalogStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Services and endpoints: /v3/services, /v3/endpoints. The program's own are shown with those that
 * operators added, but belong to the program: nobody changes or deletes them.
 */
final class CatalogOperations implements OperationGroup {
    private final Catalogue catalogue;
    private final CatalogStore store;
    private final RegionOperations regions;
    private final Changes changes;

    CatalogOperations(
            Catalogue catalogue, CatalogStore store, RegionOperations regions, Changes changes) {
        this.catalogue = catalogue;
        this.store = store;
        this.regions = regions;
        this.changes = changes;
    }

    record ServiceRequest(NewService service) {}

    record NewService(
            @Length(min = 1, max = 255) String type,
            @Length(max = 255) Optional<String> name,
            Optional<String> description,
            Optional<Boolean> enabled,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewService {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record ServiceChangeRequest(ServiceChange service) {}

    record ServiceChange(
            @Length(min = 1, max = 255) Field<String> type,
            @Length(max = 255) Field<String> name,
            Field<String> description,
            Field<Boolean> enabled,
            @JsonAnySetter Map<String, JsonNode> extra) {
        ServiceChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record EndpointRequest(NewEndpoint endpoint) {}

    record NewEndpoint(
            String serviceId,
            @OneOf({"public", "internal", "admin"}) @JsonProperty("interface") String side,
            @Length(min = 1, max = 225) String url,
            Optional<String> regionId,
            Optional<String> region,
            Optional<String> name,
            Optional<String> description,
            Optional<Boolean> enabled,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewEndpoint {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record EndpointChangeRequest(EndpointChange endpoint) {}

    record EndpointChange(
            Field<String> serviceId,
            @OneOf({"public", "internal", "admin"}) @JsonProperty("interface") Field<String> side,
            @Length(min = 1, max = 225) Field<String> url,
            Field<String> regionId,
            Field<String> region,
            Field<String> name,
            Field<String> description,
            Field<Boolean> enabled,
            @JsonAnySetter Map<String, JsonNode> extra) {
        EndpointChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record ServiceBody(
            String id,
            Optional<String> name,
            String type,
            boolean enabled,
            Optional<String> description,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record EndpointBody(
            String id,
            @JsonProperty("interface") String side,
            @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> regionId,
            @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> region,
            String serviceId,
            String url,
            Optional<String> name,
            Optional<String> description,
            boolean enabled,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/services")
                        .policy("identity:list_services")
                        .doc("Lists the services.")
                        .params(
                                Param.text("type", "Those of this type."),
                                Param.text("name", "Those of this name."))
                        .anyParam()
                        .reads(this::services),
                Operation.post("/services")
                        .policy("identity:create_service")
                        .doc("Adds a service to the catalogue.")
                        .body(ServiceRequest.class)
                        .writes((call, tx, body) -> create(call, tx, body.service())),
                Operation.get("/services/{service_id}")
                        .policy("identity:get_service")
                        .doc("Shows a service.")
                        .reads((call, tx) -> view(call, service(call, tx))),
                Operation.patch("/services/{service_id}")
                        .policy("identity:update_service")
                        .doc("Changes a service.")
                        .body(ServiceChangeRequest.class)
                        .writes((call, tx, body) -> change(call, tx, body.service())),
                Operation.delete("/services/{service_id}")
                        .policy("identity:delete_service")
                        .doc("Takes a service and its endpoints from the catalogue.")
                        .writes(
                                (call, tx, body) -> {
                                    store.deleteService(tx, changeable(service(call, tx)).id());
                                    changes.made(tx);
                                    return Reply.empty();
                                }),
                Operation.get("/endpoints")
                        .policy("identity:list_endpoints")
                        .doc("Lists the endpoints.")
                        .params(
                                Param.text("service_id", "Those of this service."),
                                Param.text("interface", "Those of this side."),
                                Param.text("region_id", "Those of this region."))
                        .anyParam()
                        .reads(this::endpoints),
                Operation.post("/endpoints")
                        .policy("identity:create_endpoint")
                        .doc("Adds an endpoint to the catalogue.")
                        .body(EndpointRequest.class)
                        .writes((call, tx, body) -> create(call, tx, body.endpoint())),
                Operation.get("/endpoints/{endpoint_id}")
                        .policy("identity:get_endpoint")
                        .doc("Shows an endpoint.")
                        .reads((call, tx) -> view(call, endpoint(call, tx))),
                Operation.patch("/endpoints/{endpoint_id}")
                        .policy("identity:update_endpoint")
                        .doc("Changes an endpoint.")
                        .body(EndpointChangeRequest.class)
                        .writes((call, tx, body) -> change(call, tx, body.endpoint())),
                Operation.delete("/endpoints/{endpoint_id}")
                        .policy("identity:delete_endpoint")
                        .doc("Takes an endpoint from the catalogue.")
                        .writes(
                                (call, tx, body) -> {
                                    store.deleteEndpoint(tx, changeable(endpoint(call, tx)).id());
                                    changes.made(tx);
                                    return Reply.empty();
                                }));
    }

    private Object services(Call call, Tx tx) {
        Asked asked = Asked.of(call, "type", "name");
        return asked.answer(
                "services",
                asked.page(
                        catalogue.services(tx),
                        Service::id,
                        one -> Map.of("type", Optional.of(one.type()), "name", one.name())),
                Service::id,
                service -> body(call, service));
    }

    private Object create(Call call, Tx tx, NewService request) {
        return saved(
                call,
                tx,
                new Service(
                        Ids.hex(),
                        request.type(),
                        request.name(),
                        request.description(),
                        request.enabled().orElse(true),
                        Names.free(request.extra())));
    }

    private Object change(Call call, Tx tx, ServiceChange change) {
        Service current = changeable(service(call, tx));
        return saved(
                call,
                tx,
                new Service(
                        current.id(),
                        change.type().orKeep(current.type()),
                        change.name().over(current.name()),
                        change.description().over(current.description()),
                        change.enabled().orKeep(current.enabled()),
                        merged(current.extra(), change.extra())));
    }

    private Object saved(Call call, Tx tx, Service service) {
        store.save(tx, service);
        changes.made(tx);
        return view(call, service);
    }

    /** A list of endpoints as clients see it. */
    static Object view(Call call, List<Endpoint> endpoints) {
        return Map.of(
                "endpoints",
                endpoints.stream().map(endpoint -> body(call, endpoint)).toList(),
                "links",
                Links.whole(call));
    }

    private Object endpoints(Call call, Tx tx) {
        Asked asked = Asked.of(call, "service_id", "interface", "region_id");
        return asked.answer(
                "endpoints",
                asked.page(
                        catalogue.endpoints(tx, call.origin()),
                        Endpoint::id,
                        one ->
                                Map.of(
                                        "service_id", Optional.of(one.service()),
                                        "interface", Optional.of(one.side()),
                                        "region_id", one.region())),
                Endpoint::id,
                endpoint -> body(call, endpoint));
    }

    private Object create(Call call, Tx tx, NewEndpoint request) {
        return saved(
                call,
                tx,
                new Endpoint(
                        Ids.hex(),
                        request.serviceId(),
                        request.regionId().or(request::region),
                        request.side(),
                        request.url(),
                        request.name(),
                        request.description(),
                        request.enabled().orElse(true),
                        Names.free(request.extra())));
    }

    private Object change(Call call, Tx tx, EndpointChange change) {
        Endpoint current = changeable(endpoint(call, tx));
        return saved(
                call,
                tx,
                new Endpoint(
                        current.id(),
                        change.serviceId().orKeep(current.service()),
                        change.regionId().over(change.region().over(current.region())),
                        change.side().orKeep(current.side()),
                        change.url().orKeep(current.url()),
                        change.name().over(current.name()),
                        change.description().over(current.description()),
                        change.enabled().orKeep(current.enabled()),
                        merged(current.extra(), change.extra())));
    }

    private Object saved(Call call, Tx tx, Endpoint endpoint) {
        if (catalogue.services(tx).stream().noneMatch(s -> s.id().equals(endpoint.service()))) {
            throw Failure.badRequest("There is no service %s.", endpoint.service());
        }
        // Anything else between these brackets could never be filled in.
        String rest = endpoint.url().replaceAll("[$%]\\((project_id|tenant_id|user_id)\\)s", "");
        if (rest.contains("$(") || rest.contains("%(")) {
            throw Failure.badRequest("Malformed endpoint URL (%s).", endpoint.url());
        }
        // As Keystone does for an endpoint in a region that there is not yet.
        endpoint.region().ifPresent(region -> regions.require(tx, region));
        store.save(tx, endpoint);
        changes.made(tx);
        return view(call, endpoint);
    }

    private Service service(Call call, Tx tx) {
        return service(call, tx, catalogue);
    }

    private Endpoint endpoint(Call call, Tx tx) {
        return endpoint(call, tx, catalogue);
    }

    /** The service that the path names. */
    static Service service(Call call, Tx tx, Catalogue catalogue) {
        return one(catalogue.services(tx), "service", call.path("service_id"));
    }

    /** The endpoint that the path names. */
    static Endpoint endpoint(Call call, Tx tx, Catalogue catalogue) {
        return one(catalogue.endpoints(tx, call.origin()), "endpoint", call.path("endpoint_id"));
    }

    private <T extends CatalogRow> T changeable(T row) {
        if (catalogue.isOwn(row.id())) {
            throw Failure.forbidden("%s belongs to the cloud itself.", row.id());
        }
        return row;
    }

    static <T extends CatalogRow> T one(List<T> rows, String what, String id) {
        return rows.stream()
                .filter(row -> row.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("Could not find %s: %s.", what, id));
    }

    static Map<String, JsonNode> merged(
            Map<String, JsonNode> current, Map<String, JsonNode> change) {
        Map<String, JsonNode> merged = new HashMap<>(current);
        merged.putAll(Names.free(change));
        return merged;
    }

    private static Object view(Call call, Service service) {
        return Map.of("service", body(call, service));
    }

    private static Object view(Call call, Endpoint endpoint) {
        return Map.of("endpoint", body(call, endpoint));
    }

    private static ServiceBody body(Call call, Service service) {
        return new ServiceBody(
                service.id(),
                service.name(),
                service.type(),
                service.enabled(),
                service.description(),
                Links.self(call, "/services/" + service.id()),
                service.extra());
    }

    private static EndpointBody body(Call call, Endpoint endpoint) {
        return new EndpointBody(
                endpoint.id(),
                endpoint.side(),
                endpoint.region(),
                endpoint.region(),
                endpoint.service(),
                endpoint.url(),
                endpoint.name(),
                endpoint.description(),
                endpoint.enabled(),
                Links.self(call, "/endpoints/" + endpoint.id()),
                endpoint.extra());
    }
}
