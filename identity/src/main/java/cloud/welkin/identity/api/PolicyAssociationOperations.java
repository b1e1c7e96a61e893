package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.identity.domain.ServicePolicy;
import cloud.welkin.identity.domain.ServicePolicy.Subject;
import cloud.welkin.identity.store.ServicePolicyStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which policy is for which endpoint, service, or service in a region: OS-ENDPOINT-POLICY. Each of
 * these has one policy at most; a new one takes the place of the old one.
 */
final class PolicyAssociationOperations implements OperationGroup {
    private static final String PATH = "/policies/{policy_id}/OS-ENDPOINT-POLICY";

    private final ServicePolicyStore store;
    private final Catalogue catalogue;

    PolicyAssociationOperations(ServicePolicyStore store, Catalogue catalogue) {
        this.store = store;
        this.catalogue = catalogue;
    }

    /** Finds in the path what a policy is for. */
    @FunctionalInterface
    private interface Named {
        /**
         * @throws Failure 404 when there is no such thing
         */
        Subject subject(Call call, Tx tx);
    }

    @Override
    public List<Operation> operations() {
        return Stream.of(
                        of("/endpoints/{endpoint_id}", "endpoint", this::endpoint),
                        of("/services/{service_id}", "service", this::service),
                        of(
                                "/services/{service_id}/regions/{region_id}",
                                "region_and_service",
                                this::serviceInRegion),
                        lookups())
                .flatMap(List::stream)
                .toList();
    }

    private List<Operation> of(String path, String rule, Named named) {
        String what = rule.replace('_', ' ');
        return List.of(
                Operation.get(PATH + path)
                        .policy("identity:check_policy_association_for_" + rule)
                        .doc("Whether a policy is for this " + what + ".")
                        .status(204)
                        .reads((call, tx) -> check(call, tx, named)),
                Operation.put(PATH + path)
                        .policy("identity:create_policy_association_for_" + rule)
                        .doc("From now on a policy is for this " + what + ".")
                        .status(204)
                        .writes((call, tx, body) -> associate(call, tx, named)),
                Operation.delete(PATH + path)
                        .policy("identity:delete_policy_association_for_" + rule)
                        .doc("A policy is no longer for this " + what + ".")
                        .writes((call, tx, body) -> dissociate(call, tx, named)));
    }

    private List<Operation> lookups() {
        return List.of(
                Operation.get(PATH + "/endpoints")
                        .policy("identity:list_endpoints_for_policy")
                        .doc("Lists the endpoints that a policy is for.")
                        .anyParam()
                        .reads(this::endpoints),
                Operation.get(PATH + "/policy")
                        .policy("identity:get_policy_for_endpoint")
                        .doc("Shows a policy that is for some endpoint.")
                        .reads(this::used),
                Operation.get("/endpoints/{endpoint_id}/OS-ENDPOINT-POLICY/policy")
                        .policy("identity:get_policy_for_endpoint")
                        .doc("Shows the policy of an endpoint, or else of its region or service.")
                        .reads(this::effective));
    }

    private Object check(Call call, Tx tx, Named named) {
        ServicePolicy policy = policy(call, tx);
        if (store.of(tx, named.subject(call, tx)).filter(policy::equals).isEmpty()) {
            throw Failure.notFound("Could not find policy association.");
        }
        return Reply.empty();
    }

    private Object associate(Call call, Tx tx, Named named) {
        store.associate(tx, policy(call, tx).id(), named.subject(call, tx));
        return Reply.empty();
    }

    private Object dissociate(Call call, Tx tx, Named named) {
        store.dissociate(tx, policy(call, tx).id(), named.subject(call, tx));
        return Reply.empty();
    }

    private Object endpoints(Call call, Tx tx) {
        return CatalogOperations.view(call, covered(call, tx, policy(call, tx)));
    }

    private Object used(Call call, Tx tx) {
        ServicePolicy policy = policy(call, tx);
        if (covered(call, tx, policy).isEmpty()) {
            throw Failure.notFound("Could not find policy association.");
        }
        return ServicePolicyOperations.view(call, policy);
    }

    private List<Endpoint> covered(Call call, Tx tx, ServicePolicy policy) {
        return ServicePolicy.covered(
                store.subjects(tx, policy.id()),
                catalogue.endpoints(tx, call.origin()),
                catalogue.regions(tx));
    }

    private Object effective(Call call, Tx tx) {
        Endpoint endpoint = endpointRow(call, tx);
        return ServicePolicy.subjectsOf(endpoint, catalogue.regions(tx)).stream()
                .map(subject -> store.of(tx, subject))
                .flatMap(Optional::stream)
                .findFirst()
                .map(policy -> ServicePolicyOperations.view(call, policy))
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "No policy is associated with endpoint %s.",
                                        endpoint.id()));
    }

    private ServicePolicy policy(Call call, Tx tx) {
        return ServicePolicyOperations.policy(call, tx, store);
    }

    private Endpoint endpointRow(Call call, Tx tx) {
        return CatalogOperations.endpoint(call, tx, catalogue);
    }

    private Subject endpoint(Call call, Tx tx) {
        return new Subject.OfEndpoint(endpointRow(call, tx).id());
    }

    private Subject service(Call call, Tx tx) {
        return new Subject.OfService(CatalogOperations.service(call, tx, catalogue).id());
    }

    private Subject serviceInRegion(Call call, Tx tx) {
        String region =
                CatalogOperations.one(catalogue.regions(tx), "region", call.path("region_id")).id();
        return new Subject.OfServiceIn(CatalogOperations.service(call, tx, catalogue).id(), region);
    }
}
