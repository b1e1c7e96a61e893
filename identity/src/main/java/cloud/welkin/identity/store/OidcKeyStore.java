package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.OIDC_KEY;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcKey;
import cloud.welkin.identity.domain.Secrets;
import java.util.List;
import java.util.Optional;

/** The keys that ID tokens are signed with; the database sees them encrypted only. */
public final class OidcKeyStore {
    private static final int MOST = 100;

    private final CredentialStore secrets;

    OidcKeyStore(CredentialStore secrets) {
        this.secrets = secrets;
    }

    /** All of them, those that sign from earlier on first. */
    public List<OidcKey> list(Tx tx) {
        Secrets keys = secrets.secrets(tx);
        return tx
                .sql()
                .selectFrom(OIDC_KEY)
                .orderBy(OIDC_KEY.ID)
                .limit(MOST)
                .fetch(
                        row ->
                                new OidcKey(
                                        row.getId(),
                                        row.getAlgorithm(),
                                        keys.decrypt(row.getJwk()),
                                        row.getActiveAt(),
                                        Optional.ofNullable(row.getEndsAt())))
                .stream()
                .sorted(java.util.Comparator.comparing(OidcKey::activeAt))
                .toList();
    }

    /** Until the transaction's end nobody else makes keys or ends them. */
    public void lock(Tx tx) {
        Rows.lock(tx, "OpenID keys");
    }

    public void insert(Tx tx, OidcKey key) {
        tx.sql()
                .insertInto(OIDC_KEY)
                .set(OIDC_KEY.ID, key.id())
                .set(OIDC_KEY.ALGORITHM, key.algorithm())
                .set(OIDC_KEY.JWK, secrets.secrets(tx).encrypt(key.jwk()))
                .set(OIDC_KEY.ACTIVE_AT, key.activeAt())
                .set(OIDC_KEY.ENDS_AT, key.endsAt().orElse(null))
                .execute();
    }

    /** Keeps the times of a key, which are all of it that changes. */
    public void update(Tx tx, OidcKey key) {
        tx.sql()
                .update(OIDC_KEY)
                .set(OIDC_KEY.ACTIVE_AT, key.activeAt())
                .set(OIDC_KEY.ENDS_AT, key.endsAt().orElse(null))
                .where(OIDC_KEY.ID.eq(key.id()))
                .execute();
    }

    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(OIDC_KEY).where(OIDC_KEY.ID.eq(id)).execute();
    }
}
