package cloud.welkin.identity.saml;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.keycloak.saml.common.exceptions.ConfigurationException;
import org.keycloak.saml.common.exceptions.ProcessingException;
import org.keycloak.saml.common.util.DocumentUtil;
import org.w3c.dom.Document;

/**
 * Asks identity providers to sign a browser's user in, as a service provider (SAML profiles 2.0,
 * section 4.1.3). Requests are always signed.
 *
 * @param entityId this service provider's
 * @param receiver the address of the assertion consumer service, where the answer shall be posted
 */
public record SamlRequests(String entityId, String receiver, SamlSigner signer) {
    /**
     * Where the browser is sent (SAML bindings 2.0, section 3.4.4.1): the request is deflated, and
     * the signature is over the query.
     *
     * @param id of the request, which the answer names; an XML name
     * @param relayState comes back with the answer; at most 80 bytes
     */
    public URI redirect(URI to, String id, String relayState, Instant at) {
        String signed =
                "SAMLRequest="
                        + encoded(deflated(xml(to, id, at)))
                        + "&RelayState="
                        + encoded(relayState)
                        + "&SigAlg="
                        + encoded(SamlSigner.SIGNATURE);
        String signature =
                Base64.getEncoder()
                        .encodeToString(
                                signer.signature(signed.getBytes(StandardCharsets.US_ASCII)));
        return URI.create(
                to
                        + (to.getRawQuery() == null ? "?" : "&")
                        + signed
                        + "&Signature="
                        + encoded(signature));
    }

    /** The form field SAMLRequest (section 3.5.4): the request with its signature in it. */
    public String posted(URI to, String id, Instant at) {
        Document document = SamlDocuments.read(xml(to, id, at).getBytes(StandardCharsets.UTF_8));
        signer.sign(document.getDocumentElement());
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            DocumentUtil.getDocumentAsString(document)
                                    .getBytes(StandardCharsets.UTF_8));
        } catch (ProcessingException | ConfigurationException e) {
            throw new IllegalStateException("a request cannot be written", e);
        }
    }

    private String xml(URI to, String id, Instant at) {
        return """
        <samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="%s" \
        Version="2.0" IssueInstant="%s" Destination="%s" AssertionConsumerServiceURL="%s" \
        ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">\
        <saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">%s</saml:Issuer>\
        <samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>"""
                .formatted(
                        SamlXml.escaped(id),
                        at.truncatedTo(ChronoUnit.SECONDS),
                        SamlXml.escaped(to.toString()),
                        SamlXml.escaped(receiver),
                        SamlXml.escaped(entityId));
    }

    private static String deflated(String xml) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater raw = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, raw)) {
            out.write(xml.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            raw.end();
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
