package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.store.OidcClientStore;
import cloud.welkin.kernel.api.Query;
import com.nimbusds.oauth2.sdk.AuthorizationErrorResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a request for authorization makes sense. First who asks and where the answer goes: while
 * one of these is in doubt nothing is sent anywhere. Then all the rest, which the client is told.
 */
final class AuthorizationCheck {
    static final ErrorObject ONLY_S256 = invalid("Of PKCE's methods only S256 is supported.");

    private static final String PUBLIC = "none";

    private final OidcClientStore clients;

    AuthorizationCheck(OidcClientStore clients) {
        this.clients = clients;
    }

    /** What came of it. */
    sealed interface Result {
        /** Nobody can be told but the person. */
        record Stop(String why) implements Result {}

        /** The client is told. */
        record Back(URI to) implements Result {}

        /**
         * It may go on.
         *
         * @param scopes those asked for that the client may have
         */
        record Asked(OidcClient client, AuthenticationRequest request, List<String> scopes)
                implements Result {

            /** The origin to which the answer leads, for the policy of pages on the way. */
            List<String> targets() {
                return origin(request.getRedirectionURI().toString());
            }
        }
    }

    static List<String> origin(String uri) {
        URI target = URI.create(uri);
        return target.getRawAuthority() == null
                ? List.of(target.getScheme() + ":")
                : List.of(target.getScheme() + "://" + target.getRawAuthority());
    }

    Result check(Tx tx, String issuer, Query parameters) {
        if (parameters.values().values().stream().anyMatch(values -> values.size() > 1)) {
            return new Result.Stop("A parameter came twice.");
        }
        Optional<OidcClient> client =
                parameters.text("client_id").flatMap(id -> clients.find(tx, id));
        if (client.isEmpty()) {
            return new Result.Stop("The application that sent you here is not known.");
        }
        Optional<String> redirect =
                parameters
                        .text("redirect_uri")
                        .filter(uri -> client.get().redirectUris().contains(uri));
        if (redirect.isEmpty()) {
            return new Result.Stop(
                    "The application that sent you here wants you back at an address that it has not"
                            + " registered.");
        }
        URI back = URI.create(redirect.get());
        Optional<State> state = parameters.text("state").filter(s -> !s.isEmpty()).map(State::new);
        AuthenticationRequest request;
        try {
            if (parameters.has("request") || parameters.has("request_uri")) {
                return refuse(
                        back,
                        state,
                        issuer,
                        parameters.has("request")
                                ? OAuth2Error.REQUEST_NOT_SUPPORTED
                                : OAuth2Error.REQUEST_URI_NOT_SUPPORTED);
            }
            request = AuthenticationRequest.parse(parameters.values());
        } catch (ParseException | IllegalArgumentException e) {
            return refuse(back, state, issuer, error(e));
        }
        Optional<ErrorObject> wrong = wrong(client.get(), request);
        if (wrong.isPresent()) {
            return refuse(back, state, issuer, wrong.get());
        }
        List<String> scopes = new ArrayList<>(request.getScope().toStringList());
        scopes.retainAll(client.get().scopes());
        return new Result.Asked(client.get(), request, List.copyOf(scopes));
    }

    private static ErrorObject error(Exception e) {
        return e instanceof ParseException parse && parse.getErrorObject() != null
                ? parse.getErrorObject()
                : OAuth2Error.INVALID_REQUEST;
    }

    private static Optional<ErrorObject> wrong(OidcClient client, AuthenticationRequest request) {
        if (!request.getResponseType().impliesCodeFlow()) {
            return Optional.of(OAuth2Error.UNSUPPORTED_RESPONSE_TYPE);
        }
        if (request.getResponseMode() != null
                && !request.getResponseMode().equals(ResponseMode.QUERY)) {
            return Optional.of(invalid("Only the response mode query is supported."));
        }
        if (!client.may("authorization_code")) {
            return Optional.of(OAuth2Error.UNAUTHORIZED_CLIENT);
        }
        boolean challenged = request.getCodeChallenge() != null;
        if (challenged && !CodeChallengeMethod.S256.equals(request.getCodeChallengeMethod())) {
            return Optional.of(ONLY_S256);
        }
        if (!challenged && client.secretMethod().equals(PUBLIC)) {
            return Optional.of(invalid("PKCE is required: code_challenge is missing."));
        }
        if (!challenged && request.getNonce() == null) {
            // Else a code that was stolen could be put into another browser's answer (RFC 9700).
            return Optional.of(invalid("Either PKCE or a nonce is required."));
        }
        return Optional.empty();
    }

    private static ErrorObject invalid(String description) {
        return OAuth2Error.INVALID_REQUEST.setDescription(description);
    }

    static Result.Back refuse(URI back, Optional<State> state, String issuer, ErrorObject error) {
        return new Result.Back(
                new AuthorizationErrorResponse(
                                back,
                                error,
                                state.orElse(null),
                                new Issuer(issuer),
                                ResponseMode.QUERY)
                        .toURI());
    }
}
