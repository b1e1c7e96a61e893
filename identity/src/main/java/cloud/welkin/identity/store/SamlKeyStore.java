package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.SAML_KEY;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.SamlKey;
import cloud.welkin.identity.domain.Secrets;
import cloud.welkin.identity.schema.tables.records.SamlKeyRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.impl.DSL;

/** The keys that SAML's messages are signed with; the database sees them encrypted only. */
public final class SamlKeyStore {
    private final CredentialStore secrets;

    SamlKeyStore(CredentialStore secrets) {
        this.secrets = secrets;
    }

    /** The one that signs, if there is any. */
    public Optional<SamlKey> signing(Tx tx) {
        return tx.sql()
                .selectFrom(SAML_KEY)
                .where(SAML_KEY.PROMOTED_AT.isNotNull(), SAML_KEY.RETIRED_AT.isNull())
                .fetchOptional()
                .map(row -> key(row, secrets.secrets(tx)));
    }

    /** All of them: the one that signs, those that have, those that will. */
    public List<SamlKey> all(Tx tx) {
        Secrets known = secrets.secrets(tx);
        return tx.sql()
                .selectFrom(SAML_KEY)
                .orderBy(SAML_KEY.PROMOTED_AT.desc().nullsLast(), SAML_KEY.CREATED_AT, SAML_KEY.ID)
                .fetch(row -> key(row, known));
    }

    /** Until the transaction's end nobody else makes or promotes one. */
    public void lock(Tx tx) {
        Rows.lock(tx, "SAML keys");
    }

    public void insert(Tx tx, SamlKey key) {
        tx.sql()
                .insertInto(SAML_KEY)
                .set(SAML_KEY.ID, key.id())
                .set(SAML_KEY.CERTIFICATE, key.certificate())
                .set(SAML_KEY.PRIVATE_KEY, secrets.secrets(tx).encrypt(key.privateKey()))
                .set(SAML_KEY.CREATED_AT, key.createdAt())
                .set(SAML_KEY.PROMOTED_AT, key.promoted().orElse(null))
                .execute();
    }

    /** The oldest staged key signs from now on, in the place of the one that did. */
    public void promote(Tx tx, Instant now) {
        tx.sql()
                .update(SAML_KEY)
                .set(SAML_KEY.RETIRED_AT, now)
                .where(SAML_KEY.PROMOTED_AT.isNotNull(), SAML_KEY.RETIRED_AT.isNull())
                .execute();
        tx.sql()
                .update(SAML_KEY)
                .set(SAML_KEY.PROMOTED_AT, now)
                .where(
                        SAML_KEY.ID.eq(
                                DSL.select(SAML_KEY.ID)
                                        .from(SAML_KEY)
                                        .where(SAML_KEY.PROMOTED_AT.isNull())
                                        .orderBy(SAML_KEY.CREATED_AT, SAML_KEY.ID)
                                        .limit(1)))
                .execute();
    }

    /** Forgets keys that have not signed since a time; how many. */
    public int drop(Tx tx, Instant retiredBefore) {
        return tx.sql().deleteFrom(SAML_KEY).where(SAML_KEY.RETIRED_AT.lt(retiredBefore)).execute();
    }

    private static SamlKey key(SamlKeyRecord row, Secrets secrets) {
        return new SamlKey(
                row.getId(),
                row.getCertificate(),
                secrets.decrypt(row.getPrivateKey()),
                row.getCreatedAt(),
                Optional.ofNullable(row.getPromotedAt()),
                Optional.ofNullable(row.getRetiredAt()));
    }
}
