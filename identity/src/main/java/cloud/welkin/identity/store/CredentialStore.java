package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.CREDENTIAL;
import static cloud.welkin.identity.schema.Tables.CREDENTIAL_KEY;
import static cloud.welkin.identity.schema.Tables.DOMAIN_CONFIG;
import static cloud.welkin.identity.schema.Tables.FEDERATION_PROTOCOL;
import static cloud.welkin.identity.schema.Tables.OAUTH_CONSUMER;
import static cloud.welkin.identity.schema.Tables.OAUTH_TOKEN;
import static cloud.welkin.identity.schema.Tables.OIDC_KEY;
import static cloud.welkin.identity.schema.Tables.SAML_KEY;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Credential;
import cloud.welkin.identity.domain.Ec2Key;
import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.identity.domain.Secrets;
import cloud.welkin.identity.domain.Sha256;
import cloud.welkin.identity.domain.TokenCodec;
import cloud.welkin.identity.schema.tables.records.CredentialRecord;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/** Credentials in the database, which sees their blobs encrypted only. */
public final class CredentialStore {
    private final SecureRandom random;
    private final MasterKeys master;

    public CredentialStore(SecureRandom random, MasterKeys master) {
        this.random = random;
        this.master = master;
    }

    /** Wraps by the present master key the keys that are not; how many. */
    public int adopt(Tx tx) {
        return WrappedKeys.adopt(
                tx, master, CREDENTIAL_KEY, CREDENTIAL_KEY.ID, CREDENTIAL_KEY.SECRET);
    }

    /** What a new EC2 credential is called, and what any is found by: its access key, hashed. */
    public static String ec2Id(String access) {
        return Sha256.hex(access);
    }

    /** Makes the first key where there is none. */
    public void prepare(Tx tx) {
        if (!tx.sql().fetchExists(CREDENTIAL_KEY)) {
            addKey(tx);
        }
    }

    public void addKey(Tx tx) {
        tx.sql()
                .insertInto(CREDENTIAL_KEY)
                .set(CREDENTIAL_KEY.SECRET, master.wrap(TokenCodec.newKey(random)))
                .execute();
    }

    /** Encrypts some of those that are not with the newest key; how many. */
    public int reencrypt(Tx tx, int most) {
        long newest = newestKey(tx);
        Secrets secrets = secrets(tx);
        List<CredentialRecord> rows =
                tx.sql()
                        .selectFrom(CREDENTIAL)
                        .where(CREDENTIAL.KEY_ID.isNull().or(CREDENTIAL.KEY_ID.lt(newest)))
                        .orderBy(CREDENTIAL.KEY_ID)
                        .limit(most)
                        .forUpdate()
                        .fetch();
        for (CredentialRecord row : rows) {
            tx.sql()
                    .update(CREDENTIAL)
                    .set(CREDENTIAL.BLOB, secrets.encrypt(secrets.decrypt(row.getBlob())))
                    .set(CREDENTIAL.KEY_ID, newest)
                    .where(CREDENTIAL.ID.eq(row.getId()))
                    .execute();
        }
        return rows.size();
    }

    /**
     * Forgets the keys that no credential is encrypted with, but the newest, after the secrets that
     * other stores encrypt with them have been encrypted anew; how many.
     */
    public int dropUnusedKeys(Tx tx) {
        if (tx.sql().fetchCount(CREDENTIAL_KEY) < 2) {
            return 0;
        }
        // Nobody writes a credential with one of them meanwhile.
        tx.sql()
                .execute(
                        "lock table identity.credential, identity.oauth_consumer,"
                                + " identity.oauth_token, identity.oidc_key, identity.federation_protocol,"
                                + " identity.saml_key, identity.domain_config in share row exclusive mode");
        if (tx.sql().fetchExists(CREDENTIAL, CREDENTIAL.KEY_ID.isNull())) {
            return 0;
        }
        Secrets secrets = secrets(tx);
        reencrypt(tx, secrets, OAUTH_CONSUMER.ID, OAUTH_CONSUMER.SECRET);
        reencrypt(tx, secrets, OAUTH_TOKEN.ID, OAUTH_TOKEN.SECRET);
        reencrypt(tx, secrets, OIDC_KEY.ID, OIDC_KEY.JWK);
        reencrypt(tx, secrets, SAML_KEY.ID, SAML_KEY.PRIVATE_KEY);
        // No two of these are the same, so each names its row.
        reencrypt(tx, secrets, DOMAIN_CONFIG.SECRET, DOMAIN_CONFIG.SECRET);
        reencrypt(tx, secrets, FEDERATION_PROTOCOL.VERIFICATION, FEDERATION_PROTOCOL.VERIFICATION);
        return tx.sql()
                .deleteFrom(CREDENTIAL_KEY)
                .where(
                        CREDENTIAL_KEY.ID.lt(newestKey(tx)),
                        CREDENTIAL_KEY.ID.notIn(
                                DSL.select(CREDENTIAL.KEY_ID)
                                        .from(CREDENTIAL)
                                        .where(CREDENTIAL.KEY_ID.isNotNull())))
                .execute();
    }

    private static <R extends Record> void reencrypt(
            Tx tx, Secrets secrets, TableField<R, String> id, TableField<R, String> secret) {
        Table<R> table = Objects.requireNonNull(id.getTable());
        tx.sql()
                .select(id, secret)
                .from(table)
                .where(secret.isNotNull())
                .fetch()
                .forEach(
                        row ->
                                tx.sql()
                                        .update(table)
                                        .set(secret, secrets.encrypt(secrets.decrypt(row.value2())))
                                        .where(id.eq(row.value1()))
                                        .execute());
    }

    private static long newestKey(Tx tx) {
        return tx.sql()
                .select(DSL.max(CREDENTIAL_KEY.ID))
                .from(CREDENTIAL_KEY)
                .fetchSingle()
                .value1();
    }

    public Optional<Credential> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(CREDENTIAL)
                .where(CREDENTIAL.ID.eq(id))
                .fetchOptional()
                .map(row -> credential(row, secrets(tx)));
    }

    /** The EC2 credential of an access key. */
    public Optional<Credential> ofAccess(Tx tx, String access) {
        return tx.sql()
                .selectFrom(CREDENTIAL)
                .where(CREDENTIAL.ACCESS_HASH.eq(ec2Id(access)))
                .fetchOptional()
                .map(row -> credential(row, secrets(tx)));
    }

    /** One page of a user's, or of everybody's. */
    public Page<Credential> list(
            Tx tx, Optional<UserId> user, List<TextMatch> texts, Paging paging) {
        List<Condition> conditions =
                new ArrayList<>(TextMatch.on(texts, Map.of("type", CREDENTIAL.TYPE)));
        user.ifPresent(id -> conditions.add(CREDENTIAL.USER_ID.eq(id.value())));
        Secrets secrets = secrets(tx);
        return paging.of(
                tx,
                CREDENTIAL,
                CREDENTIAL.ID,
                CREDENTIAL.ID,
                conditions,
                row -> credential(row, secrets));
    }

    public List<Credential> list(Tx tx, Optional<UserId> user, Optional<String> type) {
        List<Condition> conditions = new ArrayList<>();
        user.ifPresent(id -> conditions.add(CREDENTIAL.USER_ID.eq(id.value())));
        type.ifPresent(text -> conditions.add(CREDENTIAL.TYPE.eq(text)));
        Secrets secrets = secrets(tx);
        return tx.sql()
                .selectFrom(CREDENTIAL)
                .where(conditions)
                .orderBy(CREDENTIAL.ID)
                .fetch(row -> credential(row, secrets));
    }

    public void insert(Tx tx, Credential credential) {
        CredentialRecord row = tx.sql().newRecord(CREDENTIAL);
        row.setId(credential.id());
        fill(tx, row, credential).insert();
    }

    public void update(Tx tx, Credential credential) {
        tx.sql()
                .update(CREDENTIAL)
                .set(fill(tx, tx.sql().newRecord(CREDENTIAL), credential))
                .where(CREDENTIAL.ID.eq(credential.id()))
                .execute();
    }

    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(CREDENTIAL).where(CREDENTIAL.ID.eq(id)).execute();
    }

    /** What encrypts other stores' secrets too. */
    Secrets secrets(Tx tx) {
        return new Secrets(
                tx.sql()
                        .select(CREDENTIAL_KEY.SECRET)
                        .from(CREDENTIAL_KEY)
                        .orderBy(CREDENTIAL_KEY.ID.desc())
                        .fetch(row -> master.unwrap(row.value1())),
                random);
    }

    private CredentialRecord fill(Tx tx, CredentialRecord row, Credential credential) {
        row.setUserId(credential.user().value());
        row.setProjectId(credential.project().map(ProjectId::value).orElse(null));
        row.setType(credential.type());
        row.setAccessHash(accessHash(credential).orElse(null));
        row.setBlob(secrets(tx).encrypt(credential.blob()));
        row.setKeyId(newestKey(tx));
        return row;
    }

    private static Optional<String> accessHash(Credential credential) {
        return credential.type().equals("ec2")
                ? Ec2Key.of(credential.blob()).map(key -> ec2Id(key.access()))
                : Optional.empty();
    }

    private static Credential credential(CredentialRecord row, Secrets secrets) {
        return new Credential(
                row.getId(),
                new UserId(row.getUserId()),
                Optional.ofNullable(row.getProjectId()).map(ProjectId::new),
                row.getType(),
                secrets.decrypt(row.getBlob()));
    }
}
