package cloud.welkin.identity.oidc;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.policy.PolicyRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Welkin as OpenID Connect provider at /identity/oidc (openid.net/specs/openid-connect-core-1_0,
 * RFC 6749, 7009, 7636, 7662, 8628, 9207, 9700).
 */
public final class OidcApi {
    private static final String ADMIN = "role:admin";

    private OidcApi() {}

    public static Api of(
            Database database,
            Clock clock,
            SecureRandom random,
            Sessions sessions,
            Authentication authentication,
            Stores stores) {
        Provider provider =
                new Provider(
                        database,
                        clock,
                        random,
                        sessions,
                        authentication,
                        stores,
                        new SigningKeys(database, clock, stores.oidc().keys()));
        Browsers browsers = new Browsers(provider);
        return new Api(
                "identity-oidc",
                Provider.PATH,
                false,
                Optional.empty(),
                ErrorForm.keystone(),
                Api.USUAL_LARGEST_BODY,
                Stream.<OperationGroup>of(
                                new DiscoveryOperations(provider),
                                new AuthorizeOperations(provider, browsers),
                                new SignInOperations(provider, browsers),
                                new DeviceOperations(provider, browsers),
                                new TokenEndpoint(provider),
                                new TokenLookupOperations(provider),
                                new ClientOperations(provider),
                                new KeyOperations(provider))
                        .flatMap(group -> group.operations().stream())
                        .toList(),
                rules());
    }

    private static List<PolicyRule> rules() {
        return List.of(
                rule("list_oidc_clients", "List the clients of the OpenID Connect provider."),
                rule("get_oidc_client", "Show a client of the OpenID Connect provider."),
                rule("create_oidc_client", "Register a client of the OpenID Connect provider."),
                rule("delete_oidc_client", "Delete a client of the OpenID Connect provider."),
                rule("list_oidc_keys", "List the keys that ID tokens are signed with."),
                rule("rotate_oidc_keys", "Make new keys that ID tokens are signed with."));
    }

    private static PolicyRule rule(String name, String doc) {
        return PolicyRule.of("identity:" + name, ADMIN, doc, "system", "project");
    }
}
