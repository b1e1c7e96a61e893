package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.auth.AuthRequest;
import cloud.welkin.identity.auth.SignIn;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.store.OidcStores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Signing in with an account of the cloud, and signing out (OpenID Connect RP-Initiated Logout
 * 1.0). Credentials go the way of every other sign-in of the cloud, so that its rules hold here
 * too.
 */
final class SignInOperations implements OperationGroup {
    private static final Logger log = LoggerFactory.getLogger(SignInOperations.class);
    private static final int LONGEST = 4096;

    private final Provider provider;
    private final Browsers browsers;
    private final AuthorizationCheck check;
    private final OidcStores stores;

    SignInOperations(Provider provider, Browsers browsers) {
        this.provider = provider;
        this.browsers = browsers;
        this.stores = provider.stores().oidc();
        this.check = new AuthorizationCheck(stores.clients());
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/login")
                        .openToAll()
                        .doc("Signs a browser in with name, domain, password and one-time code.")
                        .streams(this::signIn),
                Operation.get("/logout")
                        .openToAll()
                        .doc("Signs a browser out: asks, unless the client's ID token says who.")
                        .anyParam()
                        .streams((call, exchange) -> signOut(call, exchange, call.query())),
                Operation.post("/logout")
                        .openToAll()
                        .doc("Signs a browser out; the parameters as a form.")
                        .streams(
                                (call, exchange) ->
                                        signOut(call, exchange, Forms.read(call, exchange))));
    }

    private void signIn(Call call, Exchange exchange) {
        Query form = Forms.read(call, exchange);
        Resume resume =
                Resume.from(form).orElseThrow(() -> Failure.badRequest("This form is not ours."));
        if (!browsers.strangersForm(call, form)) {
            again(call, exchange, 403, form, resume, "The page was too old. Try once more.");
            return;
        }
        Optional<Session> account = account(call, form);
        if (account.isEmpty()) {
            again(
                    call,
                    exchange,
                    401,
                    form,
                    resume,
                    "This is not a user name, domain and password that belong together, or a"
                            + " one-time code is wanted.");
            return;
        }
        String cookie =
                provider.database()
                        .write(
                                tx ->
                                        browsers.begin(
                                                tx,
                                                call,
                                                account.get().user().id(),
                                                account.get().payload().methods()));
        Answers.redirect(exchange, resume.uri(call), Optional.of(cookie));
    }

    private void again(
            Call call, Exchange exchange, int status, Query form, Resume resume, String why) {
        List<String> targets =
                resume.to().equals(Resume.AUTHORIZE)
                                && provider.database()
                                                .read(
                                                        tx ->
                                                                check.check(
                                                                        tx,
                                                                        Provider.issuer(call),
                                                                        resume.parameters()))
                                        instanceof AuthorizationCheck.Result.Asked asked
                        ? asked.targets()
                        : List.of();
        browsers.askToSignIn(
                call,
                exchange,
                status,
                resume,
                form.text("user").orElse(""),
                Optional.of(why),
                targets);
    }

    private Optional<Session> account(Call call, Query form) {
        String password = form.text("password").orElse("");
        String passcode = form.text("passcode").orElse("").strip();
        if (password.length() > LONGEST || passcode.length() > 16) {
            return Optional.empty();
        }
        Map<String, Object> user =
                Map.of(
                        "name",
                        form.text("user").orElse(""),
                        "domain",
                        Map.of("name", form.text("domain").orElse("")));
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put(
                "methods", passcode.isEmpty() ? List.of("password") : List.of("password", "totp"));
        identity.put("password", Map.of("user", with(user, "password", password)));
        if (!passcode.isEmpty()) {
            identity.put("totp", Map.of("user", with(user, "passcode", passcode)));
        }
        try {
            return Optional.of(
                    provider.authentication()
                            .authenticateAtOnce(
                                    Json.mapper()
                                            .convertValue(
                                                    Map.of(
                                                            "identity",
                                                            identity,
                                                            "scope",
                                                            Map.of("unscoped", Map.of())),
                                                    AuthRequest.Auth.class),
                                    SignIn.Asker.of(call, Optional.empty())));
        } catch (Failure | JacksonException refused) {
            log.info("signing in at a page is refused: {}", refused.getMessage());
            return Optional.empty();
        }
    }

    private static Map<String, Object> with(Map<String, Object> user, String name, String value) {
        Map<String, Object> more = new LinkedHashMap<>(user);
        more.put(name, value);
        return more;
    }

    /**
     * Where a client may send the browser afterwards is what it has registered; without a proof
     * that it is the client of whoever is signed in, the person is asked.
     */
    private void signOut(Call call, Exchange exchange, Query parameters) {
        Optional<Browsers.Person> person =
                provider.database().read(tx -> browsers.person(tx, call));
        Optional<JWTClaimsSet> hint =
                parameters
                        .text("id_token_hint")
                        .filter(text -> text.length() <= LONGEST)
                        .flatMap(provider.keys()::verify);
        Optional<OidcClient> client =
                hint.flatMap(claims -> claims.getAudience().stream().findFirst())
                        .or(() -> parameters.text("client_id"))
                        .flatMap(
                                id ->
                                        provider.database()
                                                .read(tx -> stores.clients().find(tx, id)));
        Optional<URI> to =
                parameters
                        .text("post_logout_redirect_uri")
                        .filter(
                                uri ->
                                        client.filter(known -> known.logoutUris().contains(uri))
                                                .isPresent())
                        .map(uri -> withState(uri, parameters.text("state")));
        boolean proven =
                person.isPresent()
                        && hint.filter(
                                        claims ->
                                                person.get()
                                                        .session()
                                                        .user()
                                                        .value()
                                                        .equals(claims.getSubject()))
                                .isPresent();
        boolean confirmed =
                person.isPresent()
                        && call.operation().method().equals("POST")
                        && browsers.personsForm(call, person.get(), parameters);
        if (person.isPresent() && !proven && !confirmed) {
            Map<String, String> fields = new LinkedHashMap<>();
            for (String name : List.of("client_id", "post_logout_redirect_uri", "state")) {
                parameters.text(name).ifPresent(value -> fields.put(name, value));
            }
            client.ifPresent(known -> fields.put("client_id", known.id()));
            Answers.page(
                    exchange,
                    200,
                    Page.signOut(
                            person.get().csrf(),
                            fields,
                            to.map(uri -> AuthorizationCheck.origin(uri.toString()))
                                    .orElse(List.of())),
                    Optional.empty());
            return;
        }
        Optional<String> cookie =
                person.map(
                        known ->
                                provider.database()
                                        .<String>write((Tx tx) -> browsers.end(tx, call, known)));
        if (to.isPresent()) {
            Answers.redirect(exchange, to.get(), cookie);
        } else {
            Answers.page(exchange, 200, Page.message("Signed out", "You are signed out."), cookie);
        }
    }

    private static URI withState(String uri, Optional<String> state) {
        return URI.create(
                state.map(
                                text ->
                                        uri
                                                + (uri.contains("?") ? "&" : "?")
                                                + "state="
                                                + java.net.URLEncoder.encode(
                                                        text,
                                                        java.nio.charset.StandardCharsets.UTF_8))
                        .orElse(uri));
    }
}
