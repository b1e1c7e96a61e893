package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.FERNET_KEY;
import static cloud.welkin.identity.schema.Tables.REVOKED_TOKEN;

import cloud.welkin.database.Tx;
import java.time.Instant;
import java.util.List;

/** The keys that sign tokens and the tokens that were revoked before their time. */
public final class TokenStore {
    /** All keys, the newest (which signs) first. */
    public List<String> keys(Tx tx) {
        return tx.sql()
                .select(FERNET_KEY.SECRET)
                .from(FERNET_KEY)
                .orderBy(FERNET_KEY.ID.desc())
                .fetch(FERNET_KEY.SECRET);
    }

    public void addKey(Tx tx, String secret) {
        tx.sql().insertInto(FERNET_KEY).set(FERNET_KEY.SECRET, secret).execute();
    }

    public void revoke(Tx tx, String auditId, Instant expires) {
        tx.sql()
                .insertInto(REVOKED_TOKEN)
                .set(REVOKED_TOKEN.AUDIT_ID, auditId)
                .set(REVOKED_TOKEN.EXPIRES_AT, expires)
                .onConflictDoNothing()
                .execute();
    }

    public boolean isRevoked(Tx tx, List<String> auditIds) {
        return tx.sql().fetchExists(REVOKED_TOKEN, REVOKED_TOKEN.AUDIT_ID.in(auditIds));
    }

    /** Forgets revocations of tokens that have expired anyway. */
    public int prune(Tx tx, Instant now) {
        return tx.sql().deleteFrom(REVOKED_TOKEN).where(REVOKED_TOKEN.EXPIRES_AT.lt(now)).execute();
    }
}
