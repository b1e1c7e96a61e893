package cloud.welkin.identity.saml;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.keycloak.saml.common.exceptions.ConfigurationException;
import org.keycloak.saml.common.exceptions.ProcessingException;
import org.keycloak.saml.common.util.DocumentUtil;
import org.w3c.dom.Document;

/**
 * This cloud as a SAML identity provider, which answers without having been asked (SAML profiles
 * 2.0, sections 4.1.5 and 4.2: the enhanced client is the user's own).
 *
 * @param entityId as which it is known
 * @param lifetime how long what it says can be shown
 */
public record SamlIssuer(String entityId, Duration lifetime, SamlSigner signer) {
    /**
     * Whom something is said to.
     *
     * @param receiver the address where it is shown
     * @param audiences the names by which the receiver may know itself; one of them has to be right
     */
    public record Audience(String receiver, List<String> audiences) {}

    /**
     * A response with one signed assertion.
     *
     * @param attributes what is said of the subject
     * @throws SamlRefused when something of it cannot be written in XML
     */
    public String response(
            String subject, Map<String, List<String>> attributes, Audience to, Instant at) {
        Instant now = at.truncatedTo(ChronoUnit.SECONDS);
        Instant end = now.plus(lifetime);
        String receiver = SamlXml.escaped(to.receiver());
        String issuer = SamlXml.escaped(entityId);
        Document document =
                document(
                        """
                        <samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
                        ID="%s" Version="2.0" IssueInstant="%s" Destination="%s">\
                        <saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">%s\
                        </saml:Issuer><samlp:Status><samlp:StatusCode \
                        Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>%s\
                        </samlp:Response>"""
                                .formatted(
                                        id(),
                                        now,
                                        receiver,
                                        issuer,
                                        assertion(subject, attributes, to, now, end)));
        signer.sign(
                SamlDocuments.children(
                                document.getDocumentElement(), SamlDocuments.ASSERTION, "Assertion")
                        .getFirst());
        try {
            return DocumentUtil.getDocumentAsString(document).replaceFirst("^<\\?xml[^>]*\\?>", "");
        } catch (ProcessingException | ConfigurationException e) {
            throw new IllegalStateException("an assertion cannot be written", e);
        }
    }

    private String assertion(
            String subject,
            Map<String, List<String>> attributes,
            Audience to,
            Instant now,
            Instant end) {
        String issuer = SamlXml.escaped(entityId);
        return """
        <saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" \
        IssueInstant="%s"><saml:Issuer \
        Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">%s</saml:Issuer><saml:Subject>\
        <saml:NameID>%s</saml:NameID><saml:SubjectConfirmation \
        Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData \
        NotOnOrAfter="%s" Recipient="%s"/></saml:SubjectConfirmation></saml:Subject>\
        <saml:Conditions NotBefore="%s" NotOnOrAfter="%s"><saml:AudienceRestriction>%s\
        </saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="%s" \
        SessionIndex="%s" SessionNotOnOrAfter="%s"><saml:AuthnContext><saml:AuthnContextClassRef>\
        urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
        <saml:AuthenticatingAuthority>%s</saml:AuthenticatingAuthority></saml:AuthnContext>\
        </saml:AuthnStatement><saml:AttributeStatement>%s</saml:AttributeStatement>\
        </saml:Assertion>"""
                .formatted(
                        id(),
                        now,
                        issuer,
                        SamlXml.escaped(subject),
                        end,
                        SamlXml.escaped(to.receiver()),
                        now,
                        end,
                        elements("Audience", to.audiences()),
                        now,
                        id(),
                        end,
                        issuer,
                        attributes.entrySet().stream()
                                .map(
                                        attribute ->
                                                "<saml:Attribute Name=\""
                                                        + SamlXml.escaped(attribute.getKey())
                                                        + "\">"
                                                        + elements(
                                                                "AttributeValue",
                                                                attribute.getValue())
                                                        + "</saml:Attribute>")
                                .collect(Collectors.joining()));
    }

    /** The response in an envelope of SOAP, as enhanced clients pass it on (section 4.2.4.5). */
    public static String enveloped(String response, String relayState) {
        return """
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>\
        <ecp:RelayState xmlns:ecp="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp" \
        soap:mustUnderstand="1" soap:actor="http://schemas.xmlsoap.org/soap/actor/next">%s\
        </ecp:RelayState></soap:Header><soap:Body>%s</soap:Body></soap:Envelope>"""
                .formatted(SamlXml.escaped(relayState), response);
    }

    /**
     * What other clouds want to know (SAML metadata 2.0, section 2.4.3).
     *
     * @param service where assertions are had
     */
    public String metadata(String service) {
        return """
        <?xml version="1.0" encoding="UTF-8"?>
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
          <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            %s
            <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>
            <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:URI" \
        Location="%s"/>
          </md:IDPSSODescriptor>
        </md:EntityDescriptor>
        """
                .formatted(
                        SamlXml.escaped(entityId), signer.descriptors(), SamlXml.escaped(service));
    }

    private static String elements(String name, List<String> values) {
        return values.stream()
                .map(value -> "<saml:%1$s>%2$s</saml:%1$s>".formatted(name, SamlXml.escaped(value)))
                .collect(Collectors.joining());
    }

    /** An id that XML takes as one: it begins with no digit. */
    private static String id() {
        return "_" + UUID.randomUUID().toString().replace("-", "");
    }

    private static Document document(String xml) {
        return SamlDocuments.read(xml.getBytes(StandardCharsets.UTF_8));
    }
}
