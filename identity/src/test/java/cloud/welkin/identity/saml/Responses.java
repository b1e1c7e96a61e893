package cloud.welkin.identity.saml;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.XMLSignatureException;
import org.keycloak.saml.common.util.DocumentUtil;
import org.keycloak.saml.processing.core.util.XMLSignatureUtil;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * What an identity provider, honest or not, may answer: written as XML, signed as the test says.
 */
final class Responses {
    static final String US = "https://cloud.example/identity";
    static final String RECEIVER = "https://cloud.example/identity/acs";
    static final String THEM = "https://idp.example/metadata";
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    static final KeyPair KEYS = keys();

    String subject = "joe@example.org";
    String audience = US;
    String recipient = RECEIVER;
    String destination = RECEIVER;
    String issuer = THEM;
    String status = "urn:oasis:names:tc:SAML:2.0:status:Success";
    Instant from = NOW.minusSeconds(10);
    Instant to = NOW.plus(Duration.ofMinutes(5));

    String assertion(String id) {
        return """
        <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" \
        IssueInstant="%s"><saml:Issuer>%s</saml:Issuer><saml:Subject><saml:NameID>%s</saml:NameID>\
        <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">\
        <saml:SubjectConfirmationData NotOnOrAfter="%s" Recipient="%s" InResponseTo="_asked"/>\
        </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="%s" \
        NotOnOrAfter="%s"><saml:AudienceRestriction><saml:Audience>%s</saml:Audience>\
        </saml:AudienceRestriction></saml:Conditions><saml:AttributeStatement>\
        <saml:Attribute Name="urn:oid:1.3.6" FriendlyName="groups">\
        <saml:AttributeValue>staff</saml:AttributeValue>\
        <saml:AttributeValue>admins</saml:AttributeValue></saml:Attribute>\
        </saml:AttributeStatement></saml:Assertion>"""
                .formatted(id, from, issuer, subject, to, recipient, from, to, audience);
    }

    String response(String content) {
        return """
        <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
        xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" \
        IssueInstant="%s" Destination="%s"><saml:Issuer>%s</saml:Issuer><samlp:Status>\
        <samlp:StatusCode Value="%s"/></samlp:Status>%s</samlp:Response>"""
                .formatted(from, destination, issuer, status, content);
    }

    /** As a good provider answers: the assertion signed. */
    String signed() {
        return sign(response(assertion("_assertion")), "_assertion", KEYS);
    }

    /** Signs the element of that id, behind its issuer. */
    static String sign(String xml, String id, KeyPair keys) {
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

    static String base64(String xml) {
        return Base64.getEncoder().encodeToString(xml.getBytes(StandardCharsets.UTF_8));
    }

    static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
