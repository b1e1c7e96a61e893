package cloud.welkin.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An OpenID provider that says and signs whatever a test wants, on loopback. */
final class OpenIdProvider implements AutoCloseable {
    static final String AUDIENCE = "welkin";

    private final HttpServer server;
    final AtomicInteger keysAsked = new AtomicInteger();
    volatile RSAKey key = key("one");

    /** What the client sent for the last code, and what it is given for it. */
    volatile String asked = "";

    volatile String given = "{\"error\": \"invalid_grant\"}";
    volatile String introspection = "{\"active\": false}";

    OpenIdProvider() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        serve("/.well-known/openid-configuration", this::configuration);
        serve(
                "/keys",
                () -> {
                    keysAsked.incrementAndGet();
                    return new JWKSet(key.toPublicJWK()).toString();
                });
        serve("/introspect", () -> introspection);
        serve("/userinfo", () -> "{\"sub\": \"42\", \"preferred_username\": \"opaque\"}");
        server.createContext(
                "/token",
                exchange -> {
                    asked =
                            exchange.getRequestHeaders().getFirst("Authorization")
                                    + " "
                                    + new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8);
                    byte[] body = given.getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(given.contains("error") ? 400 : 200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
    }

    static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private String configuration() {
        String at = "\": \"" + issuer();
        return "{\"issuer"
                + at
                + "\", \"jwks_uri"
                + at
                + "/keys\", \"authorization_endpoint"
                + at
                + "/auth\", \"token_endpoint"
                + at
                + "/token\", \"introspection_endpoint"
                + at
                + "/introspect\", \"userinfo_endpoint"
                + at
                + "/userinfo\", \"subject_types_supported\": [\"public\"]}";
    }

    /** The claims that a token has when nothing is wrong with it. */
    JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .subject("42")
                .audience(AUDIENCE)
                .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))))
                .claim("preferred_username", "joe")
                .claim("groups", List.of("staff", "guests"));
    }

    String signed(JWTClaimsSet.Builder claims) {
        return signed(claims, key);
    }

    static String signed(JWTClaimsSet.Builder claims, RSAKey by) {
        try {
            SignedJWT token =
                    new SignedJWT(
                            new JWSHeader.Builder(JWSAlgorithm.RS256)
                                    .keyID(by.getKeyID())
                                    .type(JOSEObjectType.JWT)
                                    .build(),
                            claims.build());
            token.sign(new RSASSASigner(by));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(String path, java.util.function.Supplier<String> answer) {
        server.createContext(
                path,
                exchange -> {
                    byte[] body = answer.get().getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
