package cloud.welkin.identity.federation;

import cloud.welkin.identity.domain.Verification.Oidc;
import cloud.welkin.kernel.failure.Failure;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.UserInfo;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing people in at an OpenID provider by their browser: the authorization code flow with PKCE
 * (OpenID Connect Core 1.0, section 3.1; RFC 7636), this cloud being the client.
 */
public final class OidcCodes {
    private static final Logger log = LoggerFactory.getLogger(OidcCodes.class);

    /** What mappings are made of, as far as the provider has it. */
    private static final List<String> SCOPES = List.of("openid", "profile", "email", "groups");

    private final OidcTokens providers;

    public OidcCodes(OidcTokens providers) {
        this.providers = providers;
    }

    /**
     * What only the browser that set out and this cloud know.
     *
     * @param state comes back with the code
     * @param nonce comes back in the ID token
     * @param verifier shows the provider that the code was asked for by who has it now
     */
    public record Secrets(String state, String nonce, String verifier) {
        @Override
        public String toString() {
            return "Secrets[…]";
        }
    }

    /**
     * @throws Failure 503 when the provider does not answer, or signs nobody in by a browser
     */
    public void requireBrowsers(Oidc trusted) {
        OIDCProviderMetadata metadata = providers.known(trusted.issuer()).metadata();
        if (metadata.getAuthorizationEndpointURI() == null
                || metadata.getTokenEndpointURI() == null) {
            throw Failure.unavailable("The identity provider signs nobody in by a browser.");
        }
    }

    /**
     * Where the browser is sent.
     *
     * @param back the address that it comes back to
     * @throws Failure 503 when the provider does not answer
     */
    public URI address(Oidc trusted, URI back, Secrets secrets) {
        requireBrowsers(trusted);
        OIDCProviderMetadata metadata = providers.known(trusted.issuer()).metadata();
        URI endpoint = metadata.getAuthorizationEndpointURI();
        Scope offered = metadata.getScopes();
        Stream<String> scopes =
                SCOPES.stream()
                        .filter(
                                scope ->
                                        scope.equals("openid")
                                                || (offered != null && offered.contains(scope)));
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE,
                        new Scope(scopes.toArray(String[]::new)),
                        new ClientID(trusted.audience()),
                        back)
                .endpointURI(endpoint)
                .state(new State(secrets.state()))
                .nonce(new Nonce(secrets.nonce()))
                .codeChallenge(new CodeVerifier(secrets.verifier()), CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /**
     * What the provider says of who came back with the code.
     *
     * @return attributes as {@link OidcTokens#attributes} names them
     * @throws Failure 401 when the provider does not take the code, or its ID token is not for this
     *     sign-in; 503 when it does not answer
     */
    public Map<String, List<String>> attributes(
            Oidc trusted, URI back, String code, Secrets secrets) {
        OidcTokens.Known known = providers.known(trusted.issuer());
        try {
            OIDCTokenResponse answer = exchanged(trusted, known.metadata(), back, code, secrets);
            JWT identity = answer.getOIDCTokens().getIDToken();
            if (identity == null) {
                throw new ParseException("the provider gives no ID token");
            }
            Map<String, Object> claims =
                    new HashMap<>(verified(trusted, known, identity, secrets.nonce()));
            userInfo(known.metadata(), answer.getOIDCTokens().getAccessToken())
                    .filter(user -> user.getSubject().getValue().equals(claims.get("sub")))
                    .ifPresent(user -> user.toJSONObject().forEach(claims::putIfAbsent));
            return OidcTokens.named(claims);
        } catch (ParseException
                | BadJOSEException
                | java.text.ParseException
                | IllegalArgumentException e) {
            log.info("a code of {} is refused: {}", trusted.issuer(), e.getMessage());
            throw Failure.unauthorized();
        } catch (IOException | JOSEException e) {
            throw OidcTokens.unreachable(trusted.issuer(), e);
        }
    }

    private static OIDCTokenResponse exchanged(
            Oidc trusted, OIDCProviderMetadata metadata, URI back, String code, Secrets secrets)
            throws ParseException, IOException {
        AuthorizationCodeGrant grant =
                new AuthorizationCodeGrant(
                        new AuthorizationCode(code), back, new CodeVerifier(secrets.verifier()));
        ClientID client = new ClientID(trusted.audience());
        TokenRequest request =
                trusted.clientSecret()
                        .map(
                                secret ->
                                        new TokenRequest.Builder(
                                                        metadata.getTokenEndpointURI(),
                                                        shown(metadata, client, secret),
                                                        grant)
                                                .build())
                        .orElseGet(
                                () ->
                                        new TokenRequest.Builder(
                                                        metadata.getTokenEndpointURI(),
                                                        client,
                                                        grant)
                                                .build());
        TokenResponse answer =
                OIDCTokenResponseParser.parse(OidcTokens.bounded(request.toHTTPRequest()).send());
        if (!(answer.indicatesSuccess()
                && answer.toSuccessResponse() instanceof OIDCTokenResponse told)) {
            throw new ParseException("the provider does not take it");
        }
        return told;
    }

    private static ClientAuthentication shown(
            OIDCProviderMetadata metadata, ClientID client, String secret) {
        List<ClientAuthenticationMethod> ways = metadata.getTokenEndpointAuthMethods();
        return ways != null
                        && !ways.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                        && ways.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                ? new ClientSecretPost(client, new Secret(secret))
                : new ClientSecretBasic(client, new Secret(secret));
    }

    private static Map<String, Object> verified(
            Oidc trusted, OidcTokens.Known known, JWT identity, String nonce)
            throws BadJOSEException, JOSEException, java.text.ParseException {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, null));
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(OidcTokens.ALGORITHMS, known.keys()));
        processor.setJWTClaimsSetVerifier(
                new DefaultJWTClaimsVerifier<>(
                        trusted.audience(),
                        new JWTClaimsSet.Builder()
                                .issuer(trusted.issuer())
                                .claim("nonce", nonce)
                                .build(),
                        Set.of("sub", "exp", "iat")));
        JWTClaimsSet claims = processor.process(identity, null);
        // Of several audiences the one that it was given to is named (section 3.1.3.7).
        String party = claims.getStringClaim("azp");
        if (party == null ? claims.getAudience().size() > 1 : !party.equals(trusted.audience())) {
            throw new BadJOSEException("the ID token was given to another");
        }
        return claims.toJSONObject();
    }

    private static Optional<UserInfo> userInfo(OIDCProviderMetadata metadata, AccessToken token)
            throws ParseException, IOException {
        if (metadata.getUserInfoEndpointURI() == null) {
            return Optional.empty();
        }
        UserInfoResponse answer =
                UserInfoResponse.parse(
                        OidcTokens.bounded(
                                        new UserInfoRequest(
                                                        metadata.getUserInfoEndpointURI(), token)
                                                .toHTTPRequest())
                                .send());
        return answer.indicatesSuccess()
                ? Optional.ofNullable(answer.toSuccessResponse().getUserInfo())
                : Optional.empty();
    }
}
