package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AccessRule;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a user's application credentials are restricted to: /v3/users/{user_id}/access_rules. Made
 * with the credentials, kept until deleted.
 */
final class AccessRuleOperations implements OperationGroup {
    private static final String PATH = "/users/{user_id}/access_rules";

    private final ApplicationCredentialStore credentials;

    AccessRuleOperations(ApplicationCredentialStore credentials) {
        this.credentials = credentials;
    }

    record RuleBody(
            String id, String service, String method, String path, Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policyByHandler("identity:list_access_rules")
                        .doc("Lists a user's access rules.")
                        .anyParam()
                        .reads(this::list),
                Operation.get(PATH + "/{access_rule_id}")
                        .policyByHandler("identity:get_access_rule")
                        .doc("Shows an access rule.")
                        .reads((call, tx) -> Map.of("access_rule", body(call, rule(call, tx)))),
                Operation.delete(PATH + "/{access_rule_id}")
                        .policyByHandler("identity:delete_access_rule")
                        .doc("Deletes an access rule that no application credential has.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(Targets.user(user));
        Asked asked = Asked.of(call, "service", "method", "path");
        return asked.answer(
                "access_rules",
                asked.page(
                        credentials.rulesOf(tx, user),
                        AccessRule::id,
                        rule ->
                                Map.of(
                                        "service", Optional.of(rule.service()),
                                        "method", Optional.of(rule.method()),
                                        "path", Optional.of(rule.path()))),
                AccessRule::id,
                rule -> body(call, rule));
    }

    private Object delete(Call call, Tx tx) {
        AccessRule rule = rule(call, tx);
        if (credentials.isUsed(tx, rule)) {
            throw Failure.forbidden(
                    "The access rule %s is in use by an application credential.", rule.id());
        }
        credentials.delete(tx, rule);
        return Reply.empty();
    }

    private AccessRule rule(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(Targets.user(user));
        String id = call.path("access_rule_id");
        return credentials.rulesOf(tx, user).stream()
                .filter(rule -> rule.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("Could not find Access Rule: %s.", id));
    }

    private static RuleBody body(Call call, AccessRule rule) {
        return new RuleBody(
                rule.id(),
                rule.service(),
                rule.method(),
                rule.path(),
                Links.self(call, "/access_rules/" + rule.id()));
    }
}
