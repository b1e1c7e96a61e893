package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.domain.OidcGrant;
import cloud.welkin.identity.oidc.AuthorizationCheck.Result;
import cloud.welkin.identity.store.OidcStores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationSuccessResponse;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.OIDCError;
import com.nimbusds.openid.connect.sdk.Prompt;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The authorization endpoint (OpenID Connect Core, 3.1.2): who sits before the browser, whether
 * they agree, then a code for the client. The consent page sends the whole request back, which is
 * checked again; nothing is kept in between.
 */
final class AuthorizeOperations implements OperationGroup {
    static final Duration GRANT_LIFETIME = Duration.ofDays(30);
    private static final Duration CODE_LIFETIME = Duration.ofSeconds(60);

    private final Provider provider;
    private final Browsers browsers;
    private final AuthorizationCheck check;
    private final OidcStores stores;

    AuthorizeOperations(Provider provider, Browsers browsers) {
        this.provider = provider;
        this.browsers = browsers;
        this.stores = provider.stores().oidc();
        this.check = new AuthorizationCheck(stores.clients());
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/authorize")
                        .openToAll()
                        .doc("Begins signing in to a client.")
                        .anyParam()
                        .streams((call, exchange) -> authorize(call, exchange, call.query())),
                Operation.post("/authorize")
                        .openToAll()
                        .doc("Begins signing in to a client; the parameters as a form.")
                        .streams(
                                (call, exchange) ->
                                        authorize(call, exchange, Forms.read(call, exchange))),
                Operation.post("/consent")
                        .openToAll()
                        .doc("What a person says to a client's request.")
                        .streams(this::decide));
    }

    private void authorize(Call call, Exchange exchange, Query parameters) {
        Result result =
                provider.database().read(tx -> check.check(tx, Provider.issuer(call), parameters));
        switch (result) {
            case Result.Stop(String why) ->
                    Answers.page(
                            exchange,
                            400,
                            Page.message("This does not work", why),
                            Optional.empty());
            case Result.Back(URI to) -> Answers.redirect(exchange, to, Optional.empty());
            case Result.Asked asked -> goOn(call, exchange, parameters, asked);
        }
    }

    private void goOn(Call call, Exchange exchange, Query parameters, Result.Asked asked) {
        Optional<Browsers.Person> person =
                provider.database().read(tx -> browsers.person(tx, call));
        boolean silent = prompts(asked.request(), Prompt.Type.NONE);
        if (person.filter(p -> fresh(p, asked.request())).isEmpty()) {
            if (silent) {
                back(call, exchange, asked, OIDCError.LOGIN_REQUIRED);
                return;
            }
            browsers.askToSignIn(
                    call,
                    exchange,
                    200,
                    Resume.of(Resume.AUTHORIZE, withoutSignIn(parameters)),
                    Optional.ofNullable(asked.request().getLoginHint()).orElse(""),
                    Optional.empty(),
                    asked.targets());
            return;
        }
        boolean agreed =
                !prompts(asked.request(), Prompt.Type.CONSENT)
                        && provider.database().read(tx -> agreed(tx, person.get(), asked));
        if (agreed) {
            grant(call, exchange, asked, person.get(), false);
        } else if (silent) {
            back(call, exchange, asked, OIDCError.CONSENT_REQUIRED);
        } else {
            Answers.page(
                    exchange,
                    200,
                    Page.consent(
                            person.get().csrf(),
                            "/consent",
                            Map.of(
                                    "to",
                                    Resume.AUTHORIZE,
                                    "query",
                                    Resume.of(Resume.AUTHORIZE, parameters.values()).query()),
                            asked.client().name(),
                            person.get().account().user().name(),
                            asked.scopes(),
                            asked.targets()),
                    Optional.empty());
        }
    }

    private void decide(Call call, Exchange exchange) {
        Query form = Forms.read(call, exchange);
        Optional<Browsers.Person> person =
                provider.database().read(tx -> browsers.person(tx, call));
        Query parameters =
                Resume.from(form)
                        .map(Resume::parameters)
                        .orElseThrow(() -> Failure.badRequest("This form is not ours."));
        if (person.isEmpty() || !browsers.personsForm(call, person.get(), form)) {
            Answers.page(
                    exchange,
                    403,
                    Page.message(
                            "This does not work",
                            "The page was not sent by you, or is too old. Go back to the"
                                    + " application and begin again."),
                    Optional.empty());
            return;
        }
        Result result =
                provider.database().read(tx -> check.check(tx, Provider.issuer(call), parameters));
        switch (result) {
            case Result.Stop(String why) ->
                    Answers.page(
                            exchange,
                            400,
                            Page.message("This does not work", why),
                            Optional.empty());
            case Result.Back(URI to) -> Answers.redirect(exchange, to, Optional.empty());
            case Result.Asked asked -> {
                if (form.text("decision").equals(Optional.of("allow"))) {
                    grant(call, exchange, asked, person.get(), true);
                } else {
                    back(call, exchange, asked, OAuth2Error.ACCESS_DENIED);
                }
            }
        }
    }

    private void grant(
            Call call,
            Exchange exchange,
            Result.Asked asked,
            Browsers.Person person,
            boolean remember) {
        String code =
                provider.database()
                        .write(
                                tx -> {
                                    if (remember) {
                                        remember(tx, person, asked);
                                    }
                                    return code(tx, asked, person);
                                });
        Answers.redirect(
                exchange,
                new AuthorizationSuccessResponse(
                                asked.request().getRedirectionURI(),
                                new AuthorizationCode(code),
                                null,
                                asked.request().getState(),
                                new Issuer(Provider.issuer(call)),
                                ResponseMode.QUERY)
                        .toURI(),
                Optional.empty());
    }

    private String code(Tx tx, Result.Asked asked, Browsers.Person person) {
        Instant now = provider.clock().instant();
        OidcGrant grant =
                new OidcGrant(
                        Ids.hex(),
                        asked.client().id(),
                        person.session().user(),
                        asked.scopes(),
                        person.session().methods(),
                        Optional.ofNullable(asked.request().getNonce()).map(n -> n.getValue()),
                        person.session().beganAt(),
                        now.plus(GRANT_LIFETIME));
        String code = Opaque.make(provider.random());
        stores.grants().insert(tx, grant, now);
        stores.grants()
                .insert(
                        tx,
                        new OidcGrant.Code(
                                Opaque.hash(code),
                                grant.id(),
                                asked.request().getRedirectionURI().toString(),
                                Optional.ofNullable(asked.request().getCodeChallenge())
                                        .map(challenge -> challenge.getValue()),
                                now.plus(CODE_LIFETIME),
                                false));
        return code;
    }

    /**
     * A public client that is not reached by TLS can be played by any program on the person's
     * machine, so it is asked about every time (RFC 8252, 8.6).
     */
    private boolean agreed(Tx tx, Browsers.Person person, Result.Asked asked) {
        return isItself(asked.client(), asked.request())
                && stores.clients()
                        .consented(tx, person.session().user(), asked.client().id())
                        .containsAll(asked.scopes());
    }

    private static boolean isItself(OidcClient client, AuthenticationRequest request) {
        return !client.isPublic() || "https".equals(request.getRedirectionURI().getScheme());
    }

    private void remember(Tx tx, Browsers.Person person, Result.Asked asked) {
        Set<String> all =
                new LinkedHashSet<>(
                        stores.clients()
                                .consented(tx, person.session().user(), asked.client().id()));
        all.addAll(asked.scopes());
        stores.clients()
                .consent(tx, person.session().user(), asked.client().id(), List.copyOf(all));
    }

    private boolean fresh(Browsers.Person person, AuthenticationRequest request) {
        if (prompts(request, Prompt.Type.LOGIN) || prompts(request, Prompt.Type.SELECT_ACCOUNT)) {
            return false;
        }
        return request.getMaxAge() < 0
                || !person.session()
                        .beganAt()
                        .plusSeconds(request.getMaxAge())
                        .isBefore(provider.clock().instant().minusSeconds(1));
    }

    /** What is to come after signing in does not ask for that again. */
    private static Map<String, List<String>> withoutSignIn(Query parameters) {
        Map<String, List<String>> rest = new HashMap<>(parameters.values());
        String prompt =
                parameters.text("prompt").orElse("").replaceAll("login|select_account", "").strip();
        rest.remove("prompt");
        if (!prompt.isEmpty()) {
            rest.put("prompt", List.of(prompt));
        }
        return rest;
    }

    private static boolean prompts(AuthenticationRequest request, Prompt.Type type) {
        return request.getPrompt() != null && request.getPrompt().contains(type);
    }

    private static void back(Call call, Exchange exchange, Result.Asked asked, ErrorObject error) {
        Answers.redirect(
                exchange,
                AuthorizationCheck.refuse(
                                asked.request().getRedirectionURI(),
                                Optional.ofNullable(asked.request().getState()),
                                Provider.issuer(call),
                                error)
                        .to(),
                Optional.empty());
    }
}
