package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Roles that imply others: /v3/roles/{prior}/implies and /v3/role_inferences. */
final class ImpliedRoleOperations implements OperationGroup {
    private static final String PATH = "/roles/{prior_role_id}/implies";
    private static final String ONE = PATH + "/{implied_role_id}";

    private final RoleStore roles;
    private final Changes changes;

    ImpliedRoleOperations(RoleStore roles, Changes changes) {
        this.roles = roles;
        this.changes = changes;
    }

    record Named(String id, String name, Optional<String> domainId, Map<String, String> links) {}

    record Inference(Named priorRole, Named implies) {}

    record Inferences(Named priorRole, List<Named> implies) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/role_inferences")
                        .policy("identity:list_role_inference_rules")
                        .doc("Lists what each role implies.")
                        .reads(this::all),
                Operation.get(PATH)
                        .policy("identity:list_implied_roles")
                        .doc("Lists the roles that a role implies.")
                        .reads(this::of),
                Operation.put(ONE)
                        .policy("identity:create_implied_role")
                        .doc("Makes a role imply another.")
                        .status(201)
                        .writes((call, tx, body) -> imply(call, tx)),
                Operation.get(ONE)
                        .policy("identity:get_implied_role")
                        .doc("Whether a role implies another.")
                        .reads((call, tx) -> view(call, required(call, tx))),
                Operation.head(ONE)
                        .policy("identity:check_implied_role")
                        .status(204)
                        .doc("Whether a role implies another, without showing them.")
                        .reads(
                                (call, tx) -> {
                                    required(call, tx);
                                    return Reply.empty();
                                }),
                Operation.delete(ONE)
                        .policy("identity:delete_implied_role")
                        .doc("Makes a role no longer imply another.")
                        .writes((call, tx, body) -> unimply(call, tx)));
    }

    private record Pair(Role prior, Role implied) {}

    private Object all(Call call, Tx tx) {
        List<Inferences> all = new ArrayList<>();
        roles.inferences(tx, Optional.empty())
                .forEach((prior, implied) -> all.add(inferences(call, tx, prior, implied)));
        return Map.of("role_inferences", all, "links", Links.whole(call));
    }

    private Object of(Call call, Tx tx) {
        String prior = role(call, tx, "prior_role_id").id();
        List<String> implied =
                roles.inferences(tx, Optional.of(prior)).getOrDefault(prior, List.of());
        return Map.of(
                "role_inference",
                inferences(call, tx, prior, implied),
                "links",
                Links.self(call, "/roles/" + prior + "/implies"));
    }

    private Object imply(Call call, Tx tx) {
        Pair pair = pair(call, tx);
        if (pair.implied().name().equals("admin")) {
            // As Keystone's prohibited_implied_role: nobody becomes admin by the back door.
            throw Failure.forbidden("The role admin cannot be implied by another.");
        }
        if (pair.implied().domain().isPresent() && pair.prior().domain().isEmpty()) {
            throw Failure.forbidden("A global role cannot imply one of a domain.");
        }
        if (roles.withImplied(tx, List.of(pair.implied().id())).contains(pair.prior().id())) {
            throw Failure.badRequest("A role cannot imply one by which it is implied.");
        }
        roles.imply(tx, pair.prior().id(), pair.implied().id());
        changes.made(tx);
        return view(call, pair);
    }

    private Object unimply(Call call, Tx tx) {
        Pair pair = pair(call, tx);
        if (!roles.unimply(tx, pair.prior().id(), pair.implied().id())) {
            throw missing(pair);
        }
        changes.made(tx);
        return Reply.empty();
    }

    private Pair required(Call call, Tx tx) {
        Pair pair = pair(call, tx);
        boolean implies =
                roles.inferences(tx, Optional.of(pair.prior().id()))
                        .getOrDefault(pair.prior().id(), List.of())
                        .contains(pair.implied().id());
        if (!implies) {
            throw missing(pair);
        }
        return pair;
    }

    private Pair pair(Call call, Tx tx) {
        return new Pair(role(call, tx, "prior_role_id"), role(call, tx, "implied_role_id"));
    }

    private Role role(Call call, Tx tx, String variable) {
        String id = call.path(variable);
        return roles.find(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find role: %s.", id));
    }

    private static Failure missing(Pair pair) {
        return Failure.notFound("%s does not imply %s.", pair.prior().id(), pair.implied().id());
    }

    private Inferences inferences(Call call, Tx tx, String prior, List<String> implied) {
        return new Inferences(
                named(call, roles.find(tx, prior).orElseThrow()),
                implied.stream().map(id -> named(call, roles.find(tx, id).orElseThrow())).toList());
    }

    private static Object view(Call call, Pair pair) {
        return Map.of(
                "role_inference",
                new Inference(named(call, pair.prior()), named(call, pair.implied())),
                "links",
                Links.self(
                        call, "/roles/" + pair.prior().id() + "/implies/" + pair.implied().id()));
    }

    private static Named named(Call call, Role role) {
        return new Named(
                role.id(),
                role.name(),
                role.domain().map(DomainId::value),
                Links.self(call, "/roles/" + role.id()));
    }
}
