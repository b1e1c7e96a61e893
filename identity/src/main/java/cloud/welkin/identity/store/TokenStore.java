package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.FERNET_KEY;
import static cloud.welkin.identity.schema.Tables.REVOCATION_EVENT;
import static cloud.welkin.identity.schema.Tables.REVOKED_TOKEN;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.identity.domain.TokenKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The keys that sign tokens and the tokens that were revoked before their time. */
public final class TokenStore {
    private final MasterKeys master;

    public TokenStore(MasterKeys master) {
        this.master = master;
    }

    /** Wraps by the present master key what is not; how many. */
    public int adopt(Tx tx) {
        return WrappedKeys.adopt(tx, master, FERNET_KEY, FERNET_KEY.ID, FERNET_KEY.SECRET);
    }

    /** All keys: the one that signs, then those that have signed, then those that will. */
    public List<String> keys(Tx tx) {
        return tx.sql()
                .select(FERNET_KEY.SECRET)
                .from(FERNET_KEY)
                .orderBy(FERNET_KEY.PROMOTED_AT.desc().nullsLast(), FERNET_KEY.ID.desc())
                .fetch(row -> master.unwrap(row.value1()));
    }

    /** The same, without their secrets. */
    public List<TokenKey> shown(Tx tx) {
        return tx.sql()
                .selectFrom(FERNET_KEY)
                .orderBy(FERNET_KEY.PROMOTED_AT.desc().nullsLast(), FERNET_KEY.ID.desc())
                .fetch(
                        row ->
                                new TokenKey(
                                        row.getId(),
                                        row.getCreatedAt(),
                                        Optional.ofNullable(row.getPromotedAt()),
                                        Optional.ofNullable(row.getRetiredAt())));
    }

    /** A key that verifies until the next rotation, which lets it sign. */
    public void stage(Tx tx, String secret, Instant now) {
        tx.sql()
                .insertInto(FERNET_KEY)
                .set(FERNET_KEY.SECRET, master.wrap(secret))
                .set(FERNET_KEY.CREATED_AT, now)
                .execute();
    }

    /** The staged key that is oldest signs from now on, in the place of the one that did. */
    public void promote(Tx tx, Instant now) {
        // One rotation at a time: the second promotes what the first has staged.
        tx.sql().execute("lock table identity.fernet_key in share row exclusive mode");
        tx.sql()
                .update(FERNET_KEY)
                .set(FERNET_KEY.RETIRED_AT, now)
                .where(FERNET_KEY.PROMOTED_AT.isNotNull(), FERNET_KEY.RETIRED_AT.isNull())
                .execute();
        tx.sql()
                .update(FERNET_KEY)
                .set(FERNET_KEY.PROMOTED_AT, now)
                .where(
                        FERNET_KEY.ID.eq(
                                tx.sql()
                                        .select(org.jooq.impl.DSL.min(FERNET_KEY.ID))
                                        .from(FERNET_KEY)
                                        .where(FERNET_KEY.PROMOTED_AT.isNull())))
                .execute();
    }

    /** Forgets keys that have not signed since a time; how many. */
    public int dropKeys(Tx tx, Instant retiredBefore) {
        return tx.sql()
                .deleteFrom(FERNET_KEY)
                .where(FERNET_KEY.RETIRED_AT.lt(retiredBefore))
                .execute();
    }

    public void revoke(Tx tx, String auditId, Instant expires, Instant now) {
        tx.sql()
                .insertInto(REVOKED_TOKEN)
                .set(REVOKED_TOKEN.AUDIT_ID, auditId)
                .set(REVOKED_TOKEN.EXPIRES_AT, expires)
                .onConflictDoNothing()
                .execute();
        tx.sql()
                .insertInto(REVOCATION_EVENT)
                .set(REVOCATION_EVENT.AUDIT_ID, auditId)
                .set(REVOCATION_EVENT.ISSUED_BEFORE, now)
                .set(REVOCATION_EVENT.REVOKED_AT, now)
                .execute();
    }

    public boolean isRevoked(Tx tx, List<String> auditIds) {
        return !auditIds.isEmpty()
                && tx.sql().fetchExists(REVOKED_TOKEN, REVOKED_TOKEN.AUDIT_ID.in(auditIds));
    }

    /** Forgets revocations of tokens that have ended anyway, and what was told of them. */
    public int prune(Tx tx, Instant expiredBefore, Instant toldBefore) {
        return tx.sql()
                        .deleteFrom(REVOKED_TOKEN)
                        .where(REVOKED_TOKEN.EXPIRES_AT.lt(expiredBefore))
                        .execute()
                + tx.sql()
                        .deleteFrom(REVOCATION_EVENT)
                        .where(REVOCATION_EVENT.REVOKED_AT.lt(toldBefore))
                        .execute();
    }
}
