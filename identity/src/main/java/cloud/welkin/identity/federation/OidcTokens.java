package cloud.welkin.identity.federation;

import cloud.welkin.identity.domain.Verification.Oidc;
import cloud.welkin.kernel.failure.Failure;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderConfigurationRequest;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an OpenID provider says by an access token: one that is a JWT is verified by the provider's
 * keys (RFC 9068), another is asked about (RFC 7662), and the user's claims are fetched. What is
 * fetched is the operator's choice of provider, still bounded in size and time and not followed
 * elsewhere; keys are fetched anew for an unknown one, but not over and over.
 */
public final class OidcTokens {
    private static final Logger log = LoggerFactory.getLogger(OidcTokens.class);
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int LARGEST = 256 * 1024;
    private static final int LONGEST_TOKEN = 16 * 1024;

    /** Signatures by the provider's own keys only: nothing symmetric, and never none. */
    static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(
                    JWSAlgorithm.RS256,
                    JWSAlgorithm.RS384,
                    JWSAlgorithm.RS512,
                    JWSAlgorithm.PS256,
                    JWSAlgorithm.PS384,
                    JWSAlgorithm.PS512,
                    JWSAlgorithm.ES256,
                    JWSAlgorithm.ES384,
                    JWSAlgorithm.ES512);

    record Known(OIDCProviderMetadata metadata, JWKSource<SecurityContext> keys) {}

    private final Cache<String, Known> providers =
            Caffeine.newBuilder()
                    .expireAfterWrite(Duration.ofMinutes(10))
                    .maximumSize(1000)
                    .build();

    /**
     * @return the claims as attributes: {@code OIDC-name} and {@code HTTP_OIDC_NAME}, as Apache's
     *     modules hand them to Keystone, each with its values
     * @throws Failure 401 for a token that is not the provider's, not for us or not good any more;
     *     503 when the provider does not answer
     */
    public Map<String, List<String>> attributes(Oidc trusted, String token) {
        if (token.length() > LONGEST_TOKEN) {
            throw Failure.unauthorized();
        }
        Known known = known(trusted.issuer());
        try {
            boolean signed = token.chars().filter(c -> c == '.').count() == 2;
            return named(signed ? verified(trusted, known, token) : asked(trusted, known, token));
        } catch (BadJOSEException
                | RateLimitReachedException // An unknown key, and one has just looked for another.
                | java.text.ParseException
                | ParseException e) {
            log.info("an access token of {} is refused: {}", trusted.issuer(), e.getMessage());
            throw Failure.unauthorized();
        } catch (JOSEException | IOException e) {
            throw unreachable(trusted.issuer(), e);
        }
    }

    Known known(String issuer) {
        Known known = providers.getIfPresent(issuer);
        if (known == null) {
            known = discover(issuer);
            providers.put(issuer, known);
        }
        return known;
    }

    private static Known discover(String issuer) {
        try {
            HTTPRequest request =
                    bounded(
                            new OIDCProviderConfigurationRequest(new Issuer(issuer))
                                    .toHTTPRequest());
            OIDCProviderMetadata metadata =
                    OIDCProviderMetadata.parse(request.send().getBodyAsJSONObject());
            if (!metadata.getIssuer().getValue().equals(issuer)) {
                throw new IOException("it calls itself " + metadata.getIssuer());
            }
            DefaultResourceRetriever retriever =
                    new DefaultResourceRetriever(PATIENCE_MILLIS, PATIENCE_MILLIS, LARGEST);
            return new Known(
                    metadata,
                    JWKSourceBuilder.<SecurityContext>create(
                                    metadata.getJWKSetURI().toURL(), retriever)
                            .build());
        } catch (ParseException | IOException | IllegalArgumentException e) {
            throw unreachable(issuer, e);
        }
    }

    static HTTPRequest bounded(HTTPRequest request) {
        request.setConnectTimeout(PATIENCE_MILLIS);
        request.setReadTimeout(PATIENCE_MILLIS);
        request.setFollowRedirects(false);
        return request;
    }

    private static Map<String, Object> verified(Oidc trusted, Known known, String token)
            throws BadJOSEException, JOSEException, java.text.ParseException {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(
                        JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, known.keys()));
        processor.setJWTClaimsSetVerifier(
                new DefaultJWTClaimsVerifier<>(
                        trusted.audience(),
                        new JWTClaimsSet.Builder().issuer(trusted.issuer()).build(),
                        Set.of("sub", "exp")));
        return processor.process(token, null).toJSONObject();
    }

    private static Map<String, Object> asked(Oidc trusted, Known known, String token)
            throws ParseException, IOException {
        URI introspection = known.metadata().getIntrospectionEndpointURI();
        if (introspection == null || trusted.clientSecret().isEmpty()) {
            throw new ParseException("it is no JWT, and there is no way to ask about it");
        }
        BearerAccessToken bearer = new BearerAccessToken(token);
        TokenIntrospectionResponse answer =
                TokenIntrospectionResponse.parse(
                        bounded(
                                        new TokenIntrospectionRequest(
                                                        introspection,
                                                        new ClientSecretBasic(
                                                                new ClientID(trusted.audience()),
                                                                new Secret(
                                                                        trusted.clientSecret()
                                                                                .get())),
                                                        bearer)
                                                .toHTTPRequest())
                                .send());
        if (!(answer instanceof TokenIntrospectionSuccessResponse told) || !told.isActive()) {
            throw new ParseException("the provider does not know it, or no more");
        }
        boolean forUs =
                (told.getClientID() != null
                                && told.getClientID().getValue().equals(trusted.audience()))
                        || (told.getAudience() != null
                                && told.getAudience().stream()
                                        .anyMatch(
                                                one -> one.getValue().equals(trusted.audience())));
        if (!forUs || told.getSubject() == null) {
            throw new ParseException("it is for others, or of nobody");
        }
        Map<String, Object> claims = new HashMap<>();
        claims.put("iss", trusted.issuer());
        claims.put("sub", told.getSubject().getValue());
        URI userInfo = known.metadata().getUserInfoEndpointURI();
        if (userInfo != null && told.getScope() != null && told.getScope().contains("openid")) {
            UserInfoResponse user =
                    UserInfoResponse.parse(
                            bounded(new UserInfoRequest(userInfo, bearer).toHTTPRequest()).send());
            if (user.indicatesSuccess()
                    && user.toSuccessResponse().getUserInfo() != null
                    && user.toSuccessResponse()
                            .getUserInfo()
                            .getSubject()
                            .equals(told.getSubject())) {
                user.toSuccessResponse().getUserInfo().toJSONObject().forEach(claims::putIfAbsent);
            }
        }
        return claims;
    }

    static Map<String, List<String>> named(Map<String, Object> claims) {
        Map<String, List<String>> attributes = new HashMap<>();
        claims.forEach(
                (name, value) -> {
                    List<String> values = values(value);
                    attributes.put("OIDC-" + name, values);
                    attributes.put(
                            "HTTP_OIDC_"
                                    + name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"),
                            values);
                });
        return attributes;
    }

    private static List<String> values(Object value) {
        List<String> values = new ArrayList<>();
        for (Object each : value instanceof Collection<?> many ? many : List.of(value)) {
            values.add(String.valueOf(each));
        }
        return values;
    }

    static Failure unreachable(String issuer, Exception why) {
        log.warn("the OpenID provider {} cannot be asked: {}", issuer, why.toString());
        return Failure.unavailable("The identity provider cannot be reached.");
    }
}
