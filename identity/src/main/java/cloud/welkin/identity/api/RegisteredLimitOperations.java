package cloud.welkin.identity.api;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.domain.Limit.Registered;
import cloud.welkin.identity.domain.Limit.Resource;
import cloud.welkin.identity.store.LimitStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;

/** The limits that projects have by default: /v3/registered_limits. */
final class RegisteredLimitOperations implements OperationGroup {
    private static final List<Param> FILTERS =
            List.of(
                    Param.text("service_id", "Those of this service."),
                    Param.text("region_id", "Those of this region."),
                    Param.text("resource_name", "Those of this resource."));

    private final Catalogue catalogue;
    private final LimitStore limits;

    RegisteredLimitOperations(Catalogue catalogue, LimitStore limits) {
        this.catalogue = catalogue;
        this.limits = limits;
    }

    record NewLimits(@Items(min = 1, max = 1000) List<NewLimit> registeredLimits) {}

    record NewLimit(
            @Length(min = 1, max = 64) String serviceId,
            @Length(max = 255) Optional<String> regionId,
            @Length(min = 1, max = 255) @Matches("\\S+") String resourceName,
            @Between(min = -1, max = Integer.MAX_VALUE) long defaultLimit,
            Optional<String> description) {}

    record ChangeRequest(LimitChange registeredLimit) {}

    record LimitChange(
            @Length(min = 1, max = 64) Field<String> serviceId,
            @Length(max = 255) Field<String> regionId,
            @Length(min = 1, max = 255) @Matches("\\S+") Field<String> resourceName,
            @Between(min = -1, max = Integer.MAX_VALUE) Field<Long> defaultLimit,
            Field<String> description) {}

    record LimitView(
            String id,
            String serviceId,
            Optional<String> regionId,
            String resourceName,
            long defaultLimit,
            Optional<String> description,
            Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/registered_limits")
                        .policy("identity:list_registered_limits")
                        .doc("Lists the limits that projects have by default.")
                        .params(FILTERS)
                        .anyParam()
                        .reads(this::list),
                Operation.post("/registered_limits")
                        .policy("identity:create_registered_limits")
                        .doc("Makes default limits, all of them or none.")
                        .body(NewLimits.class)
                        .writes((call, tx, body) -> create(call, tx, body.registeredLimits())),
                Operation.get("/registered_limits/{registered_limit_id}")
                        .policy("identity:get_registered_limit")
                        .doc("Shows a default limit.")
                        .reads((call, tx) -> shown(call, limit(call, tx))),
                Operation.patch("/registered_limits/{registered_limit_id}")
                        .policy("identity:update_registered_limit")
                        .doc("Changes a default limit whose place no project's own takes.")
                        .body(ChangeRequest.class)
                        .writes((call, tx, body) -> change(call, tx, body.registeredLimit())),
                Operation.delete("/registered_limits/{registered_limit_id}")
                        .policy("identity:delete_registered_limit")
                        .doc("Deletes a default limit whose place no project's own takes.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    static LimitStore.Filter filter(Query query) {
        return new LimitStore.Filter(
                query.text("service_id"), query.text("region_id"), query.text("resource_name"));
    }

    /**
     * @param what the kind of limit that names them
     * @throws Failure 400 when the catalogue has no such service or region
     */
    static void requireThere(Catalogue catalogue, Tx tx, Resource resource, String what) {
        if (catalogue.services(tx).stream()
                .noneMatch(service -> service.id().equals(resource.service()))) {
            throw unknown("service_id", what);
        }
        if (resource.region()
                .filter(id -> catalogue.regions(tx).stream().noneMatch(r -> r.id().equals(id)))
                .isPresent()) {
            throw unknown("region_id", what);
        }
    }

    static Failure unknown(String attribute, String what) {
        return Failure.badRequest("The %s of the %s names nothing that there is.", attribute, what);
    }

    /** Refuses what there is already with Keystone's 409. */
    static void once(String what, Runnable write) {
        try {
            write.run();
        } catch (IntegrityConstraintViolationException e) {
            if (Constraints.violated(e).filter(name -> name.endsWith("_limit_once")).isPresent()) {
                throw Failure.conflict(
                        "Conflict occurred attempting to store %s - Duplicate entry.", what);
            }
            throw e;
        }
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call, "service_id", "region_id", "resource_name");
        return asked.answer(
                "registered_limits",
                asked.page(
                        limits.registered(tx, filter(call.query())),
                        Registered::id,
                        limit -> texts(limit.resource())),
                Registered::id,
                limit -> view(call, limit));
    }

    /** What lists of limits are narrowed by, inexactly too. */
    static Map<String, Optional<String>> texts(Resource resource) {
        return Map.of(
                "service_id", Optional.of(resource.service()),
                "region_id", resource.region(),
                "resource_name", Optional.of(resource.name()));
    }

    private Object create(Call call, Tx tx, List<NewLimit> wanted) {
        List<Registered> made =
                wanted.stream()
                        .map(
                                one ->
                                        new Registered(
                                                Ids.hex(),
                                                new Resource(
                                                        one.serviceId(),
                                                        one.regionId(),
                                                        one.resourceName()),
                                                one.defaultLimit(),
                                                one.description()))
                        .toList();
        made.forEach(limit -> save(tx, limit));
        return Map.of("registered_limits", made.stream().map(limit -> view(call, limit)).toList());
    }

    private Object change(Call call, Tx tx, LimitChange change) {
        Registered current = limit(call, tx);
        requireUnused(tx, current);
        Resource resource = current.resource();
        Registered changed =
                new Registered(
                        current.id(),
                        new Resource(
                                change.serviceId().orKeep(resource.service()),
                                change.regionId().over(resource.region()),
                                change.resourceName().orKeep(resource.name())),
                        change.defaultLimit().orKeep(current.amount()),
                        change.description().over(current.description()));
        save(tx, changed);
        return shown(call, changed);
    }

    private void save(Tx tx, Registered limit) {
        requireThere(catalogue, tx, limit.resource(), "registered_limit");
        once("registered_limit", () -> limits.save(tx, limit));
    }

    private Object delete(Call call, Tx tx) {
        Registered limit = limit(call, tx);
        requireUnused(tx, limit);
        limits.deleteRegistered(tx, limit.id());
        return Reply.empty();
    }

    private void requireUnused(Tx tx, Registered limit) {
        if (!limits.insteadOf(tx, limit.id()).isEmpty()) {
            throw Failure.forbidden(
                    "Unable to update or delete registered limit %s because there are project"
                            + " limits associated with it.",
                    limit.id());
        }
    }

    private Registered limit(Call call, Tx tx) {
        String id = call.path("registered_limit_id");
        return limits.findRegistered(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find registered limit for %s.", id));
    }

    private static Object shown(Call call, Registered limit) {
        return Map.of("registered_limit", view(call, limit));
    }

    private static LimitView view(Call call, Registered limit) {
        return new LimitView(
                limit.id(),
                limit.resource().service(),
                limit.resource().region(),
                limit.resource().name(),
                limit.amount(),
                limit.description(),
                Links.self(call, "/registered_limits/" + limit.id()));
    }
}
