package cloud.welkin.identity.oidc;

import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.domain.OidcDevice;
import cloud.welkin.identity.domain.OidcGrant;
import cloud.welkin.identity.store.OidcStores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Devices without a browser (RFC 8628): a device shows a code, somebody types it into a page here
 * and says yes or no. The person sees which client asks before saying so, and the code is never
 * taken for a yes by itself.
 */
final class DeviceOperations implements OperationGroup {
    static final String GRANT = "urn:ietf:params:oauth:grant-type:device_code";

    /** Consonants that look like no digit and spell no words. */
    private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

    private static final int LENGTH = 8;
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Provider provider;
    private final Browsers browsers;
    private final OidcStores stores;
    private final ClientProof clients;

    DeviceOperations(Provider provider, Browsers browsers) {
        this.provider = provider;
        this.browsers = browsers;
        this.stores = provider.stores().oidc();
        this.clients = new ClientProof(stores.clients());
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/device_authorization")
                        .openToAll()
                        .doc("Gives a device the codes to wait for a person with.")
                        .streams(this::begin),
                Operation.get("/device")
                        .openToAll()
                        .doc("The page for a device's code.")
                        .anyParam()
                        .streams(this::page),
                Operation.post("/device")
                        .openToAll()
                        .doc("What a person says to a device's request.")
                        .streams(this::decide));
    }

    private void begin(Call call, Exchange exchange) {
        Query form;
        try {
            form = Forms.read(call, exchange);
        } catch (Failure e) {
            Answers.error(exchange, OAuth2Error.INVALID_REQUEST);
            return;
        }
        ClientProof.Checked checked = provider.database().read(tx -> clients.check(tx, call, form));
        if (checked.client().isEmpty()) {
            Answers.error(exchange, checked.error());
            return;
        }
        OidcClient client = checked.client().get();
        if (!client.may(GRANT)) {
            Answers.error(exchange, OAuth2Error.UNAUTHORIZED_CLIENT);
            return;
        }
        List<String> scopes =
                new ArrayList<>(
                        Arrays.asList(form.text("scope").orElse("openid").strip().split(" +")));
        scopes.retainAll(client.scopes());
        if (scopes.isEmpty()) {
            Answers.error(exchange, OAuth2Error.INVALID_SCOPE);
            return;
        }
        Optional<String> challenge = form.text("code_challenge");
        if (challenge.isPresent()
                && !form.text("code_challenge_method").equals(Optional.of("S256"))) {
            Answers.error(exchange, AuthorizationCheck.ONLY_S256);
            return;
        }
        Instant now = provider.clock().instant();
        String code = Opaque.make(provider.random());
        String userCode = userCode();
        OidcDevice device =
                new OidcDevice(
                        Opaque.hash(code),
                        userCode,
                        client.id(),
                        List.copyOf(scopes),
                        now.plus(LIFETIME),
                        INTERVAL,
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        challenge);
        provider.database().change(tx -> stores.devices().insert(tx, device, now));
        String page = Provider.issuer(call) + "/device";
        String shown = userCode.substring(0, LENGTH / 2) + "-" + userCode.substring(LENGTH / 2);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("device_code", code);
        answer.put("user_code", shown);
        answer.put("verification_uri", page);
        answer.put("verification_uri_complete", page + "?user_code=" + shown);
        answer.put("expires_in", LIFETIME.toSeconds());
        answer.put("interval", INTERVAL.toSeconds());
        Answers.json(exchange, 200, answer);
    }

    private String userCode() {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            code.append(LETTERS.charAt(provider.random().nextInt(LETTERS.length())));
        }
        return code.toString();
    }

    private static Optional<String> userCode(Query query) {
        return query.text("user_code")
                .map(text -> text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", ""))
                .filter(text -> text.length() == LENGTH);
    }

    private void page(Call call, Exchange exchange) {
        Optional<Browsers.Person> person =
                provider.database().read(tx -> browsers.person(tx, call));
        if (person.isEmpty()) {
            browsers.askToSignIn(
                    call,
                    exchange,
                    200,
                    Resume.of(Resume.DEVICE, call.query().values()),
                    "",
                    Optional.empty(),
                    List.of());
            return;
        }
        Optional<String> code = userCode(call.query());
        Optional<OidcDevice> device =
                code.flatMap(
                        text ->
                                provider.database()
                                        .write(
                                                tx ->
                                                        stores.devices()
                                                                .waiting(
                                                                        tx,
                                                                        text,
                                                                        provider.clock()
                                                                                .instant())));
        if (device.isEmpty()) {
            boolean typed = call.query().has("user_code");
            Answers.page(
                    exchange,
                    typed ? 400 : 200,
                    Page.userCode(
                            typed
                                    ? Optional.of("No device waits with this code.")
                                    : Optional.empty()),
                    Optional.empty());
            return;
        }
        String client =
                provider.database()
                        .read(tx -> stores.clients().find(tx, device.get().client()))
                        .map(OidcClient::name)
                        .orElse("");
        Answers.page(
                exchange,
                200,
                Page.consent(
                        person.get().csrf(),
                        "/device",
                        Map.of("user_code", device.get().userCode()),
                        client,
                        person.get().account().user().name(),
                        device.get().scopes(),
                        List.of()),
                Optional.empty());
    }

    private void decide(Call call, Exchange exchange) {
        Query form = Forms.read(call, exchange);
        Optional<Browsers.Person> person =
                provider.database().read(tx -> browsers.person(tx, call));
        if (person.isEmpty() || !browsers.personsForm(call, person.get(), form)) {
            Answers.page(
                    exchange,
                    403,
                    Page.message("This does not work", "The page was not sent by you."),
                    Optional.empty());
            return;
        }
        boolean allowed = form.text("decision").equals(Optional.of("allow"));
        boolean done =
                provider.database().write(tx -> decide(tx, person.get(), userCode(form), allowed));
        Answers.page(
                exchange,
                done ? 200 : 400,
                done
                        ? Page.message(
                                allowed ? "Connected" : "Denied",
                                "You can close this page and go back to the device.")
                        : Page.userCode(Optional.of("No device waits with this code.")),
                Optional.empty());
    }

    private boolean decide(
            cloud.welkin.database.Tx tx,
            Browsers.Person person,
            Optional<String> code,
            boolean allowed) {
        Instant now = provider.clock().instant();
        Optional<OidcDevice> device = code.flatMap(text -> stores.devices().waiting(tx, text, now));
        if (device.isEmpty()) {
            return false;
        }
        if (!allowed) {
            stores.devices().deny(tx, device.get().hash());
            return true;
        }
        OidcGrant grant =
                new OidcGrant(
                        Ids.hex(),
                        device.get().client(),
                        person.session().user(),
                        device.get().scopes(),
                        person.session().methods(),
                        Optional.empty(),
                        person.session().beganAt(),
                        now.plus(AuthorizeOperations.GRANT_LIFETIME));
        stores.grants().insert(tx, grant, now);
        stores.devices().grant(tx, device.get().hash(), grant.id());
        return true;
    }
}
