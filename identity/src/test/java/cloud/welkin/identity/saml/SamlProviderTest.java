package cloud.welkin.identity.saml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.identity.saml.SamlProvider.Binding;
import cloud.welkin.identity.saml.SamlProvider.SignOn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Metadata of identity providers, honest or not. */
class SamlProviderTest {
    private static final String GOOD = Responses.metadata();

    private static SamlProvider of(String metadata) {
        return SamlProvider.of(metadata.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(String metadata) {
        assertThatThrownBy(() -> of(metadata)).isInstanceOf(SamlRefused.class);
    }

    @Test
    void aRedirectComesBeforeAForm() {
        String both =
                GOOD.replace(
                        "<md:SingleSignOnService",
                        "<md:SingleSignOnService"
                                + " Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\""
                                + " Location=\"https://idp.example/form\"/><md:SingleSignOnService");
        assertThat(of(both).signOns())
                .isEqualTo(
                        List.of(
                                new SignOn(Binding.REDIRECT, URI.create("https://idp.example/sso")),
                                new SignOn(Binding.POST, URI.create("https://idp.example/form"))));
    }

    @Test
    void entitiesAreNotExpanded() {
        refused("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + GOOD);
        StringBuilder laughs = new StringBuilder("<!DOCTYPE x [<!ENTITY l0 'ha'>");
        for (int i = 1; i < 10; i++) {
            laughs.append("<!ENTITY l%d '%s'>".formatted(i, ("&l" + (i - 1) + ";").repeat(10)));
        }
        refused(laughs + "]>" + GOOD.replace(Responses.THEM, "&l9;"));
    }

    @Test
    void nothingThatTheyNameIsFetched() throws IOException {
        try (ServerSocket asked = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + asked.getLocalPort() + "/x";
            refused("<!DOCTYPE x SYSTEM '" + url + "'>" + GOOD);
            refused("<!DOCTYPE x [<!ENTITY % a SYSTEM '" + url + "'> %a;]>" + GOOD);
            of(
                    GOOD.replace(
                            "<md:EntityDescriptor ",
                            "<?xml-stylesheet href='"
                                    + url
                                    + "'?><md:EntityDescriptor"
                                    + " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
                                    + " xsi:schemaLocation='urn:x "
                                    + url
                                    + "' xml:base='"
                                    + url
                                    + "' "));
            refused(
                    GOOD.replaceAll(
                            "<ds:X509Data>.*</ds:X509Data>",
                            "<ds:RetrievalMethod URI=\"" + url + "\"/>"));
            refused("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='" + url + "'/>");
            asked.setSoTimeout(1);
            assertThatThrownBy(asked::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void whatASignatureNamesIsNotFetched() throws IOException {
        try (ServerSocket asked = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + asked.getLocalPort() + "/x";
            Responses answer = new Responses();
            for (String hostile :
                    List.of(
                            answer.signed().replace("URI=\"#_assertion\"", "URI=\"" + url + "\""),
                            answer.signed()
                                    .replaceAll(
                                            "(?s)<dsig:KeyInfo>.*</dsig:KeyInfo>",
                                            "<dsig:KeyInfo><dsig:RetrievalMethod URI=\""
                                                    + url
                                                    + "\"/></dsig:KeyInfo>"))) {
                try {
                    new SamlResponses(Responses.US, Responses.RECEIVER)
                            .read(Responses.base64(hostile), of(GOOD), Responses.NOW);
                } catch (SamlRefused e) {
                    // As it should, where the signature covers it.
                }
            }
            asked.setSoTimeout(1);
            assertThatThrownBy(asked::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void hugeAndDeepDocumentsAreRefused() {
        refused(GOOD.replace("<md:IDPSSO", "<!--" + "x".repeat(2 << 20) + "--><md:IDPSSO"));
        refused("<a>".repeat(100_000));
        refused("<a>".repeat(10_000) + "</a>".repeat(10_000));
        refused(GOOD.replace("<md:IDPSSO", "<a " + "b='' ".repeat(1000) + "/><md:IDPSSO"));
        refused("");
        refused("\0");
    }

    @Test
    void aCertificateThatIsNoneIsRefused() {
        refused(GOOD.replaceAll("<ds:X509Certificate>.*</ds:X509Certificate>", ""));
        refused(
                GOOD.replaceAll(
                        "<ds:X509Certificate>.*</ds:X509Certificate>",
                        "<ds:X509Certificate>AAAA</ds:X509Certificate>"));
    }
}
