package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.OAUTH_CONSUMER;
import static cloud.welkin.identity.schema.Tables.OAUTH_NONCE;
import static cloud.welkin.identity.schema.Tables.OAUTH_TOKEN;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OauthConsumer;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.schema.tables.records.OauthConsumerRecord;
import cloud.welkin.identity.schema.tables.records.OauthTokenRecord;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What OAuth 1 keeps in the database, which sees secrets encrypted only. */
public final class OauthStore {
    private final CredentialStore keys;

    OauthStore(CredentialStore keys) {
        this.keys = keys;
    }

    public Optional<OauthConsumer> consumer(Tx tx, String id) {
        return tx.sql()
                .selectFrom(OAUTH_CONSUMER)
                .where(OAUTH_CONSUMER.ID.eq(id))
                .fetchOptional()
                .map(row -> consumer(tx, row));
    }

    public List<OauthConsumer> consumers(Tx tx) {
        return tx.sql()
                .selectFrom(OAUTH_CONSUMER)
                .orderBy(OAUTH_CONSUMER.ID)
                .fetch(row -> consumer(tx, row));
    }

    public void insert(Tx tx, OauthConsumer consumer) {
        OauthConsumerRecord row = tx.sql().newRecord(OAUTH_CONSUMER);
        row.setId(consumer.id());
        row.setDescription(consumer.description().orElse(null));
        row.setSecret(keys.secrets(tx).encrypt(consumer.secret()));
        row.setExtra(Rows.json(consumer.extra()));
        row.insert();
    }

    /** Changes description and extra attributes; the secret stays. */
    public void update(Tx tx, OauthConsumer consumer) {
        tx.sql()
                .update(OAUTH_CONSUMER)
                .set(OAUTH_CONSUMER.DESCRIPTION, consumer.description().orElse(null))
                .set(OAUTH_CONSUMER.EXTRA, Rows.json(consumer.extra()))
                .where(OAUTH_CONSUMER.ID.eq(consumer.id()))
                .execute();
    }

    /** With all tokens that it has. */
    public boolean deleteConsumer(Tx tx, String id) {
        return tx.sql().deleteFrom(OAUTH_CONSUMER).where(OAUTH_CONSUMER.ID.eq(id)).execute() > 0;
    }

    /** A request token. */
    public Optional<OauthToken> request(Tx tx, String id) {
        return token(tx, id).filter(token -> !token.access());
    }

    public Optional<OauthToken> access(Tx tx, String id) {
        return token(tx, id).filter(OauthToken::access);
    }

    private Optional<OauthToken> token(Tx tx, String id) {
        return tx.sql()
                .selectFrom(OAUTH_TOKEN)
                .where(OAUTH_TOKEN.ID.eq(id))
                .fetchOptional()
                .map(row -> token(tx, row));
    }

    public List<OauthToken> accessOf(Tx tx, UserId user) {
        return tx.sql()
                .selectFrom(OAUTH_TOKEN)
                .where(OAUTH_TOKEN.USER_ID.eq(user.value()))
                .and(OAUTH_TOKEN.ACCESS)
                .orderBy(OAUTH_TOKEN.ID)
                .fetch(row -> token(tx, row));
    }

    public void insert(Tx tx, OauthToken token) {
        OauthTokenRecord row = tx.sql().newRecord(OAUTH_TOKEN);
        row.setId(token.id());
        row.setAccess(token.access());
        row.setConsumerId(token.consumer());
        row.setSecret(keys.secrets(tx).encrypt(token.secret()));
        row.setProjectId(token.project().value());
        row.setUserId(token.user().map(UserId::value).orElse(null));
        row.setRoleIds(token.roles().toArray(String[]::new));
        row.setVerifier(token.verifier().orElse(null));
        row.setExpiresAt(token.expiresAt().orElse(null));
        row.insert();
    }

    /** Whoever grants a request token later than another wins, as with Keystone. */
    public void grant(Tx tx, String id, UserId user, List<String> roles, String verifier) {
        tx.sql()
                .update(OAUTH_TOKEN)
                .set(OAUTH_TOKEN.USER_ID, user.value())
                .set(OAUTH_TOKEN.ROLE_IDS, roles.toArray(String[]::new))
                .set(OAUTH_TOKEN.VERIFIER, verifier)
                .where(OAUTH_TOKEN.ID.eq(id))
                .execute();
    }

    /** Whether it was there still: a request token is exchanged once. */
    public boolean deleteToken(Tx tx, String id) {
        return tx.sql().deleteFrom(OAUTH_TOKEN).where(OAUTH_TOKEN.ID.eq(id)).execute() > 0;
    }

    /**
     * Notes a signature's nonce, and forgets those whose timestamps are too old to be taken again.
     *
     * @return false when it was used before
     */
    public boolean use(
            Tx tx, String consumer, String token, Instant stamp, String nonce, Duration window) {
        tx.sql().deleteFrom(OAUTH_NONCE).where(OAUTH_NONCE.STAMP.lt(stamp.minus(window))).execute();
        return tx.sql()
                        .insertInto(OAUTH_NONCE)
                        .set(OAUTH_NONCE.CONSUMER_ID, consumer)
                        .set(OAUTH_NONCE.TOKEN_ID, token)
                        .set(OAUTH_NONCE.STAMP, stamp)
                        .set(OAUTH_NONCE.NONCE, nonce)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    private OauthConsumer consumer(Tx tx, OauthConsumerRecord row) {
        return new OauthConsumer(
                row.getId(),
                Optional.ofNullable(row.getDescription()),
                keys.secrets(tx).decrypt(row.getSecret()),
                Rows.extra(row.getExtra()));
    }

    private OauthToken token(Tx tx, OauthTokenRecord row) {
        return new OauthToken(
                row.getId(),
                row.getAccess(),
                row.getConsumerId(),
                keys.secrets(tx).decrypt(row.getSecret()),
                new ProjectId(row.getProjectId()),
                Optional.ofNullable(row.getUserId()).map(UserId::new),
                List.of(row.getRoleIds()),
                Optional.ofNullable(row.getVerifier()),
                Optional.ofNullable(row.getExpiresAt()));
    }
}
