package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.ServicePolicy;
import cloud.welkin.identity.store.Page;
import cloud.welkin.identity.store.Paging;
import cloud.welkin.identity.store.ServicePolicyStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The policies that services keep here: /v3/policies. */
final class ServicePolicyOperations implements OperationGroup {
    private static final String ONE = "/policies/{policy_id}";

    private final ServicePolicyStore store;

    ServicePolicyOperations(ServicePolicyStore store) {
        this.store = store;
    }

    record PolicyRequest(NewPolicy policy) {}

    record NewPolicy(
            String blob,
            @Length(max = 255) String type,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewPolicy {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record PolicyChangeRequest(PolicyChange policy) {}

    record PolicyChange(
            Field<String> id,
            Field<String> blob,
            @Length(max = 255) Field<String> type,
            @JsonAnySetter Map<String, JsonNode> extra) {
        PolicyChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record PolicyBody(
            String id,
            String type,
            String blob,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/policies")
                        .policy("identity:list_policies")
                        .doc("Lists the policies of services.")
                        .params(
                                Param.text("type", "Those of this MIME type."),
                                Param.integer("limit", "At most so many."),
                                Param.text("marker", "Those behind this id."))
                        .anyParam()
                        .reads(this::list),
                Operation.post("/policies")
                        .policy("identity:create_policy")
                        .doc("Keeps a policy for a service.")
                        .body(PolicyRequest.class)
                        .writes((call, tx, body) -> create(call, tx, body.policy())),
                Operation.get(ONE)
                        .policy("identity:get_policy")
                        .doc("Shows a policy of a service.")
                        .reads((call, tx) -> view(call, policy(call, tx, store))),
                Operation.patch(ONE)
                        .policy("identity:update_policy")
                        .doc("Changes a policy of a service.")
                        .body(PolicyChangeRequest.class)
                        .writes((call, tx, body) -> change(call, tx, body.policy())),
                Operation.delete(ONE)
                        .policy("identity:delete_policy")
                        .doc("Deletes a policy of a service.")
                        .writes(
                                (call, tx, body) -> {
                                    store.delete(tx, policy(call, tx, store).id());
                                    return Reply.empty();
                                }));
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call);
        Paging paging = asked.paging();
        return asked.answer(
                "policies",
                Page.of(
                        store.list(
                                tx, call.query().text("type"), paging.marker(), paging.limit() + 1),
                        paging.limit()),
                ServicePolicy::id,
                policy -> body(call, policy));
    }

    private Object create(Call call, Tx tx, NewPolicy request) {
        ServicePolicy policy =
                new ServicePolicy(
                        Ids.hex(), request.type(), request.blob(), Names.free(request.extra()));
        store.save(tx, policy);
        return view(call, policy);
    }

    private Object change(Call call, Tx tx, PolicyChange change) {
        ServicePolicy current = policy(call, tx, store);
        if (change.id().isPresent() && !change.id().given().equals(Optional.of(current.id()))) {
            throw Failure.badRequest("Cannot change policy ID");
        }
        boolean nothing =
                !change.id().isPresent()
                        && !change.blob().isPresent()
                        && !change.type().isPresent()
                        && change.extra().isEmpty();
        if (nothing) {
            throw Failure.badRequest("There is nothing to change.");
        }
        if (change.blob() instanceof Field.Null || change.type() instanceof Field.Null) {
            throw Failure.badRequest("A policy has a blob and a type.");
        }
        ServicePolicy changed =
                new ServicePolicy(
                        current.id(),
                        change.type().orKeep(current.type()),
                        change.blob().orKeep(current.blob()),
                        CatalogOperations.merged(current.extra(), change.extra()));
        store.save(tx, changed);
        return view(call, changed);
    }

    /** The policy that the path names. */
    static ServicePolicy policy(Call call, Tx tx, ServicePolicyStore store) {
        String id = call.path("policy_id");
        return store.find(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find policy: %s.", id));
    }

    static Object view(Call call, ServicePolicy policy) {
        return Map.of("policy", body(call, policy));
    }

    private static PolicyBody body(Call call, ServicePolicy policy) {
        return new PolicyBody(
                policy.id(),
                policy.type(),
                policy.blob(),
                Links.self(call, "/policies/" + policy.id()),
                policy.extra());
    }
}
