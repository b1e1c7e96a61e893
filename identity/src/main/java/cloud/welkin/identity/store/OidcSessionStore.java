package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.OIDC_SESSION;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcSession;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Browsers that people have signed in with at the OpenID Connect provider. */
public final class OidcSessionStore {
    public Optional<OidcSession> find(Tx tx, String hash) {
        return tx.sql()
                .selectFrom(OIDC_SESSION)
                .where(OIDC_SESSION.HASH.eq(hash))
                .fetchOptional()
                .map(
                        row ->
                                new OidcSession(
                                        row.getHash(),
                                        new UserId(row.getUserId()),
                                        List.of(row.getMethods()),
                                        row.getBeganAt(),
                                        row.getExpiresAt()));
    }

    /** Forgets those that have ended, too. */
    public void insert(Tx tx, OidcSession session, Instant now) {
        tx.sql().deleteFrom(OIDC_SESSION).where(OIDC_SESSION.EXPIRES_AT.lt(now)).execute();
        tx.sql()
                .insertInto(OIDC_SESSION)
                .set(OIDC_SESSION.HASH, session.hash())
                .set(OIDC_SESSION.USER_ID, session.user().value())
                .set(OIDC_SESSION.METHODS, session.methods().toArray(String[]::new))
                .set(OIDC_SESSION.BEGAN_AT, session.beganAt())
                .set(OIDC_SESSION.EXPIRES_AT, session.expiresAt())
                .execute();
    }

    public void delete(Tx tx, String hash) {
        tx.sql().deleteFrom(OIDC_SESSION).where(OIDC_SESSION.HASH.eq(hash)).execute();
    }
}
