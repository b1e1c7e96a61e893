package cloud.welkin.identity.api;

import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.Verification;
import cloud.welkin.identity.federation.FederatedSignIn;
import cloud.welkin.identity.saml.SamlAssertion;
import cloud.welkin.identity.saml.SamlProvider;
import cloud.welkin.identity.saml.SamlRefused;
import cloud.welkin.identity.saml.SamlRequests;
import cloud.welkin.identity.saml.SamlResponses;
import cloud.welkin.identity.saml.SamlSigner;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in to dashboards by a SAML identity provider: the web browser profile (SAML profiles 2.0,
 * section 4.1), this cloud being the service provider. The request goes by the binding that the
 * provider's metadata name, a redirect before a form; the answer comes as a form that the browser
 * posts here. RelayState is the state of the way, and the request's id is made of it and of the
 * browser's cookie: an answer that was asked for elsewhere is of no use in this browser.
 */
final class SamlWebSignInOperations implements OperationGroup {
    /** The assertion consumer service for browsers. */
    static final String BACK = WebSignInOperations.ROOT + "/saml2_post";

    /** Some providers name hundreds of groups; in base64, as a form. */
    static final int LARGEST = 1 << 19;

    private static final Logger log = LoggerFactory.getLogger(SamlWebSignInOperations.class);

    private final Clock clock;
    private final WebSignIns signIns;
    private final FederatedSignIn signIn;
    private final SamlSigner signer;

    SamlWebSignInOperations(IdentityApi.Parts parts, WebSignIns signIns) {
        this.clock = parts.clock();
        this.signIns = signIns;
        this.signIn = parts.federated();
        this.signer = new SamlSigner(parts.samlKeys());
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post(BACK)
                        .openToAll()
                        .doc("Where browsers bring the answer of a SAML identity provider.")
                        .streams(this::end));
    }

    void begin(
            Call call,
            Exchange exchange,
            FederationProtocol protocol,
            Verification.Saml trusted,
            String origin) {
        SamlProvider.SignOn there =
                provider(trusted).signOns().stream()
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Failure.forbidden(
                                                "The metadata of the provider of %s name no"
                                                        + " SingleSignOnService for browsers.",
                                                protocol.id()));
        WebSignIns.Way way = signIns.setOut(call, protocol, origin, WebSignIns.Return.FORM);
        String cookie = WebSignIns.cookie(call, way, WebSignIns.Return.FORM);
        SamlRequests requests = new SamlRequests(entityId(call), receiver(call), signer);
        switch (there.binding()) {
            case REDIRECT ->
                    WebSignInPages.redirect(
                            exchange,
                            requests.redirect(
                                    there.address(), request(way), way.state(), clock.instant()),
                            cookie);
            case POST ->
                    WebSignInPages.toProvider(
                            exchange,
                            there.address(),
                            Map.of(
                                    "SAMLRequest",
                                    requests.posted(there.address(), request(way), clock.instant()),
                                    "RelayState",
                                    way.state()),
                            cookie);
        }
    }

    private void end(Call call, Exchange exchange) {
        signIns.count(call);
        Query form = Forms.read(call, exchange, LARGEST);
        WebSignIns.Back back = signIns.back(call, form.text("RelayState"), WebSignIns.Return.FORM);
        String provider = back.begun().provider();
        FederationProtocol protocol = signIns.protocol(back);
        Verification.Saml trusted =
                protocol.verification()
                        .flatMap(Verification::saml)
                        .orElseThrow(Failure::unauthorized);
        String response = form.text("SAMLResponse").orElseThrow(Failure::unauthorized);
        try {
            SamlAssertion assertion =
                    new SamlResponses(entityId(call), receiver(call))
                            .readAnswer(
                                    response,
                                    provider(trusted),
                                    request(back.way()),
                                    clock.instant());
            Session session =
                    signIn.signInOnce(
                            protocol,
                            FederatedAuthOperations.attributes(assertion),
                            assertion.id(),
                            assertion.endsAt());
            call.note("user", session.user().id().value());
            WebSignInPages.toDashboard(
                    exchange, back.begun().origin(), session.caller().token().text());
        } catch (SamlRefused e) {
            log.info("a response for {} is refused: {}", provider, e.getMessage());
            throw Failure.unauthorized();
        }
    }

    /** An id that XML takes as one: it begins with no digit. */
    private static String request(WebSignIns.Way way) {
        return "_" + way.secret("request");
    }

    private static SamlProvider provider(Verification.Saml trusted) {
        return SamlProvider.of(trusted.metadata().getBytes(StandardCharsets.UTF_8));
    }

    private static String entityId(Call call) {
        return call.origin() + Links.ROOT;
    }

    static String receiver(Call call) {
        return entityId(call) + BACK;
    }
}
