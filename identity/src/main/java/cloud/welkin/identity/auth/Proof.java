package cloud.welkin.identity.auth;

import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What credentials have shown of whoever asks for a token.
 *
 * @param methods by which, as Keystone names them
 * @param notAfter when what was shown ends; the token ends with it
 * @param parentAudits the audit ids of the token that was shown
 * @param credential the application credential that was shown
 * @param trust whether the token shall be of a trust
 * @param only the one thing that the token can be good for
 * @param marks what the token shall say beside, as in {@link TokenPayload#marks}
 */
public record Proof(
        UserId user,
        Set<String> methods,
        Instant notAfter,
        List<String> parentAudits,
        Optional<ApplicationCredential> credential,
        boolean trust,
        Optional<AssignmentTarget> only,
        Map<String, String> marks) {

    /** One that says nothing of what the token shall be good for. */
    public Proof(
            UserId user,
            Set<String> methods,
            Instant notAfter,
            List<String> parentAudits,
            Optional<ApplicationCredential> credential,
            boolean trust) {
        this(user, methods, notAfter, parentAudits, credential, trust, Optional.empty(), Map.of());
    }

    /** The user, by a method that shows nothing but that. */
    public static Proof of(UserId user, String method) {
        return new Proof(user, Set.of(method), Instant.MAX, List.of(), Optional.empty(), false);
    }

    /** Both of them, if they are of the same user. */
    Optional<Proof> and(Proof other) {
        if (!user.equals(other.user())) {
            return Optional.empty();
        }
        Set<String> both = new LinkedHashSet<>(methods);
        both.addAll(other.methods());
        return Optional.of(
                new Proof(
                        user,
                        both,
                        notAfter.isBefore(other.notAfter()) ? notAfter : other.notAfter(),
                        parentAudits.isEmpty() ? other.parentAudits() : parentAudits,
                        credential.or(other::credential),
                        trust || other.trust(),
                        only.or(other::only),
                        marks.isEmpty() ? other.marks() : marks));
    }
}
