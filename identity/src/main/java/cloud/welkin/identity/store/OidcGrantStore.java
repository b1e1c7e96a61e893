package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.OIDC_CODE;
import static cloud.welkin.identity.schema.Tables.OIDC_GRANT;
import static cloud.welkin.identity.schema.Tables.OIDC_TOKEN;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcGrant;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Grants with the codes and tokens that stand for them. */
public final class OidcGrantStore {
    public Optional<OidcGrant> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(OIDC_GRANT)
                .where(OIDC_GRANT.ID.eq(id))
                .fetchOptional()
                .map(
                        row ->
                                new OidcGrant(
                                        row.getId(),
                                        row.getClientId(),
                                        new UserId(row.getUserId()),
                                        List.of(row.getScopes()),
                                        List.of(row.getMethods()),
                                        Optional.ofNullable(row.getNonce()),
                                        row.getBeganAt(),
                                        row.getExpiresAt()));
    }

    /** Forgets grants and tokens that have ended, too. */
    public void insert(Tx tx, OidcGrant grant, Instant now) {
        tx.sql().deleteFrom(OIDC_TOKEN).where(OIDC_TOKEN.EXPIRES_AT.lt(now)).execute();
        tx.sql().deleteFrom(OIDC_GRANT).where(OIDC_GRANT.EXPIRES_AT.lt(now)).execute();
        tx.sql()
                .insertInto(OIDC_GRANT)
                .set(OIDC_GRANT.ID, grant.id())
                .set(OIDC_GRANT.CLIENT_ID, grant.client())
                .set(OIDC_GRANT.USER_ID, grant.user().value())
                .set(OIDC_GRANT.SCOPES, grant.scopes().toArray(String[]::new))
                .set(OIDC_GRANT.METHODS, grant.methods().toArray(String[]::new))
                .set(OIDC_GRANT.NONCE, grant.nonce().orElse(null))
                .set(OIDC_GRANT.BEGAN_AT, grant.beganAt())
                .set(OIDC_GRANT.EXPIRES_AT, grant.expiresAt())
                .execute();
    }

    /** Ends it: its codes and tokens are gone with it. */
    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(OIDC_GRANT).where(OIDC_GRANT.ID.eq(id)).execute();
    }

    public Optional<OidcGrant.Code> code(Tx tx, String hash) {
        return tx.sql()
                .selectFrom(OIDC_CODE)
                .where(OIDC_CODE.HASH.eq(hash))
                .fetchOptional()
                .map(
                        row ->
                                new OidcGrant.Code(
                                        row.getHash(),
                                        row.getGrantId(),
                                        row.getRedirectUri(),
                                        Optional.ofNullable(row.getChallenge()),
                                        row.getExpiresAt(),
                                        row.getUsed()));
    }

    public void insert(Tx tx, OidcGrant.Code code) {
        tx.sql()
                .insertInto(OIDC_CODE)
                .set(OIDC_CODE.HASH, code.hash())
                .set(OIDC_CODE.GRANT_ID, code.grant())
                .set(OIDC_CODE.REDIRECT_URI, code.redirectUri())
                .set(OIDC_CODE.CHALLENGE, code.challenge().orElse(null))
                .set(OIDC_CODE.EXPIRES_AT, code.expiresAt())
                .execute();
    }

    /** False when it was used before; of two at once, one gets true. */
    public boolean useCode(Tx tx, String hash) {
        return tx.sql()
                        .update(OIDC_CODE)
                        .set(OIDC_CODE.USED, true)
                        .where(OIDC_CODE.HASH.eq(hash))
                        .and(OIDC_CODE.USED.eq(false))
                        .execute()
                > 0;
    }

    public Optional<OidcGrant.Token> token(Tx tx, String hash) {
        return tx.sql()
                .selectFrom(OIDC_TOKEN)
                .where(OIDC_TOKEN.HASH.eq(hash))
                .fetchOptional()
                .map(
                        row ->
                                new OidcGrant.Token(
                                        row.getHash(),
                                        row.getGrantId(),
                                        row.getRefresh(),
                                        List.of(row.getScopes()),
                                        row.getIssuedAt(),
                                        row.getExpiresAt(),
                                        row.getUsed()));
    }

    public void insert(Tx tx, OidcGrant.Token token) {
        tx.sql()
                .insertInto(OIDC_TOKEN)
                .set(OIDC_TOKEN.HASH, token.hash())
                .set(OIDC_TOKEN.GRANT_ID, token.grant())
                .set(OIDC_TOKEN.REFRESH, token.refresh())
                .set(OIDC_TOKEN.SCOPES, token.scopes().toArray(String[]::new))
                .set(OIDC_TOKEN.ISSUED_AT, token.issuedAt())
                .set(OIDC_TOKEN.EXPIRES_AT, token.expiresAt())
                .execute();
    }

    /** False when it was used before; of two at once, one gets true. */
    public boolean useToken(Tx tx, String hash) {
        return tx.sql()
                        .update(OIDC_TOKEN)
                        .set(OIDC_TOKEN.USED, true)
                        .where(OIDC_TOKEN.HASH.eq(hash))
                        .and(OIDC_TOKEN.USED.eq(false))
                        .execute()
                > 0;
    }

    public void deleteToken(Tx tx, String hash) {
        tx.sql().deleteFrom(OIDC_TOKEN).where(OIDC_TOKEN.HASH.eq(hash)).execute();
    }
}
