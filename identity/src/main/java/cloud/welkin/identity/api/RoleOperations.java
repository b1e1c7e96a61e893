package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.Options;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.databind.JsonNode;

/** Roles: /v3/roles. */
final class RoleOperations implements OperationGroup {
    private final RoleStore roles;
    private final Changes changes;

    RoleOperations(RoleStore roles, Changes changes) {
        this.roles = roles;
        this.changes = changes;
    }

    record RoleRequest(NewRole role) {}

    record NewRole(
            @Length(min = 1, max = 255) String name,
            Optional<String> description,
            Optional<String> domainId,
            Optional<Map<String, JsonNode>> options) {}

    record RoleChangeRequest(RoleChange role) {}

    record RoleChange(
            @Length(min = 1, max = 255) Field<String> name,
            Field<String> description,
            Field<Map<String, JsonNode>> options) {}

    record RoleView(RoleBody role) {}

    record RoleBody(
            String id,
            String name,
            Optional<String> domainId,
            Optional<String> description,
            Map<String, JsonNode> options,
            Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/roles")
                        .policyByHandler("identity:list_roles")
                        .doc("Lists roles; those of a domain by domain_id.")
                        .params(Listing.params(Param.text("domain_id", "Those of this domain.")))
                        .anyParam()
                        .reads(this::list),
                Operation.post("/roles")
                        .policyByHandler("identity:create_role")
                        .doc("Creates a role.")
                        .body(RoleRequest.class)
                        .replies(RoleView.class)
                        .writes((call, tx, body) -> create(call, tx, body.role())),
                Operation.get("/roles/{role_id}")
                        .policyByHandler("identity:get_role")
                        .doc("Shows a role.")
                        .replies(RoleView.class)
                        .reads((call, tx) -> new RoleView(body(call, role(call, tx)))),
                Operation.patch("/roles/{role_id}")
                        .policyByHandler("identity:update_role")
                        .doc("Changes a role.")
                        .body(RoleChangeRequest.class)
                        .replies(RoleView.class)
                        .writes((call, tx, body) -> change(call, tx, body.role())),
                Operation.delete("/roles/{role_id}")
                        .policyByHandler("identity:delete_role")
                        .doc("Deletes a role and takes it from all who hold it.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        Optional<DomainId> domain = call.query().text("domain_id").map(DomainId::new);
        authorize(call, domain, Target.NOTHING);
        Asked asked = Asked.of(call, "name");
        return asked.answer(
                "roles",
                asked.page(
                        roles.list(tx, Optional.empty(), domain),
                        Role::id,
                        role -> Map.of("name", Optional.of(role.name()))),
                Role::id,
                role -> body(call, role));
    }

    private Object create(Call call, Tx tx, NewRole request) {
        authorize(call, request.domainId().map(DomainId::new), Target.NOTHING);
        Role role =
                new Role(
                        Ids.hex(),
                        Names.of(request.name()),
                        request.domainId().map(DomainId::new),
                        request.description(),
                        Options.ofOther(Map.of(), request.options().orElse(Map.of())));
        store(() -> roles.insert(tx, role));
        return new RoleView(body(call, role));
    }

    private Object change(Call call, Tx tx, RoleChange change) {
        Role current = role(call, tx);
        Map<String, JsonNode> options =
                Options.ofOther(current.options(), change.options().given().orElse(Map.of()));
        Options.requireMutable("role", current.id(), current.options(), options);
        Role changed =
                new Role(
                        current.id(),
                        Names.of(change.name().orKeep(current.name())),
                        current.domain(),
                        change.description().over(current.description()),
                        options);
        store(() -> roles.update(tx, changed));
        changes.made(tx);
        return new RoleView(body(call, changed));
    }

    private Object delete(Call call, Tx tx) {
        Role role = role(call, tx);
        Options.requireMutable("role", role.id(), role.options(), role.options());
        roles.delete(tx, role.id());
        changes.made(tx);
        return Reply.empty();
    }

    private Role role(Call call, Tx tx) {
        String id = call.path("role_id");
        Optional<Role> role = roles.find(tx, id);
        Target target = Targets.role(role);
        // That a role is not there is no secret, as in Keystone.
        call.may(target);
        Role found = role.orElseThrow(() -> Failure.notFound("Could not find role: %s.", id));
        authorize(call, found.domain(), target);
        return found;
    }

    /** Roles of domains have rules of their own. */
    private static void authorize(Call call, Optional<DomainId> domain, Target target) {
        boolean may = call.may(target);
        String rule = call.operation().policyName();
        if (domain.isPresent()) {
            call.require(rule.replace("_role", "_domain_role"), target);
        } else if (!may) {
            call.authorize(target);
        }
    }

    private static void store(Runnable write) {
        try {
            write.run();
        } catch (IntegrityConstraintViolationException e) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store role - Duplicate entry, or no such"
                            + " domain.");
        }
    }

    static RoleBody body(Call call, Role role) {
        return new RoleBody(
                role.id(),
                role.name(),
                role.domain().map(DomainId::value),
                role.description(),
                role.options(),
                Links.self(call, "/roles/" + role.id()));
    }
}
