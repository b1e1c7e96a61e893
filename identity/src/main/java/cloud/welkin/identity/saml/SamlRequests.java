package cloud.welkin.identity.saml;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * What a service provider sends: its metadata, and the address that sends a browser to sign in.
 *
 * @param entityId this service provider's
 * @param receiver the address of the assertion consumer service
 */
public record SamlRequests(String entityId, String receiver) {

    /**
     * An AuthnRequest by the redirect binding (SAML bindings 2.0, section 3.4); the answer comes by
     * POST.
     *
     * @param id of the request, which the answer repeats
     * @param relayState given back with the answer; at most 80 bytes by the standard
     */
    public String redirect(String signOn, String id, Instant now, String relayState) {
        String request =
                """
                <samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" \
                xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="%s" Version="2.0" \
                IssueInstant="%s" Destination="%s" AssertionConsumerServiceURL="%s" \
                ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST">\
                <saml:Issuer>%s</saml:Issuer></samlp:AuthnRequest>"""
                        .formatted(
                                escaped(id),
                                now.truncatedTo(ChronoUnit.SECONDS),
                                escaped(signOn),
                                escaped(receiver),
                                escaped(entityId));
        return signOn
                + (signOn.contains("?") ? "&" : "?")
                + "SAMLRequest="
                + encoded(Base64.getEncoder().encodeToString(deflated(request)))
                + "&RelayState="
                + encoded(relayState);
    }

    /** What an identity provider wants to know of us (SAML metadata 2.0, section 2.4.4). */
    public String metadata() {
        return """
        <?xml version="1.0" encoding="UTF-8"?>
        <md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">
          <md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" \
        protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            <md:AssertionConsumerService \
        Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="0"/>
          </md:SPSSODescriptor>
        </md:EntityDescriptor>
        """
                .formatted(escaped(entityId), escaped(receiver));
    }

    private static byte[] deflated(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater raw = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, raw)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            raw.end();
        }
        return bytes.toByteArray();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
