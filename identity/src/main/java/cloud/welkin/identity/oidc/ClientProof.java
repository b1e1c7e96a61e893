package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.store.OidcClientStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Query;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.PlainClientSecret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.net.URI;
import java.util.Optional;

/** Which client sends a request that no browser carries (RFC 6749, 2.3). */
final class ClientProof {
    private static final String NOBODY = Opaque.hash("");

    private final OidcClientStore clients;

    ClientProof(OidcClientStore clients) {
        this.clients = clients;
    }

    /** The client, or why it is none. */
    record Checked(Optional<OidcClient> client, ErrorObject error) {}

    /** The request as the library wants it. */
    static HTTPRequest http(Call call, Query form) {
        try {
            HTTPRequest request =
                    new HTTPRequest(
                            HTTPRequest.Method.POST, URI.create(call.origin() + call.rawPath()));
            request.setContentType("application/x-www-form-urlencoded");
            request.setBody(URLUtils.serializeParameters(form.values()));
            call.header("Authorization").ifPresent(request::setAuthorization);
            return request;
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    Checked check(Tx tx, Call call, Query form) {
        Checked refused = new Checked(Optional.empty(), OAuth2Error.INVALID_CLIENT);
        if (form.values().values().stream().anyMatch(values -> values.size() > 1)) {
            return new Checked(Optional.empty(), OAuth2Error.INVALID_REQUEST);
        }
        ClientAuthentication shown;
        try {
            shown = ClientAuthentication.parse(http(call, form));
        } catch (ParseException | IllegalArgumentException e) {
            return refused;
        }
        Optional<String> id =
                shown == null
                        ? form.text("client_id")
                        : Optional.of(shown.getClientID().getValue());
        Optional<OidcClient> client = id.flatMap(known -> clients.find(tx, known));
        boolean right =
                shown instanceof PlainClientSecret plain
                        ? Opaque.same(
                                        client.flatMap(OidcClient::secretHash).orElse(NOBODY),
                                        Opaque.hash(plain.getClientSecret().getValue()))
                                && client.filter(c -> c.secretMethod().equals(method(plain)))
                                        .isPresent()
                        : shown == null && client.filter(OidcClient::isPublic).isPresent();
        return right ? new Checked(client, OAuth2Error.INVALID_CLIENT) : refused;
    }

    private static String method(PlainClientSecret shown) {
        return shown instanceof ClientSecretBasic
                ? "client_secret_basic"
                : shown instanceof ClientSecretPost ? "client_secret_post" : "";
    }
}
