package cloud.welkin.identity.auth;

import cloud.welkin.identity.Session;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.UserId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Who has a token already, and wants another that ends no later. */
final class TokenMethod implements AuthMethod {
    private final Sessions sessions;

    TokenMethod(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public String name() {
        return "token";
    }

    @Override
    public Proof prove(AuthRequest.Identity identity, Named named) {
        TokenPayload old =
                known(identity.token().orElseThrow(() -> AuthMethod.missing(name())).id())
                        .payload();
        if (old.applicationCredential().isPresent()
                || old.trust().isPresent()
                || (!old.marks().isEmpty() && old.mark(TokenPayload.PROVIDER).isEmpty())) {
            // Such a token is for one project and one set of roles; another from it could be for
            // more.
            throw Failure.forbidden(
                    "A token of an application credential, a trust or OAuth cannot be exchanged for"
                            + " another.");
        }
        Set<String> methods = new LinkedHashSet<>(old.methods());
        methods.add(name());
        return new Proof(
                new UserId(old.userId()),
                methods,
                old.expiresAt(),
                old.auditIds(),
                Optional.empty(),
                false,
                Optional.empty(),
                old.marks());
    }

    /**
     * A token to be exchanged is looked up, so one that is no more is not found (Keystone's 404).
     */
    private Session known(String token) {
        try {
            return sessions.session(token);
        } catch (Failure e) {
            throw e.kind() == FailureKind.UNAUTHORIZED
                    ? Failure.notFound("Failed to validate token")
                    : e;
        }
    }
}
