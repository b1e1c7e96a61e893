package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.store.OauthStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a user has granted by OAuth 1: /v3/users/{user_id}/OS-OAUTH1/access_tokens. */
final class AccessTokenOperations implements OperationGroup {
    private static final String PATH = "/users/{user_id}/OS-OAUTH1/access_tokens";
    private static final String ONE = PATH + "/{access_token_id}";

    private final OauthStore store;
    private final RoleStore roles;
    private final Changes changes;

    AccessTokenOperations(OauthStore store, RoleStore roles, Changes changes) {
        this.store = store;
        this.roles = roles;
        this.changes = changes;
    }

    record TokenBody(
            String id,
            String consumerId,
            String projectId,
            String authorizingUserId,
            Optional<String> expiresAt,
            Map<String, String> links) {}

    record RoleBody(String id, String name, Optional<String> domainId, Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy("identity:list_access_tokens")
                        .doc("Lists what a user has granted by OAuth 1.")
                        .anyParam()
                        .reads(this::list),
                Operation.get(ONE)
                        .policy("identity:get_access_token")
                        .doc("Shows what a user has granted by OAuth 1.")
                        .reads((call, tx) -> Map.of("access_token", body(call, token(call, tx)))),
                Operation.delete(ONE)
                        .policyByHandler("identity:delete_access_token")
                        .doc("Takes away what a user has granted by OAuth 1; its tokens end.")
                        .writes((call, tx, body) -> delete(call, tx)),
                Operation.get(ONE + "/roles")
                        .policy("identity:list_access_token_roles")
                        .doc("Lists the roles that a user has granted by OAuth 1.")
                        .anyParam()
                        .reads(this::roles),
                Operation.get(ONE + "/roles/{role_id}")
                        .policy("identity:get_access_token_role")
                        .doc("Shows a role that a user has granted by OAuth 1.")
                        .reads(this::role));
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call);
        return asked.answer(
                "access_tokens",
                asked.page(store.accessOf(tx, new UserId(call.path("user_id"))), OauthToken::id),
                OauthToken::id,
                token -> body(call, token));
    }

    private Object delete(Call call, Tx tx) {
        call.authorize(Targets.user(new UserId(call.path("user_id"))));
        store.deleteToken(tx, token(call, tx).id());
        changes.made(tx, new UserId(call.path("user_id")));
        return Reply.empty();
    }

    private Object roles(Call call, Tx tx) {
        return Map.of(
                "roles",
                token(call, tx).roles().stream()
                        .flatMap(id -> roles.find(tx, id).stream())
                        .map(role -> body(call, role))
                        .toList(),
                "links",
                Links.whole(call));
    }

    private Object role(Call call, Tx tx) {
        String id = call.path("role_id");
        return Map.of(
                "role",
                Optional.of(id)
                        .filter(token(call, tx).roles()::contains)
                        .flatMap(known -> roles.find(tx, known))
                        .map(role -> body(call, role))
                        .orElseThrow(() -> Failure.notFound("Could not find role: %s.", id)));
    }

    private OauthToken token(Call call, Tx tx) {
        Optional<UserId> user = Optional.of(new UserId(call.path("user_id")));
        return store.access(tx, call.path("access_token_id"))
                .filter(token -> token.user().equals(user))
                .orElseThrow(() -> Failure.notFound("Access token not found"));
    }

    private static TokenBody body(Call call, OauthToken token) {
        String user = token.user().map(UserId::value).orElse("");
        String self =
                call.origin() + Links.ROOT + PATH.replace("{user_id}", user) + "/" + token.id();
        return new TokenBody(
                token.id(),
                token.consumer(),
                token.project().value(),
                user,
                token.expiresAt().map(Times::microsZ),
                Map.of("self", self, "roles", self + "/roles"));
    }

    private static RoleBody body(Call call, Role role) {
        return new RoleBody(
                role.id(),
                role.name(),
                role.domain().map(DomainId::value),
                Links.self(call, "/roles/" + role.id()));
    }
}
