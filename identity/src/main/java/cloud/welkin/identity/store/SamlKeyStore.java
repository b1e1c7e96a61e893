package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.SAML_KEY;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.SamlKey;
import java.util.Optional;

/** The key that assertions are signed with; the database sees it encrypted only. */
public final class SamlKeyStore {
    /** A number of this program's own among PostgreSQL's advisory locks. */
    private static final long LOCK = 0x7361_6d6c_6b65_7973L;

    private final CredentialStore secrets;

    SamlKeyStore(CredentialStore secrets) {
        this.secrets = secrets;
    }

    /** The newest, if there is any. */
    public Optional<SamlKey> find(Tx tx) {
        return tx.sql()
                .selectFrom(SAML_KEY)
                .orderBy(SAML_KEY.CREATED_AT.desc())
                .limit(1)
                .fetchOptional(
                        row ->
                                new SamlKey(
                                        row.getId(),
                                        row.getCertificate(),
                                        secrets.secrets(tx).decrypt(row.getPrivateKey()),
                                        row.getCreatedAt()));
    }

    /** Until the transaction's end nobody else makes one. */
    public void lock(Tx tx) {
        tx.sql().fetch("select pg_advisory_xact_lock(?)", LOCK);
    }

    public void insert(Tx tx, SamlKey key) {
        tx.sql()
                .insertInto(SAML_KEY)
                .set(SAML_KEY.ID, key.id())
                .set(SAML_KEY.CERTIFICATE, key.certificate())
                .set(SAML_KEY.PRIVATE_KEY, secrets.secrets(tx).encrypt(key.privateKey()))
                .set(SAML_KEY.CREATED_AT, key.createdAt())
                .execute();
    }
}
