package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.domain.Limit;
import cloud.welkin.identity.domain.Limit.Holder;
import cloud.welkin.identity.domain.Limit.Own;
import cloud.welkin.identity.domain.Limit.Registered;
import cloud.welkin.identity.domain.Limit.Resource;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.LimitStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Scope;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The limits of projects' and domains' own: /v3/limits. */
final class LimitOperations implements OperationGroup {
    private static final List<Param> FILTERS =
            List.of(
                    Param.text("service_id", "Those of this service."),
                    Param.text("region_id", "Those of this region."),
                    Param.text("resource_name", "Those of this resource."),
                    Param.text("project_id", "Those of this project."),
                    Param.text("domain_id", "Those of this domain."));

    private final LimitModel model;
    private final Catalogue catalogue;
    private final LimitStore limits;
    private final ProjectStore projects;

    LimitOperations(
            LimitModel model, Catalogue catalogue, LimitStore limits, ProjectStore projects) {
        this.model = model;
        this.catalogue = catalogue;
        this.limits = limits;
        this.projects = projects;
    }

    record NewLimits(@Items(min = 1, max = 1000) List<NewLimit> limits) {}

    record NewLimit(
            Optional<String> projectId,
            Optional<String> domainId,
            @Length(min = 1, max = 64) String serviceId,
            @Length(max = 255) Optional<String> regionId,
            @Length(min = 1, max = 255) @Matches("\\S+") String resourceName,
            @Between(min = -1, max = Integer.MAX_VALUE) long resourceLimit,
            Optional<String> description) {}

    record ChangeRequest(LimitChange limit) {}

    record LimitChange(
            @Between(min = -1, max = Integer.MAX_VALUE) Field<Long> resourceLimit,
            Field<String> description) {}

    record LimitView(
            String id,
            Optional<String> projectId,
            Optional<String> domainId,
            String serviceId,
            Optional<String> regionId,
            String resourceName,
            long resourceLimit,
            Optional<String> description,
            Map<String, String> links) {}

    record Model(String name, String description) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/limits/model")
                        .policy("identity:get_limit_model")
                        .doc("Shows how limits bear on each other.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "model",
                                                new Model(model.title(), model.description()))),
                Operation.get("/limits")
                        .policy("identity:list_limits")
                        .doc("Lists the limits of projects and domains that the caller may see.")
                        .params(FILTERS)
                        .anyParam()
                        .reads(this::list),
                Operation.post("/limits")
                        .policy("identity:create_limits")
                        .doc("Limits projects and domains, all that are named or none.")
                        .body(NewLimits.class)
                        .writes((call, tx, body) -> create(call, tx, body.limits())),
                Operation.get("/limits/{limit_id}")
                        .policyByHandler("identity:get_limit")
                        .doc("Shows a limit of a project or a domain.")
                        .reads(this::show),
                Operation.patch("/limits/{limit_id}")
                        .policy("identity:update_limit")
                        .doc("Changes a limit of a project or a domain.")
                        .body(ChangeRequest.class)
                        .writes((call, tx, body) -> change(call, tx, body.limit())),
                Operation.delete("/limits/{limit_id}")
                        .policy("identity:delete_limit")
                        .doc("Deletes a limit: the default holds again.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        Optional<String> project = call.query().text("project_id");
        Optional<String> domain = call.query().text("domain_id");
        Caller caller = call.caller();
        boolean all = caller.isAdmin() || caller.hasRole("service");
        List<Own> found =
                switch (caller.scope()) {
                    case Scope.System system -> found(call, tx, project, domain, Optional.empty());
                    case Scope.Project(ProjectId own, var of) when !all ->
                            project.filter(id -> !id.equals(own.value())).isPresent()
                                    ? List.of()
                                    : found(
                                            call,
                                            tx,
                                            Optional.of(own.value()),
                                            domain,
                                            Optional.empty());
                    case Scope.Domain(var own) when !all ->
                            found(call, tx, project, domain, Optional.of(own.value()));
                    case Scope.Project p -> found(call, tx, project, domain, Optional.empty());
                    case Scope.Domain d -> found(call, tx, project, domain, Optional.empty());
                    case Scope.Unscoped unscoped -> List.of();
                };
        Asked asked = Asked.of(call, "service_id", "region_id", "resource_name");
        return asked.answer(
                "limits",
                asked.page(
                        found, Own::id, limit -> RegisteredLimitOperations.texts(limit.resource())),
                Own::id,
                limit -> view(call, limit));
    }

    private List<Own> found(
            Call call,
            Tx tx,
            Optional<String> project,
            Optional<String> domain,
            Optional<String> within) {
        return limits.own(
                tx,
                RegisteredLimitOperations.filter(call.query()),
                new LimitStore.Holders(project, domain, within));
    }

    /** The limits of one project's own, as they are shown beside it. */
    static List<LimitView> ofProject(Call call, Tx tx, LimitStore limits, ProjectId project) {
        return limits
                .own(
                        tx,
                        new LimitStore.Filter(Optional.empty(), Optional.empty(), Optional.empty()),
                        new LimitStore.Holders(
                                Optional.of(project.value()), Optional.empty(), Optional.empty()))
                .stream()
                .map(limit -> view(call, limit))
                .toList();
    }

    private Object create(Call call, Tx tx, List<NewLimit> wanted) {
        List<Own> made = wanted.stream().map(one -> made(tx, one)).toList();
        made.forEach(
                limit -> RegisteredLimitOperations.once("limit", () -> limits.insert(tx, limit)));
        made.forEach(limit -> requireFitting(tx, limit));
        return Map.of("limits", made.stream().map(limit -> view(call, limit)).toList());
    }

    private Own made(Tx tx, NewLimit wanted) {
        Resource resource =
                new Resource(wanted.serviceId(), wanted.regionId(), wanted.resourceName());
        RegisteredLimitOperations.requireThere(catalogue, tx, resource, "limit");
        if (wanted.projectId().isPresent() == wanted.domainId().isPresent()) {
            throw Failure.badRequest("A limit has either a project_id or a domain_id.");
        }
        Project holder =
                wanted.projectId()
                        .or(wanted::domainId)
                        .flatMap(id -> projects.find(tx, new ProjectId(id)))
                        .filter(one -> wanted.projectId().isPresent() || one.isDomain())
                        .orElseThrow(
                                () ->
                                        RegisteredLimitOperations.unknown(
                                                wanted.projectId().isPresent()
                                                        ? "project_id"
                                                        : "domain_id",
                                                "limit"));
        Registered registered =
                limits.registeredOf(tx, resource)
                        .orElseThrow(
                                () ->
                                        Failure.forbidden(
                                                "Unable to create a limit that has no"
                                                        + " corresponding registered limit."));
        return new Own(
                Ids.hex(),
                registered.id(),
                resource,
                new Holder(holder.id().value(), holder.isDomain(), holder.domain().value()),
                wanted.resourceLimit(),
                wanted.description());
    }

    /** What the model asks of the limits around one; the limit itself is written by now. */
    private void requireFitting(Tx tx, Own limit) {
        boolean fits =
                switch (model) {
                    case FLAT -> true;
                    case STRICT_TWO_LEVEL ->
                            limit.holder().isDomain()
                                    ? limits.insteadOf(tx, limit.registered()).stream()
                                            .filter(other -> isIn(limit, other))
                                            .noneMatch(
                                                    o -> Limit.exceeds(o.amount(), limit.amount()))
                                    : !Limit.exceeds(limit.amount(), ofDomain(tx, limit));
                };
        if (!fits) {
            throw Failure.forbidden(
                    "Invalid resource limit: The resource limit (%s: %s, resource_name: %s,"
                            + " resource_limit: %d, service_id: %s, region_id: %s) doesn't satisfy"
                            + " current hierarchy model.",
                    limit.holder().isDomain() ? "domain_id" : "project_id",
                    limit.holder().id(),
                    limit.resource().name(),
                    limit.amount(),
                    limit.resource().service(),
                    limit.resource().region().orElse("None"));
        }
    }

    private static boolean isIn(Own domain, Own other) {
        return !other.holder().isDomain() && other.holder().domain().equals(domain.holder().id());
    }

    private long ofDomain(Tx tx, Own limit) {
        return limits.ownOf(tx, limit.registered(), limit.holder().domain())
                .map(Own::amount)
                .or(() -> limits.findRegistered(tx, limit.registered()).map(Registered::amount))
                .orElse(Limit.UNLIMITED);
    }

    private Object show(Call call, Tx tx) {
        Optional<Own> found = limits.findOwn(tx, call.path("limit_id"));
        call.authorize(found.map(LimitOperations::target).orElse(Target.NOTHING));
        return shown(call, limit(call, tx));
    }

    private static Target target(Own limit) {
        Holder holder = limit.holder();
        return new Target(
                holder.isDomain()
                        ? Map.of("target.limit.domain.id", holder.id())
                        : Map.of(
                                "target.limit.project_id", holder.id(),
                                "target.limit.project.domain_id", holder.domain()));
    }

    private Object change(Call call, Tx tx, LimitChange change) {
        Own current = limit(call, tx);
        Own changed =
                new Own(
                        current.id(),
                        current.registered(),
                        current.resource(),
                        current.holder(),
                        change.resourceLimit().orKeep(current.amount()),
                        change.description().over(current.description()));
        limits.update(tx, changed);
        requireFitting(tx, changed);
        return shown(call, changed);
    }

    private Object delete(Call call, Tx tx) {
        limits.deleteOwn(tx, limit(call, tx).id());
        return Reply.empty();
    }

    private Own limit(Call call, Tx tx) {
        String id = call.path("limit_id");
        return limits.findOwn(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find limit for %s.", id));
    }

    private static Object shown(Call call, Own limit) {
        return Map.of("limit", view(call, limit));
    }

    private static LimitView view(Call call, Own limit) {
        Optional<String> holder = Optional.of(limit.holder().id());
        boolean domain = limit.holder().isDomain();
        return new LimitView(
                limit.id(),
                holder.filter(id -> !domain),
                holder.filter(id -> domain),
                limit.resource().service(),
                limit.resource().region(),
                limit.resource().name(),
                limit.amount(),
                limit.description(),
                Links.self(call, "/limits/" + limit.id()));
    }
}
