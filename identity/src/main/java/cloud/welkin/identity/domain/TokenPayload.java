package cloud.welkin.identity.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a token says: only who, for what, how and how long. Names, roles and the catalogue are
 * looked up when the token is used, so that a change takes effect on tokens that exist.
 *
 * @param trust the trust that the token was had from
 * @param methods as Keystone names them: password, token, application_credential
 * @param auditIds the token's own audit id, then that of the first of its chain
 */
public record TokenPayload(
        String userId,
        List<String> methods,
        Optional<AssignmentTarget> target,
        Instant issuedAt,
        Instant expiresAt,
        List<String> auditIds,
        Optional<String> applicationCredential,
        Optional<String> trust) {

    public TokenPayload {
        methods = List.copyOf(methods);
        auditIds = List.copyOf(auditIds);
    }

    public String auditId() {
        return auditIds.getFirst();
    }
}
