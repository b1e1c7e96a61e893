package cloud.welkin.identity.domain;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a token says: only who, for what, how and how long. Names, roles and the catalogue are
 * looked up when the token is used, so that a change takes effect on tokens that exist.
 *
 * @param trust the trust that the token was had from
 * @param methods as Keystone names them: password, token, application_credential
 * @param marks what else its method says of it: {@link #ACCESS_TOKEN}, {@link #THUMBPRINT}, {@link
 *     #PROVIDER} and {@link #PROTOCOL}
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
        Optional<String> trust,
        Map<String, String> marks) {
    /** The id of the OAuth 1 access token that the token was had by. */
    public static final String ACCESS_TOKEN = "oauth1";

    /** SHA-256 of the certificate that the token is bound to, base64url (RFC 8705). */
    public static final String THUMBPRINT = "x5t#S256";

    /** The identity provider that vouches for the user, and the protocol by which it did. */
    public static final String PROVIDER = "provider";

    public static final String PROTOCOL = "protocol";

    /** One without marks. */
    public TokenPayload(
            String userId,
            List<String> methods,
            Optional<AssignmentTarget> target,
            Instant issuedAt,
            Instant expiresAt,
            List<String> auditIds,
            Optional<String> applicationCredential,
            Optional<String> trust) {
        this(
                userId,
                methods,
                target,
                issuedAt,
                expiresAt,
                auditIds,
                applicationCredential,
                trust,
                Map.of());
    }

    public TokenPayload {
        marks = Map.copyOf(marks);
        methods = List.copyOf(methods);
        auditIds = List.copyOf(auditIds);
    }

    public Optional<String> mark(String name) {
        return Optional.ofNullable(marks.get(name));
    }

    public String auditId() {
        return auditIds.getFirst();
    }
}
