package cloud.welkin.identity.saml;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.SamlKey;
import cloud.welkin.identity.store.SamlKeyStore;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.XMLSignatureException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.keycloak.saml.processing.core.util.XMLSignatureUtil;
import org.w3c.dom.Element;

/**
 * Signs what this cloud says as an identity provider. The key is made when it is first needed; the
 * operators of other clouds take it over with the metadata, so it stays.
 */
public final class SamlSigner {
    private static final int BITS = 3072;
    private static final Duration GOOD = Duration.ofDays(7300);
    private static final String DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256";
    private static final String SIGNATURE = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    private static final String CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#";

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final SamlKeyStore store;

    public SamlSigner(Database database, Clock clock, SecureRandom random, SamlKeyStore store) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.store = store;
    }

    public SamlKey key() {
        return database.read(store::find).orElseGet(() -> database.write(this::first));
    }

    /** Signs the element that bears the ID; the signature stands behind its first child. */
    void sign(Element element) {
        SamlKey key = key();
        try {
            X509Certificate certificate = certificate(key);
            XMLSignatureUtil.sign(
                    element,
                    SamlDocuments.children(element).get(1),
                    key.id(),
                    new KeyPair(certificate.getPublicKey(), privateKey(key)),
                    DIGEST,
                    SIGNATURE,
                    "#" + element.getAttribute("ID"),
                    certificate,
                    CANONICAL);
        } catch (GeneralSecurityException | MarshalException | XMLSignatureException e) {
            throw new IllegalStateException("an assertion cannot be signed", e);
        }
    }

    private SamlKey first(Tx tx) {
        store.lock(tx);
        return store.find(tx)
                .orElseGet(
                        () -> {
                            SamlKey made = made();
                            store.insert(tx, made);
                            return made;
                        });
    }

    private SamlKey made() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        byte[] id = new byte[8];
        random.nextBytes(id);
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS, random);
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=Welkin identity provider");
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
                    now);
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be made", e);
        }
    }

    private static X509Certificate certificate(SamlKey key) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(
                                        Base64.getDecoder().decode(key.certificate())));
    }

    private static PrivateKey privateKey(SamlKey key) throws GeneralSecurityException {
        return KeyFactory.getInstance("RSA")
                .generatePrivate(
                        new PKCS8EncodedKeySpec(Base64.getDecoder().decode(key.privateKey())));
    }
}
