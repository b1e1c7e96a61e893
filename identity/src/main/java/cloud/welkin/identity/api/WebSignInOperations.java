package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.Verification;
import cloud.welkin.identity.federation.FederatedSignIn;
import cloud.welkin.identity.federation.OidcCodes;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.failure.Failure;
import java.net.URI;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in to dashboards by an identity provider (Keystone's WebSSO): the browser goes to the
 * provider and comes back, and a page posts an unscoped token to the dashboard, which must be one
 * of those that the operator trusts. Where Keystone leaves the way there and back to the web server
 * before it, it is gone here: to OpenID providers by this class, to those of SAML by {@link
 * SamlWebSignInOperations}.
 *
 * <p>Nonce and PKCE verifier are made of the state and the cookie, so that the database holds
 * nothing by which anybody could go on with it.
 */
final class WebSignInOperations implements OperationGroup {
    static final String ROOT = "/auth/OS-FEDERATION";
    private static final Logger log = LoggerFactory.getLogger(WebSignInOperations.class);
    private static final String BACK = ROOT + "/oidc_redirect";

    private final Database database;
    private final WebSignIns signIns;
    private final SamlWebSignInOperations saml;
    private final FederationStore federation;
    private final FederatedSignIn signIn;
    private final OidcCodes codes;

    WebSignInOperations(
            IdentityApi.Parts parts,
            WebSignIns signIns,
            SamlWebSignInOperations saml,
            OidcCodes codes) {
        this.database = parts.database();
        this.signIns = signIns;
        this.saml = saml;
        this.federation = parts.stores().federation();
        this.signIn = parts.federated();
        this.codes = codes;
    }

    @Override
    public List<Operation> operations() {
        String any = ROOT + "/websso/{protocol_id}";
        String one = ROOT + "/identity_providers/{idp_id}/protocols/{protocol_id}/websso";
        Param origin = Param.text("origin", "The dashboard that the token is for.");
        return List.of(
                Operation.get(any)
                        .openToAll()
                        .doc("Sends a browser to the identity provider of the protocol.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, only(call))),
                Operation.post(any)
                        .openToAll()
                        .doc("The same, for dashboards that post.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, only(call))),
                Operation.get(one)
                        .openToAll()
                        .doc("Sends a browser to the identity provider.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, named(call))),
                Operation.post(one)
                        .openToAll()
                        .doc("The same, for dashboards that post.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, named(call))),
                Operation.get(BACK)
                        .openToAll()
                        .doc("Where browsers come back from an OpenID provider.")
                        .params(
                                Param.text("state", "Which of those that set out it is."),
                                Param.text("code", "What the provider gave it."),
                                Param.text("error", "Why it gave it none."))
                        .anyParam()
                        .streams(this::end));
    }

    private FederationProtocol named(Call call) {
        return database.read(tx -> FederationProtocolOperations.one(call, tx, federation));
    }

    /** The one provider that has such a protocol: nobody else can say which is meant. */
    private FederationProtocol only(Call call) {
        String id = call.path("protocol_id");
        List<FederationProtocol> found =
                database.read(tx -> federation.ofEnabledProviders(tx, id, 2));
        if (found.size() != 1) {
            throw found.isEmpty()
                    ? Failure.notFound("Could not find federation protocol: %s.", id)
                    : Failure.badRequest(
                            "Several identity providers have the protocol %s; name one of them.",
                            id);
        }
        return found.getFirst();
    }

    private void begin(Call call, Exchange exchange, FederationProtocol protocol) {
        String origin = signIns.dashboard(call);
        Verification how =
                protocol.verification()
                        .orElseThrow(
                                () ->
                                        Failure.forbidden(
                                                "Nothing says how the protocol %s is verified.",
                                                protocol.id()));
        signIns.count(call);
        if (how.saml().isPresent()) {
            saml.begin(call, exchange, protocol, how.saml().get(), origin);
            return;
        }
        Verification.Oidc trusted = how.oidc().orElseThrow();
        codes.requireBrowsers(trusted);
        WebSignIns.Way way = signIns.setOut(call, protocol, origin, WebSignIns.Return.LINK);
        WebSignInPages.redirect(
                exchange,
                codes.address(trusted, back(call), secrets(way)),
                WebSignIns.cookie(call, way, WebSignIns.Return.LINK));
    }

    private void end(Call call, Exchange exchange) {
        signIns.count(call);
        WebSignIns.Back back =
                signIns.back(call, call.query().text("state"), WebSignIns.Return.LINK);
        String provider = back.begun().provider();
        call.query()
                .text("error")
                .ifPresent(
                        error -> {
                            log.info("{} signs somebody not in", provider);
                            throw Failure.unauthorized();
                        });
        FederationProtocol protocol = signIns.protocol(back);
        Verification.Oidc trusted =
                protocol.verification()
                        .flatMap(Verification::oidc)
                        .orElseThrow(Failure::unauthorized);
        if (call.query().text("iss").filter(iss -> !iss.equals(trusted.issuer())).isPresent()) {
            throw Failure.unauthorized();
        }
        Session session =
                signIn.signIn(
                        protocol,
                        codes.attributes(
                                trusted,
                                back(call),
                                call.query().text("code").orElseThrow(Failure::unauthorized),
                                secrets(back.way())));
        call.note("user", session.user().id().value());
        WebSignInPages.toDashboard(
                exchange, back.begun().origin(), session.caller().token().text());
    }

    private static URI back(Call call) {
        return URI.create(call.origin() + Links.ROOT + BACK);
    }

    private static OidcCodes.Secrets secrets(WebSignIns.Way way) {
        return new OidcCodes.Secrets(way.state(), way.secret("nonce"), way.secret("verifier"));
    }
}
