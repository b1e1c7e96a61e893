package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.store.OidcClientStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The applications that may sign people in, in the words of OAuth's registration (RFC 7591, 7592),
 * by administrators of the cloud with a token of theirs. The secret is shown once.
 */
final class ClientOperations implements OperationGroup {
    private static final List<String> GRANTS =
            List.of("authorization_code", "refresh_token", DeviceOperations.GRANT);

    private final Provider provider;
    private final OidcClientStore clients;

    ClientOperations(Provider provider) {
        this.provider = provider;
        this.clients = provider.stores().oidc().clients();
    }

    record NewClient(
            @Length(min = 1, max = 255) String clientName,
            @Items(max = 50) Optional<List<String>> redirectUris,
            @Items(max = 50) Optional<List<String>> postLogoutRedirectUris,
            @OneOf({"client_secret_basic", "client_secret_post", "none"})
                    Optional<String> tokenEndpointAuthMethod,
            @Items(max = 10) Optional<List<String>> grantTypes,
            @Items(max = 10) Optional<List<String>> responseTypes,
            @Length(max = 255) Optional<String> scope,
            @OneOf({"RS256", "ES256"}) Optional<String> idTokenSignedResponseAlg) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record ClientBody(
            String clientId,
            Optional<String> clientSecret,
            @JsonProperty("client_secret_expires_at") Optional<Integer> secretExpires,
            String clientName,
            List<String> redirectUris,
            List<String> postLogoutRedirectUris,
            String tokenEndpointAuthMethod,
            List<String> grantTypes,
            List<String> responseTypes,
            String scope,
            String idTokenSignedResponseAlg) {
        @Override
        public String toString() {
            return "ClientBody[" + clientId + "]";
        }
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/register")
                        .policy("identity:list_oidc_clients")
                        .doc("Lists the clients of the OpenID Connect provider.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "clients",
                                                clients.list(tx).stream()
                                                        .map(c -> body(c, Optional.empty()))
                                                        .toList())),
                Operation.post("/register")
                        .policy("identity:create_oidc_client")
                        .doc("Registers a client of the OpenID Connect provider.")
                        .body(NewClient.class)
                        .replies(ClientBody.class)
                        .writes(this::register),
                Operation.get("/register/{client_id}")
                        .policy("identity:get_oidc_client")
                        .doc("Shows a client of the OpenID Connect provider.")
                        .replies(ClientBody.class)
                        .reads((call, tx) -> body(client(call, tx), Optional.empty())),
                Operation.delete("/register/{client_id}")
                        .policy("identity:delete_oidc_client")
                        .doc(
                                "Deletes a client of the OpenID Connect provider and all it was granted.")
                        .writes(
                                (call, tx, body) -> {
                                    clients.delete(tx, client(call, tx).id());
                                    return Reply.empty();
                                }));
    }

    private Object register(Call call, Tx tx, NewClient request) {
        String method = request.tokenEndpointAuthMethod().orElse("client_secret_basic");
        boolean isPublic = method.equals("none");
        List<String> grants =
                request.grantTypes().orElse(List.of("authorization_code", "refresh_token"));
        List<String> redirects = request.redirectUris().orElse(List.of());
        List<String> scopes =
                request.scope()
                        .map(text -> Arrays.asList(text.strip().split(" +")))
                        .orElse(Provider.SCOPES);
        if (!GRANTS.containsAll(grants)) {
            throw Failure.badRequest("grant_types are some of %s.", GRANTS);
        }
        if (!request.responseTypes().orElse(List.of("code")).equals(List.of("code"))) {
            throw Failure.badRequest("The only one of response_types is code.");
        }
        if (!Provider.SCOPES.containsAll(scopes) || !scopes.contains("openid")) {
            throw Failure.badRequest(
                    "scope is openid and some of %s.", String.join(" ", Provider.SCOPES));
        }
        if (grants.contains("authorization_code") == redirects.isEmpty()) {
            throw Failure.badRequest(
                    "redirect_uris are for the grant authorization_code, which needs one at least.");
        }
        redirects.forEach(uri -> RedirectUris.check(uri, isPublic));
        request.postLogoutRedirectUris()
                .orElse(List.of())
                .forEach(uri -> RedirectUris.check(uri, isPublic));
        Optional<String> secret =
                isPublic ? Optional.empty() : Optional.of(Opaque.make(provider.random()));
        OidcClient client =
                new OidcClient(
                        Ids.hex(),
                        request.clientName(),
                        secret.map(Opaque::hash),
                        method,
                        redirects,
                        request.postLogoutRedirectUris().orElse(List.of()),
                        grants,
                        scopes,
                        request.idTokenSignedResponseAlg().orElse("RS256"));
        clients.insert(tx, client);
        return body(client, secret);
    }

    private OidcClient client(Call call, Tx tx) {
        String id = call.path("client_id");
        return clients.find(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find client: %s.", id));
    }

    private static ClientBody body(OidcClient client, Optional<String> secret) {
        return new ClientBody(
                client.id(),
                secret,
                secret.map(text -> 0),
                client.name(),
                client.redirectUris(),
                client.logoutUris(),
                client.secretMethod(),
                client.grantTypes(),
                List.of("code"),
                String.join(" ", client.scopes()),
                client.algorithm());
    }
}
