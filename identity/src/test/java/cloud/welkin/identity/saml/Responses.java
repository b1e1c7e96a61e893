package cloud.welkin.identity.saml;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.stream.Stream;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.XMLSignatureException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.keycloak.saml.common.util.DocumentUtil;
import org.keycloak.saml.processing.core.util.XMLSignatureUtil;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * What an identity provider, honest or not, may answer: written as XML, signed as the test says.
 */
public final class Responses {
    public static final String US = "https://cloud.example/identity";
    public static final String RECEIVER = "https://cloud.example/identity/acs";
    public static final String THEM = "https://idp.example/metadata";
    public static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    public static final KeyPair KEYS = keys();

    public String subject = "joe@example.org";
    public String audience = US;
    public String recipient = RECEIVER;
    public String destination = RECEIVER;
    public String issuer = THEM;
    public String status = "urn:oasis:names:tc:SAML:2.0:status:Success";

    /** Which request the assertion answers; the response names it too, if the test says so. */
    public String asked = "_asked";

    public String answers = "";
    public Instant from = NOW.minusSeconds(10);
    public Instant to = NOW.plus(Duration.ofMinutes(5));

    public String assertion(String id) {
        return """
        <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" \
        IssueInstant="%s"><saml:Issuer>%s</saml:Issuer><saml:Subject><saml:NameID>%s</saml:NameID>\
        <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">\
        <saml:SubjectConfirmationData NotOnOrAfter="%s" Recipient="%s"%s/>\
        </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="%s" \
        NotOnOrAfter="%s"><saml:AudienceRestriction><saml:Audience>%s</saml:Audience>\
        </saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement>\
        <saml:Attribute Name="urn:oid:1.3.6" FriendlyName="groups">\
        <saml:AttributeValue>staff</saml:AttributeValue>\
        <saml:AttributeValue>admins</saml:AttributeValue></saml:Attribute>\
        </saml:AttributeStatement></saml:Assertion>"""
                .formatted(
                        id,
                        from,
                        issuer,
                        subject,
                        to,
                        recipient,
                        asked.isEmpty() ? "" : " InResponseTo=\"" + asked + "\"",
                        from,
                        to,
                        audience);
    }

    public String response(String content) {
        return """
        <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
        xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" \
        IssueInstant="%s" Destination="%s"%s><saml:Issuer>%s</saml:Issuer><samlp:Status>\
        <samlp:StatusCode Value="%s"/></samlp:Status>%s</samlp:Response>"""
                .formatted(from, destination, answers, issuer, status, content);
    }

    /** As a good provider answers: the assertion signed. */
    public String signed() {
        return sign(response(assertion("_assertion")), "_assertion", KEYS);
    }

    /** Signs the element of that id, behind its issuer. */
    public static String sign(String xml, String id, KeyPair keys) {
        return sign(xml, id, keys, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
    }

    static String sign(String xml, String id, KeyPair keys, String algorithm) {
        try {
            Document document = DocumentUtil.getDocument(xml);
            Element element = find(document.getDocumentElement(), id);
            element.setIdAttribute("ID", true);
            XMLSignatureUtil.sign(
                    element,
                    SamlDocuments.children(element).get(1),
                    "key",
                    keys,
                    "http://www.w3.org/2001/04/xmlenc#sha256",
                    algorithm,
                    "#" + id,
                    "http://www.w3.org/2001/10/xml-exc-c14n#");
            return DocumentUtil.getDocumentAsString(document);
        } catch (GeneralSecurityException | MarshalException | XMLSignatureException e) {
            throw new IllegalStateException(e);
        }
    }

    static Element find(Element in, String id) {
        return all(in).filter(element -> element.getAttribute("ID").equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<Element> all(Element in) {
        return Stream.concat(
                Stream.of(in), SamlDocuments.children(in).stream().flatMap(Responses::all));
    }

    public static String base64(String xml) {
        return Base64.getEncoder().encodeToString(xml.getBytes(StandardCharsets.UTF_8));
    }

    /** The provider's, with the certificate of {@link #KEYS}. */
    public static String metadata() {
        return """
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">\
        <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">\
        <md:KeyDescriptor use="signing"><ds:KeyInfo \
        xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>%s\
        </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
        <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" \
        Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"""
                .formatted(THEM, certificate());
    }

    private static String certificate() {
        try {
            X500Name name = new X500Name("CN=provider");
            X509Certificate certificate =
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    new JcaX509v3CertificateBuilder(
                                                    name,
                                                    BigInteger.ONE,
                                                    Date.from(NOW.minus(Duration.ofDays(1))),
                                                    Date.from(NOW.plus(Duration.ofDays(3650))),
                                                    name,
                                                    KEYS.getPublic())
                                            .build(
                                                    new JcaContentSignerBuilder("SHA256withRSA")
                                                            .build(KEYS.getPrivate())));
            return Base64.getEncoder().encodeToString(certificate.getEncoded());
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
