package cloud.welkin.identity.oidc;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.SubjectType;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What clients learn of the provider by themselves: OpenID Connect Discovery 1.0, and the keys. */
final class DiscoveryOperations implements OperationGroup {
    private final Provider provider;

    DiscoveryOperations(Provider provider) {
        this.provider = provider;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/.well-known/openid-configuration")
                        .openToAll()
                        .doc("What the provider can do, and where.")
                        .anyParam()
                        .streams(
                                (call, exchange) ->
                                        send(
                                                exchange,
                                                "application/json",
                                                metadata(call).toJSONObject().toJSONString())),
                Operation.get("/jwks")
                        .openToAll()
                        .doc("The public keys that ID tokens are signed with.")
                        .anyParam()
                        .streams(
                                (call, exchange) ->
                                        send(
                                                exchange,
                                                "application/jwk-set+json",
                                                provider.keys().published().toString(true))));
    }

    private static OIDCProviderMetadata metadata(Call call) {
        String issuer = Provider.issuer(call);
        OIDCProviderMetadata metadata =
                new OIDCProviderMetadata(
                        new Issuer(issuer),
                        List.of(SubjectType.PUBLIC),
                        URI.create(issuer + "/jwks"));
        List<ClientAuthenticationMethod> secrets =
                List.of(
                        ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                        ClientAuthenticationMethod.CLIENT_SECRET_POST);
        metadata.setAuthorizationEndpointURI(URI.create(issuer + "/authorize"));
        metadata.setTokenEndpointURI(URI.create(issuer + "/token"));
        metadata.setUserInfoEndpointURI(URI.create(issuer + "/userinfo"));
        metadata.setRevocationEndpointURI(URI.create(issuer + "/revoke"));
        metadata.setIntrospectionEndpointURI(URI.create(issuer + "/introspect"));
        metadata.setEndSessionEndpointURI(URI.create(issuer + "/logout"));
        metadata.setDeviceAuthorizationEndpointURI(URI.create(issuer + "/device_authorization"));
        metadata.setRegistrationEndpointURI(URI.create(issuer + "/register"));
        metadata.setScopes(new Scope(Provider.SCOPES.toArray(String[]::new)));
        metadata.setResponseTypes(List.of(ResponseType.CODE));
        metadata.setResponseModes(List.of(ResponseMode.QUERY));
        metadata.setGrantTypes(
                List.of(
                        GrantType.AUTHORIZATION_CODE,
                        GrantType.REFRESH_TOKEN,
                        GrantType.DEVICE_CODE));
        metadata.setCodeChallengeMethods(List.of(CodeChallengeMethod.S256));
        metadata.setTokenEndpointAuthMethods(
                List.of(
                        ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                        ClientAuthenticationMethod.CLIENT_SECRET_POST,
                        ClientAuthenticationMethod.NONE));
        metadata.setIntrospectionEndpointAuthMethods(secrets);
        metadata.setIDTokenJWSAlgs(List.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256));
        metadata.setClaims(Claims.NAMES);
        metadata.setSupportsAuthorizationResponseIssuerParam(true);
        metadata.setSupportsRequestParam(false);
        metadata.setSupportsRequestURIParam(false);
        return metadata;
    }

    /** Kept for five minutes by clients, much less than keys are published before they sign. */
    private static void send(Exchange exchange, String type, String text) {
        try (OutputStream out =
                exchange.answer(
                        200,
                        Map.of(
                                "Content-Type",
                                type,
                                "Cache-Control",
                                "public, max-age=300",
                                "Access-Control-Allow-Origin",
                                "*"))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
