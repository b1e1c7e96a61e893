package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.store.OauthStore;
import cloud.welkin.kernel.failure.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who signs the request itself with an OAuth 1 access token: the user that granted it, for the
 * project and the roles that were granted.
 */
public final class Oauth1Method implements AuthMethod {
    /** The request that is being answered: its header has the signature, its body nothing. */
    public static final ScopedValue<SignedRequest> REQUEST = ScopedValue.newInstance();

    private final Database database;
    private final Clock clock;
    private final OauthStore store;
    private final OauthSignatures signatures;

    Oauth1Method(Database database, Clock clock, OauthStore store) {
        this.database = database;
        this.clock = clock;
        this.store = store;
        this.signatures = new OauthSignatures(clock, store);
    }

    @Override
    public String name() {
        return "oauth1";
    }

    @Override
    public Proof prove(AuthRequest.Identity identity, Named named) {
        SignedRequest request =
                REQUEST.isBound()
                        ? REQUEST.get()
                        : new SignedRequest(
                                "",
                                List.of(),
                                new cloud.welkin.kernel.api.Query(Map.of()),
                                Map.of());
        String id =
                request.parameter("oauth_token")
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "Expecting to find oauth_token in request."));
        OauthToken token =
                database.write(
                        tx -> {
                            OauthToken found =
                                    store.access(tx, id).orElseThrow(Failure::unauthorized);
                            signatures.check(tx, request, Optional.of(found));
                            return found;
                        });
        if (token.expired(clock.instant())) {
            throw Failure.unauthorized();
        }
        return new Proof(
                token.user().orElseThrow(Failure::unauthorized),
                Set.of(name()),
                token.expiresAt().orElse(Instant.MAX),
                List.of(),
                Optional.empty(),
                false,
                Optional.of(AssignmentTarget.project(token.project().value())),
                Map.of(TokenPayload.ACCESS_TOKEN, token.id()));
    }
}
