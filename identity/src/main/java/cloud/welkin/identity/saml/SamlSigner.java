package cloud.welkin.identity.saml;

import cloud.welkin.identity.domain.SamlKey;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.stream.Collectors;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.XMLSignatureException;
import org.keycloak.saml.processing.core.util.XMLSignatureUtil;
import org.w3c.dom.Element;

/** Signs what this cloud says, as an identity provider and as a service provider. */
public final class SamlSigner {
    private static final String DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256";

    /** RSA with SHA-256, as XML and the redirect binding name it. */
    static final String SIGNATURE = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

    private static final String CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#";

    private final SamlKeys keys;

    public SamlSigner(SamlKeys keys) {
        this.keys = keys;
    }

    /** Signs the element that bears the ID; the signature stands behind its first child. */
    void sign(Element element) {
        SamlKey key = keys.signing();
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
            throw new IllegalStateException("an element cannot be signed", e);
        }
    }

    /** A signature of bytes, by RSA with SHA-256. */
    byte[] signature(byte[] of) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(privateKey(keys.signing()));
            signature.update(of);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a request cannot be signed", e);
        }
    }

    /** The keys that sign, will sign or have signed, as metadata name them. */
    String descriptors() {
        return keys.published().stream()
                .map(
                        key ->
                                """
                                <md:KeyDescriptor use="signing"><ds:KeyInfo \
                                xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>\
                                <ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data>\
                                </ds:KeyInfo></md:KeyDescriptor>"""
                                        .formatted(key.certificate()))
                .collect(Collectors.joining("\n    "));
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
