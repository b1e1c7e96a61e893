package cloud.welkin.identity.saml;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.SamlKey;
import cloud.welkin.identity.store.SamlKeyStore;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The keys with which this cloud signs what it says by SAML, and their rotation. The first is made
 * when it is first needed. Partners know keys by our metadata alone, which some read but once, and
 * some take but one key: so there is one, until the operator stages the next, which is in the
 * metadata only; it takes over when the operator says so, and the one before stays in the metadata
 * until nothing is good any more that it signed.
 */
public final class SamlKeys {
    private static final int BITS = 3072;
    private static final Duration GOOD = Duration.ofDays(7300);

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final SamlKeyStore store;
    private final Duration useful;

    /** What a rotation has come to. */
    public enum Rotated {
        STAGED,
        PROMOTED
    }

    /**
     * @param useful how long after it was signed anything may be shown
     */
    public SamlKeys(
            Database database,
            Clock clock,
            SecureRandom random,
            SamlKeyStore store,
            Duration useful) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.store = store;
        this.useful = useful;
    }

    /** The one that signs. */
    public SamlKey signing() {
        return database.read(store::signing)
                .orElseGet(
                        () -> {
                            published();
                            return database.read(store::signing).orElseThrow();
                        });
    }

    /** Those that our metadata name, the one that signs first. */
    public List<SamlKey> published() {
        List<SamlKey> known = database.read(store::all);
        return known.isEmpty() ? database.write(this::prepared) : known;
    }

    /** What there is, without making any. */
    public List<SamlKey> shown() {
        return database.read(store::all);
    }

    /**
     * The staged key signs from now on; where none is staged, one is.
     *
     * @param then done in the same transaction
     */
    public Rotated rotate(Consumer<Tx> then) {
        return database.write(
                tx -> {
                    then.accept(tx);
                    boolean staged =
                            prepared(tx).stream().anyMatch(key -> key.promoted().isEmpty());
                    if (staged) {
                        store.promote(tx, clock.instant());
                        return Rotated.PROMOTED;
                    }
                    store.insert(tx, made(Optional.empty()));
                    return Rotated.STAGED;
                });
    }

    /** Forgets those that signed nothing that is good still; how many. */
    public int tend() {
        return database.write(tx -> store.drop(tx, clock.instant().minus(useful)));
    }

    /** One that signs is there from now on. */
    private List<SamlKey> prepared(Tx tx) {
        store.lock(tx);
        if (store.signing(tx).isEmpty()) {
            store.insert(tx, made(Optional.of(clock.instant())));
        }
        return store.all(tx);
    }

    private SamlKey made(Optional<Instant> promoted) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        byte[] id = new byte[8];
        random.nextBytes(id);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS, random);
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=Welkin identity");
            X509Certificate certificate =
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    new JcaX509v3CertificateBuilder(
                                                    name,
                                                    new BigInteger(1, id),
                                                    Date.from(now.minus(Duration.ofDays(1))),
                                                    Date.from(now.plus(GOOD)),
                                                    name,
                                                    pair.getPublic())
                                            .build(
                                                    new JcaContentSignerBuilder("SHA256withRSA")
                                                            .build(pair.getPrivate())));
            return new SamlKey(
                    HexFormat.of().formatHex(id),
                    Base64.getEncoder().encodeToString(certificate.getEncoded()),
                    Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()),
                    now,
                    promoted,
                    Optional.empty());
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be made", e);
        }
    }
}
