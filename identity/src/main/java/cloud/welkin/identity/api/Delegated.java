package cloud.welkin.identity.api;

import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.Credential;
import cloud.welkin.identity.domain.Ec2Key;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.Optional;

/**
 * What a token that was had by somebody's leave may do with credentials: by a trust, an application
 * credential, an OAuth 1 access token. A secret made or seen with it must not be worth more, nor
 * longer, than the leave (OSSA-2013-032, OSSA-2020-004, OSSA-2026-005).
 */
record Delegated(Session session, Ec2Key.Delegation leave) {
    static Delegated of(Session session) {
        return new Delegated(
                session,
                new Ec2Key.Delegation(
                        session.trust().map(Trust::id),
                        session.payload().applicationCredential(),
                        session.access().map(OauthToken::id)));
    }

    private boolean isDelegated() {
        return !leave.isNone();
    }

    /** Refuses, with 403, what would hold when the leave has ended. */
    void refuse() {
        if (isDelegated()) {
            throw Failure.forbidden(
                    "Credentials cannot be made or changed with an application credential or a"
                            + " trust.");
        }
    }

    /**
     * The limits of an EC2 credential that is made with the token: for oneself, for the token's
     * project, not by an application credential that may not make others.
     */
    Ec2Key.Delegation limitsOf(UserId user, Optional<ProjectId> project) {
        if (!isDelegated()) {
            return Ec2Key.Delegation.NONE;
        }
        if (!session.unrestricted()) {
            refuse();
        }
        if (!user.equals(session.user().id()) || !project.equals(session.caller().project())) {
            throw notOfThisScope();
        }
        return leave;
    }

    private static Failure notOfThisScope() {
        return Failure.forbidden(
                "EC2 credential project does not match the project scope of the delegated token");
    }

    /** The credential, unless its secret is worth more than the token: then 403. */
    Credential required(Credential credential) {
        if (!mayKnow(credential)) {
            throw notOfThisScope();
        }
        return credential;
    }

    /** Whether the secret of the credential is worth no more than the token. */
    boolean mayKnow(Credential credential) {
        return !isDelegated()
                || (credential.type().equals("ec2")
                        && credential.project().equals(session.caller().project())
                        && Ec2Key.of(credential.blob())
                                .filter(key -> key.limits().equals(leave))
                                .isPresent());
    }
}
