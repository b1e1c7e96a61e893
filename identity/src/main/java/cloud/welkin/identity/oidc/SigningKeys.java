package cloud.welkin.identity.oidc;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcKey;
import cloud.welkin.identity.store.OidcKeyStore;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The keys that ID tokens are signed with, RS256 and ES256. The next key is published as long as
 * the one before it signs (staged), signs for thirty days (active), and is published two days more
 * (retired), longer than any ID token lives. So clients that keep the published keys for a while
 * have the next one already, whenever it takes over. Whoever needs a key makes the next one when it
 * is time; no work of its own runs for that.
 */
final class SigningKeys {
    static final List<String> ALGORITHMS = List.of("RS256", "ES256");

    private static final Duration SIGNS = Duration.ofDays(30);
    private static final Duration RETIRED = Duration.ofDays(2);
    private static final int RSA_BITS = 2048;

    private final Database database;
    private final Clock clock;
    private final OidcKeyStore store;

    SigningKeys(Database database, Clock clock, OidcKeyStore store) {
        this.database = database;
        this.clock = clock;
        this.store = store;
    }

    /** All that may have signed an ID token that is still good, and those that will next. */
    List<OidcKey> current() {
        Instant now = clock.instant();
        List<OidcKey> keys = database.read(store::list);
        return due(keys, now) ? database.write(tx -> renewed(tx, now)) : keys;
    }

    JWKSet published() {
        return new JWKSet(
                current().stream()
                        .map(key -> jwk(key).toPublicJWK())
                        .map(JWK.class::cast)
                        .toList());
    }

    /** The key that signs at the moment. */
    static Optional<OidcKey> active(List<OidcKey> keys, String algorithm, Instant now) {
        return keys.stream()
                .filter(key -> key.algorithm().equals(algorithm) && !key.activeAt().isAfter(now))
                .reduce((earlier, later) -> later);
    }

    /** A signed JWT of the claims; {@link #current} was asked before, so that there is a key. */
    String sign(Tx tx, JWTClaimsSet claims, String algorithm) {
        OidcKey key = active(store.list(tx), algorithm, clock.instant()).orElseThrow();
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.parse(algorithm))
                                .type(JOSEObjectType.JWT)
                                .keyID(key.id())
                                .build(),
                        claims);
        try {
            jwt.sign(signer(jwk(key)));
        } catch (JOSEException e) {
            throw new IllegalStateException("an ID token cannot be signed", e);
        }
        return jwt.serialize();
    }

    /**
     * The claims of an ID token of ours, even if it has expired; none of anything else. The
     * algorithm is the key's, not the token's word.
     */
    Optional<JWTClaimsSet> verify(String text) {
        try {
            SignedJWT jwt = SignedJWT.parse(text);
            for (OidcKey key : current()) {
                if (key.id().equals(jwt.getHeader().getKeyID())
                        && key.algorithm().equals(jwt.getHeader().getAlgorithm().getName())
                        && jwt.verify(verifier(jwk(key)))) {
                    return Optional.of(jwt.getJWTClaimsSet());
                }
            }
        } catch (ParseException | JOSEException e) {
            // Whatever it is, it is none of ours.
        }
        return Optional.empty();
    }

    /**
     * The next keys sign from now on. Those before are published as long as usual; or, when they
     * are known to somebody who should not, all that were ever published no longer at all.
     *
     * @param then done in the same transaction
     */
    void rotate(boolean distrust, Consumer<Tx> then) {
        Instant now = clock.instant();
        database.change(
                tx -> {
                    store.lock(tx);
                    for (OidcKey key : store.list(tx)) {
                        if (distrust) {
                            store.delete(tx, key.id());
                        } else if (key.activeAt().isAfter(now)) {
                            store.update(tx, signingFrom(key, now));
                        } else if (key.endsAt().filter(end -> !end.isAfter(now)).isEmpty()) {
                            store.update(tx, ending(key, now));
                        }
                    }
                    renewed(tx, now);
                    then.accept(tx);
                });
    }

    private static OidcKey signingFrom(OidcKey key, Instant from) {
        return new OidcKey(key.id(), key.algorithm(), key.jwk(), from, key.endsAt());
    }

    private static OidcKey ending(OidcKey key, Instant successorSigns) {
        Instant end = successorSigns.plus(RETIRED);
        return new OidcKey(
                key.id(),
                key.algorithm(),
                key.jwk(),
                key.activeAt(),
                Optional.of(key.endsAt().filter(end::isAfter).orElse(end)));
    }

    private static boolean due(List<OidcKey> keys, Instant now) {
        return keys.stream().anyMatch(key -> key.endsAt().filter(now::isAfter).isPresent())
                || ALGORITHMS.stream().anyMatch(algorithm -> lacksNext(keys, algorithm, now));
    }

    private static boolean lacksNext(List<OidcKey> keys, String algorithm, Instant now) {
        return keys.stream()
                .noneMatch(key -> key.algorithm().equals(algorithm) && key.activeAt().isAfter(now));
    }

    private List<OidcKey> renewed(Tx tx, Instant now) {
        store.lock(tx);
        List<OidcKey> keys = new ArrayList<>(store.list(tx));
        for (OidcKey key : List.copyOf(keys)) {
            if (key.endsAt().filter(now::isAfter).isPresent()) {
                store.delete(tx, key.id());
                keys.remove(key);
            }
        }
        for (String algorithm : ALGORITHMS) {
            if (!lacksNext(keys, algorithm, now)) {
                continue;
            }
            // The first of all signs at once: there is nobody yet who knows another.
            OidcKey active =
                    active(keys, algorithm, now).orElseGet(() -> inserted(tx, algorithm, now));
            Instant from = now.plus(SIGNS);
            store.update(tx, ending(active, from));
            inserted(tx, algorithm, from);
        }
        return store.list(tx);
    }

    private OidcKey inserted(Tx tx, String algorithm, Instant from) {
        OidcKey key = made(algorithm, from);
        store.insert(tx, key);
        return key;
    }

    private static OidcKey made(String algorithm, Instant from) {
        String id = UUID.randomUUID().toString();
        try {
            JWK jwk =
                    algorithm.equals("ES256")
                            ? new ECKeyGenerator(Curve.P_256)
                                    .keyID(id)
                                    .keyUse(KeyUse.SIGNATURE)
                                    .algorithm(JWSAlgorithm.ES256)
                                    .generate()
                            : new RSAKeyGenerator(RSA_BITS)
                                    .keyID(id)
                                    .keyUse(KeyUse.SIGNATURE)
                                    .algorithm(JWSAlgorithm.RS256)
                                    .generate();
            return new OidcKey(id, algorithm, jwk.toJSONString(), from, Optional.empty());
        } catch (JOSEException e) {
            throw new IllegalStateException("a key cannot be made", e);
        }
    }

    private static JWK jwk(OidcKey key) {
        try {
            return JWK.parse(key.jwk());
        } catch (ParseException e) {
            throw new IllegalStateException("key " + key.id() + " cannot be read", e);
        }
    }

    private static JWSSigner signer(JWK jwk) throws JOSEException {
        return jwk instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner((RSAKey) jwk);
    }

    private static JWSVerifier verifier(JWK jwk) throws JOSEException {
        return jwk instanceof ECKey ec
                ? new ECDSAVerifier(ec)
                : new RSASSAVerifier(((RSAKey) jwk).toPublicJWK());
    }
}
