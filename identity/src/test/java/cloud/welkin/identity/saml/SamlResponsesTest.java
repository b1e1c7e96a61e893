package cloud.welkin.identity.saml;

import static cloud.welkin.identity.saml.Responses.KEYS;
import static cloud.welkin.identity.saml.Responses.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamlResponsesTest {
    private final SamlResponses receiver = new SamlResponses(Responses.US, Responses.RECEIVER);
    private final SamlProvider provider =
            new SamlProvider(Responses.THEM, List.of(KEYS.getPublic()), List.of());
    private final Responses answer = new Responses();

    @Test
    void aSignedAssertionIsBelieved() {
        SamlAssertion assertion = read(answer.signed());
        assertThat(assertion.id()).isEqualTo("_assertion");
        assertThat(assertion.subject()).isEqualTo("joe@example.org");
        assertThat(assertion.issuer()).isEqualTo(Responses.THEM);
        assertThat(assertion.inResponseTo()).contains("_asked");
        assertThat(assertion.attributes())
                .containsEntry("groups", List.of("staff", "admins"))
                .containsEntry("urn:oid:1.3.6", List.of("staff", "admins"));
        assertThat(assertion.endsAt()).isAfter(answer.to);
    }

    @Test
    void aSignatureOverTheWholeResponseDoes() {
        String response = answer.response(answer.assertion("_assertion"));
        assertThat(read(Responses.sign(response, "_response", KEYS)).subject())
                .isEqualTo("joe@example.org");
    }

    @Test
    void anyOfTheProvidersKeysDoes() {
        SamlProvider rotating =
                new SamlProvider(
                        Responses.THEM,
                        List.of(Responses.keys().getPublic(), KEYS.getPublic()),
                        List.of());
        assertThat(receiver.read(Responses.base64(answer.signed()), rotating, NOW).subject())
                .isEqualTo("joe@example.org");
    }

    @Test
    void anUnsignedAssertionIsRefused() {
        refused(answer.response(answer.assertion("_assertion")), "0 signatures");
    }

    @Test
    void aStrangersKeyIsRefused() {
        KeyPair stranger = Responses.keys();
        refused(
                Responses.sign(
                        answer.response(answer.assertion("_assertion")), "_assertion", stranger),
                "none of the provider's keys");
    }

    @Test
    void aGoodAssertionInABadlySignedResponseIsRefused() {
        refused(
                Responses.sign(answer.signed(), "_response", Responses.keys()),
                "none of the provider's keys");
    }

    @Test
    void whatWasChangedAfterSigningIsRefused() {
        refused(answer.signed().replace("joe@", "root@"), "none of the provider's keys");
        refused(answer.signed().replace("staff", "owner"), "none of the provider's keys");
    }

    @Test
    void sha1IsRefused() {
        refused(
                Responses.sign(
                        answer.response(answer.assertion("_assertion")),
                        "_assertion",
                        KEYS,
                        "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
                "rsa-sha1");
    }

    @Test
    void aCommentDoesNotCutTheSubject() {
        answer.subject = "root@example.org.evil.example";
        String cut = answer.signed().replace("org.evil", "org<!-- -->.evil");
        assertThat(read(cut).subject()).isEqualTo("root@example.org.evil.example");
    }

    /** The signed assertion is moved aside, a forged one stands where it stood (XSW1 to XSW8). */
    @Test
    void wrappedSignaturesAreRefused() {
        String signed = element(answer.signed());
        answer.subject = "root@example.org";
        String forged = answer.assertion("_forged");
        // Beside one another, in either order.
        refused(answer.response(forged + signed), "2 assertions");
        refused(answer.response(signed + forged), "2 assertions");
        // The signed one within the forged one, and within its signature's object.
        refused(
                answer.response(forged.replace("</saml:Assertion>", signed + "</saml:Assertion>")),
                "2 assertions");
        refused(
                answer.response("<samlp:Extensions>" + signed + "</samlp:Extensions>" + forged),
                "2 assertions");
        String signature =
                signed.substring(
                        signed.indexOf("<dsig:Signature"),
                        signed.indexOf("</dsig:Signature>") + "</dsig:Signature>".length());
        String bare = signed.replace(signature, "");
        refused(
                answer.response(
                        forged.replace(
                                "<saml:Subject>",
                                signature.replace(
                                                "</dsig:Signature>",
                                                "<dsig:Object>" + bare + "</dsig:Object>")
                                        + "</dsig:Signature><saml:Subject>")),
                "2 assertions");
        // The signature of the other in the forged one, alone.
        refused(
                answer.response(forged.replace("<saml:Subject>", signature + "<saml:Subject>")),
                "another element");
        // Both under one id.
        refused(answer.response(answer.assertion("_assertion") + signed), "an ID is there twice");
    }

    @Test
    void theSignedResponseWithinAnotherIsRefused() {
        String signed =
                Responses.sign(answer.response(answer.assertion("_assertion")), "_response", KEYS);
        refused(
                answer.response(signed.substring(signed.indexOf("<samlp:Response")))
                        .replaceFirst("ID=\"_response\"", "ID=\"_outer\""),
                "assertions");
    }

    @Test
    void entitiesAreRefused() {
        refused(
                "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + answer.signed(),
                "cannot be read");
    }

    @Test
    void whatIsForOthersIsRefused() {
        answer.audience = "https://other.example";
        refused(answer.signed(), "for others");
        answer.audience = Responses.US;
        answer.recipient = "https://other.example/acs";
        refused(answer.signed(), "confirms");
        answer.recipient = Responses.RECEIVER;
        answer.destination = "https://other.example/acs";
        refused(answer.signed(), "the response is for");
    }

    @Test
    void anotherProvidersAssertionIsRefused() {
        answer.issuer = "https://other.example";
        refused(answer.signed(), "https://other.example");
    }

    @Test
    void failureIsRefused() {
        answer.status = "urn:oasis:names:tc:SAML:2.0:status:Responder";
        refused(answer.signed(), "no success");
    }

    @Test
    void timeIsKept() {
        String signed = answer.signed();
        assertThat(read(signed, answer.to.plusSeconds(30)).subject()).isNotEmpty();
        assertThatThrownBy(() -> read(signed, answer.to.plus(Duration.ofMinutes(2))))
                .isInstanceOf(SamlRefused.class)
                .hasMessageContaining("not good at this time");
        assertThatThrownBy(() -> read(signed, answer.from.minus(Duration.ofMinutes(2))))
                .isInstanceOf(SamlRefused.class)
                .hasMessageContaining("not good at this time");
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> receiver.read("%%%", provider, NOW))
                .isInstanceOf(SamlRefused.class);
        refused("", "cannot be read");
        refused("<a/>", "no response");
        refused("<a>".repeat(5000), "cannot be read");
        refused("<a>".repeat(100) + "</a>".repeat(100), "nested");
        refused("x".repeat(2 << 20), "larger");
    }

    @Test
    void anAnswerIsToTheRequestThatWasAsked() {
        assertThat(answered(answer.signed(), "_asked").subject()).isEqualTo("joe@example.org");
        answer.answers = " InResponseTo=\"_asked\"";
        assertThat(answered(answer.signed(), "_asked").subject()).isEqualTo("joe@example.org");
        notAnswered(answer.signed(), "_another");
        answer.answers = " InResponseTo=\"_another\"";
        notAnswered(answer.signed(), "_asked");
        answer.answers = "";
        answer.asked = "";
        notAnswered(answer.signed(), "_asked");
    }

    private SamlAssertion answered(String xml, String request) {
        return receiver.readAnswer(Responses.base64(xml), provider, request, NOW);
    }

    private void notAnswered(String xml, String request) {
        assertThatThrownBy(() -> answered(xml, request))
                .isInstanceOf(SamlRefused.class)
                .hasMessageContaining("no answer to the request");
    }

    private static String element(String signed) {
        return signed.substring(
                signed.indexOf("<saml:Assertion"),
                signed.indexOf("</saml:Assertion>") + "</saml:Assertion>".length());
    }

    private SamlAssertion read(String xml) {
        return read(xml, NOW);
    }

    private SamlAssertion read(String xml, Instant at) {
        return receiver.read(Responses.base64(xml), provider, at);
    }

    private void refused(String xml, String why) {
        assertThatThrownBy(() -> read(xml))
                .isInstanceOf(SamlRefused.class)
                .hasMessageContaining(why);
    }
}
