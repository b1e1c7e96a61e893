package cloud.welkin.identity.api;

import static cloud.welkin.identity.api.IdentityPolicy.ADMIN;
import static cloud.welkin.identity.api.IdentityPolicy.SYSTEM_READER;
import static cloud.welkin.identity.api.IdentityPolicy.rule;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/** Keystone's rules of OS-OAUTH1. */
final class OauthPolicy {
    private OauthPolicy() {}

    static List<PolicyRule> rules() {
        return List.of(
                rule("list_consumers", SYSTEM_READER, "List OAuth 1 consumers."),
                rule("get_consumer", SYSTEM_READER, "Show an OAuth 1 consumer."),
                rule("create_consumer", ADMIN, "Create an OAuth 1 consumer."),
                rule("update_consumer", ADMIN, "Change an OAuth 1 consumer."),
                rule("delete_consumer", ADMIN, "Delete an OAuth 1 consumer and its tokens."),
                rule("authorize_request_token", ADMIN, "Grant a consumer's request."),
                rule("list_access_tokens", ADMIN, "List a user's OAuth 1 access tokens."),
                rule("get_access_token", ADMIN, "Show an OAuth 1 access token."),
                rule("list_access_token_roles", ADMIN, "List an OAuth 1 access token's roles."),
                rule("get_access_token_role", ADMIN, "Show an OAuth 1 access token's role."),
                rule(
                        "delete_access_token",
                        ADMIN + " or user_id:%(target.user.id)s",
                        "Take an OAuth 1 access token away."));
    }
}
