package cloud.welkin.identity.saml;

import static cloud.welkin.identity.saml.SamlDocuments.ASSERTION;
import static cloud.welkin.identity.saml.SamlDocuments.PROTOCOL;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.xml.datatype.XMLGregorianCalendar;
import org.jspecify.annotations.Nullable;
import org.keycloak.dom.saml.v2.assertion.AssertionType;
import org.keycloak.dom.saml.v2.assertion.AttributeStatementType;
import org.keycloak.dom.saml.v2.assertion.AttributeType;
import org.keycloak.dom.saml.v2.assertion.AudienceRestrictionType;
import org.keycloak.dom.saml.v2.assertion.ConditionsType;
import org.keycloak.dom.saml.v2.assertion.NameIDType;
import org.keycloak.dom.saml.v2.assertion.SubjectConfirmationDataType;
import org.keycloak.dom.saml.v2.assertion.SubjectConfirmationType;
import org.keycloak.dom.saml.v2.protocol.ResponseType;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Reads responses of the web browser profile (SAML profiles 2.0, section 4.1.4) as a service
 * provider. Pure: the same response at the same time gets the same answer; that an assertion is
 * taken only once is for the caller to see to.
 *
 * @param entityId this service provider's
 * @param receiver the address of the assertion consumer service, where responses must be meant for
 */
public record SamlResponses(String entityId, String receiver) {
    /** How far the clocks of a provider and ours may be apart. */
    private static final Duration SKEW = Duration.ofSeconds(60);

    private static final String SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success";
    private static final String BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

    /**
     * @param text the form field SAMLResponse
     * @throws SamlRefused for whatever is not a whole, signed, current answer of that provider to
     *     us
     */
    public SamlAssertion read(String text, SamlProvider provider, Instant now) {
        Document document = SamlDocuments.read(decoded(text));
        return read(document, document.getDocumentElement(), provider, now);
    }

    /**
     * The same for the answer to a request of ours, in whatever the provider's signature covers and
     * around it.
     *
     * @param request its id
     */
    public SamlAssertion readAnswer(
            String text, SamlProvider provider, String request, Instant now) {
        Document document = SamlDocuments.read(decoded(text));
        SamlAssertion assertion = read(document, document.getDocumentElement(), provider, now);
        String whole = document.getDocumentElement().getAttribute("InResponseTo");
        if (!assertion.inResponseTo().equals(Optional.of(request))
                || !(whole.isEmpty() || whole.equals(request))) {
            throw new SamlRefused("the response is no answer to the request of this browser");
        }
        return assertion;
    }

    /**
     * The same for a response that an enhanced client passes on, as PAOS (section 4.2.4.5).
     *
     * @param envelope of SOAP
     */
    public SamlAssertion readEnveloped(byte[] envelope, SamlProvider provider, Instant now) {
        Document document = SamlDocuments.read(envelope);
        Element root = document.getDocumentElement();
        List<Element> content =
                SamlDocuments.children(root, SamlDocuments.SOAP, "Body").stream()
                        .flatMap(body -> SamlDocuments.children(body).stream())
                        .toList();
        if (!SamlDocuments.is(root, SamlDocuments.SOAP, "Envelope") || content.size() != 1) {
            throw new SamlRefused("the document is no envelope of one message");
        }
        return read(document, content.getFirst(), provider, now);
    }

    private SamlAssertion read(
            Document document, Element response, SamlProvider provider, Instant now) {
        if (!SamlDocuments.is(response, PROTOCOL, "Response")) {
            throw new SamlRefused("the document is no response");
        }
        Element element = onlyAssertion(document, response);
        // Either signature covers the assertion; one that is there must be good even if the other
        // would do.
        boolean whole = SamlSignatures.isSigned(response);
        if (whole) {
            SamlSignatures.verify(response, provider.keys());
        }
        if (!whole || SamlSignatures.isSigned(element)) {
            SamlSignatures.verify(element, provider.keys());
        }
        ResponseType parsed = SamlDocuments.parse(response, ResponseType.class);
        checkResponse(parsed, provider);
        return checked(parsed.getAssertions().getFirst().getAssertion(), provider, now);
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new SamlRefused("the response is not in base64", e);
        }
    }

    /** The one assertion of the document, which must lie right in the response. */
    private static Element onlyAssertion(Document document, Element response) {
        List<Element> direct = SamlDocuments.children(response, ASSERTION, "Assertion");
        int anywhere = document.getElementsByTagNameNS("*", "Assertion").getLength();
        if (document.getElementsByTagNameNS("*", "EncryptedAssertion").getLength() > 0) {
            throw new SamlRefused("encrypted assertions are not understood");
        }
        if (direct.size() != 1 || anywhere != 1) {
            throw new SamlRefused("the response has " + anywhere + " assertions");
        }
        return direct.getFirst();
    }

    private void checkResponse(ResponseType response, SamlProvider provider) {
        if (response.getStatus() == null
                || response.getStatus().getStatusCode() == null
                || !SUCCESS.equals(
                        String.valueOf(response.getStatus().getStatusCode().getValue()))) {
            throw new SamlRefused("the provider reports no success");
        }
        if (response.getIssuer() != null
                && !provider.entityId().equals(response.getIssuer().getValue())) {
            throw new SamlRefused("the response is of " + response.getIssuer().getValue());
        }
        if (response.getDestination() != null && !receiver.equals(response.getDestination())) {
            throw new SamlRefused("the response is for " + response.getDestination());
        }
        if (response.getAssertions().size() != 1) {
            throw new SamlRefused("the response has no single assertion");
        }
    }

    private SamlAssertion checked(AssertionType assertion, SamlProvider provider, Instant now) {
        NameIDType issuer = assertion.getIssuer();
        if (issuer == null || !provider.entityId().equals(issuer.getValue())) {
            throw new SamlRefused("the assertion is not the provider's");
        }
        checkConditions(assertion.getConditions(), now);
        if (assertion.getSubject() == null
                || assertion.getSubject().getSubType() == null
                || !(assertion.getSubject().getSubType().getBaseID() instanceof NameIDType name)
                || name.getValue() == null
                || name.getValue().isBlank()) {
            throw new SamlRefused("the assertion names nobody");
        }
        SubjectConfirmationDataType bearer =
                assertion.getSubject().getConfirmation().stream()
                        .filter(confirmation -> BEARER.equals(confirmation.getMethod()))
                        .map(SubjectConfirmationType::getSubjectConfirmationData)
                        .filter(Objects::nonNull)
                        .filter(data -> confirms(data, now))
                        .findFirst()
                        .orElseThrow(
                                () -> new SamlRefused("nothing confirms the bearer, here and now"));
        return new SamlAssertion(
                assertion.getID(),
                issuer.getValue(),
                name.getValue(),
                attributes(assertion),
                instant(bearer.getNotOnOrAfter()).plus(SKEW),
                Optional.ofNullable(bearer.getInResponseTo()));
    }

    private void checkConditions(@Nullable ConditionsType conditions, Instant now) {
        if (conditions == null) {
            throw new SamlRefused("the assertion has no conditions");
        }
        if (!isCurrent(conditions.getNotBefore(), conditions.getNotOnOrAfter(), now)) {
            throw new SamlRefused("the assertion is not good at this time");
        }
        List<List<URI>> audiences =
                conditions.getConditions().stream()
                        .filter(AudienceRestrictionType.class::isInstance)
                        .map(AudienceRestrictionType.class::cast)
                        .map(AudienceRestrictionType::getAudience)
                        .toList();
        // Several restrictions must all be met, one of each suffices (core, section 2.5.1.4).
        if (audiences.isEmpty()
                || !audiences.stream().allMatch(any -> any.contains(URI.create(entityId)))) {
            throw new SamlRefused("the assertion is for others: " + audiences);
        }
    }

    private boolean confirms(SubjectConfirmationDataType data, Instant now) {
        return data.getNotOnOrAfter() != null
                && data.getNotBefore() == null
                && isCurrent(null, data.getNotOnOrAfter(), now)
                && receiver.equals(data.getRecipient());
    }

    private static boolean isCurrent(
            @Nullable XMLGregorianCalendar from, @Nullable XMLGregorianCalendar to, Instant now) {
        return (from == null || !now.plus(SKEW).isBefore(instant(from)))
                && (to == null || now.minus(SKEW).isBefore(instant(to)));
    }

    private static Instant instant(XMLGregorianCalendar time) {
        return time.toGregorianCalendar().toInstant();
    }

    private static Map<String, List<String>> attributes(AssertionType assertion) {
        Map<String, List<String>> attributes = new HashMap<>();
        for (AttributeStatementType statement : assertion.getAttributeStatements()) {
            for (AttributeStatementType.ASTChoiceType choice : statement.getAttributes()) {
                AttributeType attribute = choice.getAttribute();
                if (attribute == null || attribute.getName() == null) {
                    continue;
                }
                List<String> values =
                        attribute.getAttributeValue().stream()
                                .filter(Objects::nonNull)
                                .map(Object::toString)
                                .toList();
                add(attributes, attribute.getName(), values);
                String friendly = attribute.getFriendlyName();
                if (friendly != null && !friendly.equals(attribute.getName())) {
                    add(attributes, friendly, values);
                }
            }
        }
        return Map.copyOf(attributes);
    }

    private static void add(Map<String, List<String>> to, String name, List<String> values) {
        List<String> all = new ArrayList<>(to.getOrDefault(name, List.of()));
        all.addAll(values);
        to.put(name, List.copyOf(all));
    }
}
