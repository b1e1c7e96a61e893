package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.OIDC_CLIENT;
import static cloud.welkin.identity.schema.Tables.OIDC_CONSENT;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.schema.tables.records.OidcClientRecord;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Optional;

/** Clients of the OpenID Connect provider, and what users have agreed to give them. */
public final class OidcClientStore {
    public Optional<OidcClient> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(OIDC_CLIENT)
                .where(OIDC_CLIENT.ID.eq(id))
                .fetchOptional()
                .map(OidcClientStore::client);
    }

    public List<OidcClient> list(Tx tx) {
        return tx.sql()
                .selectFrom(OIDC_CLIENT)
                .orderBy(OIDC_CLIENT.ID)
                .fetch(OidcClientStore::client);
    }

    public void insert(Tx tx, OidcClient client) {
        OidcClientRecord row = tx.sql().newRecord(OIDC_CLIENT);
        row.setId(client.id());
        row.setName(client.name());
        row.setSecretHash(client.secretHash().orElse(null));
        row.setSecretMethod(client.secretMethod());
        row.setRedirectUris(client.redirectUris().toArray(String[]::new));
        row.setLogoutUris(client.logoutUris().toArray(String[]::new));
        row.setGrantTypes(client.grantTypes().toArray(String[]::new));
        row.setScopes(client.scopes().toArray(String[]::new));
        row.setIdTokenAlgorithm(client.algorithm());
        row.insert();
    }

    /** With all that it was granted. */
    public boolean delete(Tx tx, String id) {
        return tx.sql().deleteFrom(OIDC_CLIENT).where(OIDC_CLIENT.ID.eq(id)).execute() > 0;
    }

    public List<String> consented(Tx tx, UserId user, String client) {
        return tx.sql()
                .select(OIDC_CONSENT.SCOPES)
                .from(OIDC_CONSENT)
                .where(OIDC_CONSENT.USER_ID.eq(user.value()))
                .and(OIDC_CONSENT.CLIENT_ID.eq(client))
                .fetchOptional(OIDC_CONSENT.SCOPES)
                .map(List::of)
                .orElse(List.of());
    }

    public void consent(Tx tx, UserId user, String client, List<String> scopes) {
        tx.sql()
                .insertInto(OIDC_CONSENT)
                .set(OIDC_CONSENT.USER_ID, user.value())
                .set(OIDC_CONSENT.CLIENT_ID, client)
                .set(OIDC_CONSENT.SCOPES, scopes.toArray(String[]::new))
                .onConflict(OIDC_CONSENT.USER_ID, OIDC_CONSENT.CLIENT_ID)
                .doUpdate()
                .set(OIDC_CONSENT.SCOPES, scopes.toArray(String[]::new))
                .execute();
    }

    private static OidcClient client(OidcClientRecord row) {
        return new OidcClient(
                row.getId(),
                row.getName(),
                Optional.ofNullable(row.getSecretHash()),
                row.getSecretMethod(),
                List.of(row.getRedirectUris()),
                List.of(row.getLogoutUris()),
                List.of(row.getGrantTypes()),
                List.of(row.getScopes()),
                row.getIdTokenAlgorithm());
    }
}
