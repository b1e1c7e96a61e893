package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Partners;
import cloud.welkin.identity.auth.Pace;
import cloud.welkin.identity.auth.PeerNetwork;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.WebSignIn;
import cloud.welkin.identity.oidc.Opaque;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.identity.store.WebSignInStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Browsers on their way to an identity provider. What comes back counts only in the browser that
 * set out (its cookie), once, and for ten minutes. Anybody may set out, so there is a limit of how
 * often from one address and of how many are under way in all: nobody fills the database.
 */
final class WebSignIns {
    static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Logger log = LoggerFactory.getLogger(WebSignIns.class);

    /**
     * How a provider sends browsers back: only those that come by a link bring cookies that are for
     * visits from the same site.
     */
    enum Return {
        LINK("welkin_websso"),
        FORM("welkin_websso_form");

        private final String cookie;

        Return(String cookie) {
            this.cookie = cookie;
        }

        private String attributes(boolean secure) {
            return switch (this) {
                case LINK -> "; SameSite=Lax" + (secure ? "; Secure" : "");
                // Browsers take None over TLS only. Without TLS, nothing is said of it, and most
                // of them bring such a cookie for as long as the way back takes.
                case FORM -> secure ? "; SameSite=None; Secure" : "";
            };
        }
    }

    /**
     * What the browser that set out and this cloud know of its way.
     *
     * @param state comes back with it
     * @param browser its cookie
     */
    record Way(String state, String browser) {
        /** A secret of this way alone, by which the provider's answer is known. */
        String secret(String name) {
            return Opaque.hash(name + " " + state + " " + browser);
        }

        @Override
        public String toString() {
            return "Way[…]";
        }
    }

    /** A way that has been gone to its end. */
    record Back(Way way, WebSignIn begun) {}

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final List<String> dashboards;
    private final int most;
    private final Pace pace;
    private final WebSignInStore store;
    private final FederationStore federation;

    WebSignIns(IdentityApi.Parts parts) {
        Partners partners = parts.partners();
        this.database = parts.database();
        this.clock = parts.clock();
        this.random = parts.random();
        this.dashboards = partners.dashboards();
        this.most = partners.webSignIns().atOnce();
        this.pace = new Pace(clock, partners.webSignIns().perAddress());
        this.store = parts.stores().webSignIns();
        this.federation = parts.stores().federation();
    }

    /**
     * The dashboard that the token is for, exactly as the operator has written it.
     *
     * @throws Failure 400 when none is named, 401 for another
     */
    String dashboard(Call call) {
        String origin =
                call.query()
                        .text("origin")
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "Request must have an origin query parameter"));
        if (!dashboards.contains(origin)) {
            log.info("{} is not a trusted dashboard", origin);
            throw Failure.unauthorized("%s is not a trusted dashboard host", origin);
        }
        return origin;
    }

    /**
     * Counts what a peer does here.
     *
     * @throws Failure 429 when it does so too often
     */
    void count(Call call) {
        String address = PeerNetwork.of(call.peer());
        pace.over(address)
                .ifPresent(
                        over -> {
                            throw Failure.tooMany(
                                    over.plusSeconds(1),
                                    "Too many sign-ins from one address; try again later.");
                        });
        pace.count(address);
    }

    /**
     * @param origin the dashboard
     */
    Way setOut(Call call, FederationProtocol protocol, String origin, Return how) {
        Way way =
                new Way(
                        Opaque.make(random),
                        cookie(call, how).orElseGet(() -> Opaque.make(random)));
        Instant now = clock.instant();
        database.change(
                tx -> {
                    if (store.areSoMany(tx, most, now)) {
                        throw Failure.tooMany(
                                Duration.ofMinutes(1),
                                "Too many people are signing in; try again later.");
                    }
                    store.insert(
                            tx,
                            new WebSignIn(
                                    Opaque.hash(way.state()),
                                    Opaque.hash(way.browser()),
                                    protocol.provider(),
                                    protocol.id(),
                                    origin,
                                    now.plus(PATIENCE)));
                });
        return way;
    }

    /** The cookie of who sets out. */
    static String cookie(Call call, Way way, Return how) {
        return how.cookie
                + "="
                + way.browser()
                + "; Path="
                + Links.ROOT
                + WebSignInOperations.ROOT
                + "; Max-Age="
                + PATIENCE.toSeconds()
                + "; HttpOnly"
                + how.attributes(call.origin().startsWith("https:"));
    }

    /**
     * Ends the way of who comes back, whatever comes of it.
     *
     * @throws Failure 401 unless this browser set out with this state, a short while ago
     */
    Back back(Call call, Optional<String> state, Return how) {
        Optional<String> browser = cookie(call, how);
        WebSignIn begun =
                state.flatMap(text -> database.write(tx -> store.take(tx, Opaque.hash(text))))
                        .filter(found -> clock.instant().isBefore(found.endsAt()))
                        .filter(found -> dashboards.contains(found.origin()))
                        .filter(
                                found ->
                                        browser.filter(
                                                        value ->
                                                                Opaque.same(
                                                                        Opaque.hash(value),
                                                                        found.browser()))
                                                .isPresent())
                        .orElseThrow(Failure::unauthorized);
        return new Back(new Way(state.orElseThrow(), browser.orElseThrow()), begun);
    }

    /**
     * The protocol that the browser set out by.
     *
     * @throws Failure 401 when it is gone since
     */
    FederationProtocol protocol(Back back) {
        WebSignIn begun = back.begun();
        return database.read(tx -> federation.protocol(tx, begun.provider(), begun.protocol()))
                .orElseThrow(Failure::unauthorized);
    }

    private static Optional<String> cookie(Call call, Return how) {
        String begin = how.cookie + "=";
        return call.header("Cookie")
                .flatMap(
                        all ->
                                Arrays.stream(all.split(";"))
                                        .map(String::strip)
                                        .filter(one -> one.startsWith(begin))
                                        .map(one -> one.substring(begin.length()))
                                        .filter(value -> value.matches("[\\w-]{43}"))
                                        .findFirst());
    }
}
