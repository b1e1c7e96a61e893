package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.OidcSession;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who sits before a browser: a cookie that says nothing, of which the database keeps the hash. The
 * tokens in our forms come from the cookie, so that no other site can send them (a browser that
 * nobody has signed in with has a cookie for just that).
 */
final class Browsers {
    private static final Duration LIFETIME = Duration.ofHours(8);
    private static final String SESSION = "welkin-oidc";
    private static final String BEFORE = "welkin-oidc-before";

    private final Provider provider;

    Browsers(Provider provider) {
        this.provider = provider;
    }

    /**
     * Somebody who has signed in.
     *
     * @param account as it is now
     */
    record Person(OidcSession session, Session account, String csrf) {}

    /** A form's token, and the cookie to be set with it if the browser has none. */
    record Stranger(String csrf, Optional<String> cookie) {}

    Optional<Person> person(Tx tx, Call call) {
        Optional<String> cookie = cookie(call, SESSION);
        Optional<OidcSession> session =
                cookie.flatMap(
                                value ->
                                        provider.stores()
                                                .oidc()
                                                .sessions()
                                                .find(tx, Opaque.hash(value)))
                        .filter(found -> provider.clock().instant().isBefore(found.expiresAt()));
        return session.flatMap(
                found ->
                        provider.account(tx, found.user(), found.beganAt(), found.methods())
                                .map(
                                        account ->
                                                new Person(
                                                        found,
                                                        account,
                                                        csrf(cookie.orElseThrow()))));
    }

    Stranger stranger(Call call) {
        Optional<String> known = cookie(call, BEFORE);
        String value = known.orElseGet(() -> Opaque.make(provider.random()));
        return new Stranger(
                csrf(value),
                known.isPresent() ? Optional.empty() : Optional.of(set(call, BEFORE, value)));
    }

    /** Whether a form of the page before signing in comes from that page in this browser. */
    boolean strangersForm(Call call, Query form) {
        return sameSite(call)
                && cookie(call, BEFORE)
                        .filter(value -> Opaque.same(csrf(value), form.text("csrf").orElse("")))
                        .isPresent();
    }

    boolean personsForm(Call call, Person person, Query form) {
        return sameSite(call) && Opaque.same(person.csrf(), form.text("csrf").orElse(""));
    }

    private static boolean sameSite(Call call) {
        return call.header("Sec-Fetch-Site").filter("cross-site"::equals).isEmpty();
    }

    /** Begins a session of a user that has just signed in; the cookie to be set. */
    String begin(Tx tx, Call call, UserId user, List<String> methods) {
        cookie(call, SESSION)
                .ifPresent(old -> provider.stores().oidc().sessions().delete(tx, Opaque.hash(old)));
        String value = Opaque.make(provider.random());
        Instant now = provider.clock().instant();
        provider.stores()
                .oidc()
                .sessions()
                .insert(
                        tx,
                        new OidcSession(Opaque.hash(value), user, methods, now, now.plus(LIFETIME)),
                        now);
        return set(call, SESSION, value);
    }

    /** Ends the session; the cookie to be set. */
    String end(Tx tx, Call call, Person person) {
        provider.stores().oidc().sessions().delete(tx, person.session().hash());
        return set(call, SESSION, "") + "; Max-Age=0";
    }

    private static String csrf(String cookie) {
        return Opaque.hash("csrf:" + cookie);
    }

    private static boolean secure(Call call) {
        return call.origin().startsWith("https:");
    }

    /** Over TLS no other host of the domain can set a cookie of this name. */
    private static String name(Call call, String name) {
        return secure(call) ? "__Host-" + name : name;
    }

    private static String set(Call call, String name, String value) {
        return name(call, name)
                + "="
                + value
                + "; HttpOnly; SameSite=Lax; Path=/"
                + (secure(call) ? "; Secure" : "");
    }

    private static Optional<String> cookie(Call call, String name) {
        String wanted = name(call, name) + "=";
        for (String pair : call.header("Cookie").orElse("").split(";")) {
            if (pair.strip().startsWith(wanted)) {
                return Optional.of(pair.strip().substring(wanted.length()))
                        .filter(value -> !value.isEmpty());
            }
        }
        return Optional.empty();
    }

    /** The page to sign in with, for who comes from elsewhere. */
    void askToSignIn(
            Call call,
            Exchange exchange,
            int status,
            Resume resume,
            String user,
            Optional<String> error,
            List<String> targets) {
        Stranger stranger = stranger(call);
        Answers.page(
                exchange,
                status,
                Page.signIn(stranger.csrf(), resume, user, error, targets),
                stranger.cookie());
    }
}
