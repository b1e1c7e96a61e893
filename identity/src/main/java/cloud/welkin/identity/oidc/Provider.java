package cloud.welkin.identity.oidc;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the parts of the provider share. */
record Provider(
        Database database,
        Clock clock,
        SecureRandom random,
        Sessions sessions,
        Authentication authentication,
        Stores stores,
        SigningKeys keys) {
    static final String PATH = "/identity/oidc";
    static final List<String> SCOPES =
            List.of("openid", "profile", "email", "groups", "projects", "offline_access");

    /** As it stands in ID tokens, and as clients are told to find everything else by. */
    static String issuer(Call call) {
        return call.origin() + PATH;
    }

    /**
     * The user, as long as what was shown at that time still counts: the account and its domain are
     * enabled, the password is the same, nothing was revoked since.
     */
    Optional<Session> account(Tx tx, UserId user, Instant shownAt, List<String> methods) {
        try {
            return Optional.of(
                    sessions.preview(
                            tx,
                            new TokenPayload(
                                    user.value(),
                                    methods,
                                    Optional.empty(),
                                    shownAt,
                                    Instant.MAX,
                                    List.of("oidc"),
                                    Optional.empty(),
                                    Optional.empty()),
                            Failure::unauthorized));
        } catch (Failure gone) {
            return Optional.empty();
        }
    }
}
