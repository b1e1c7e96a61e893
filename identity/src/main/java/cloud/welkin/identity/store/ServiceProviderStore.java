package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.SERVICE_PROVIDER;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.ServiceProvider;
import cloud.welkin.identity.schema.tables.records.ServiceProviderRecord;
import java.util.List;
import java.util.Optional;

/** Other clouds that take this one's word. */
public final class ServiceProviderStore {
    public List<ServiceProvider> list(Tx tx) {
        return tx.sql()
                .selectFrom(SERVICE_PROVIDER)
                .orderBy(SERVICE_PROVIDER.ID)
                .fetch(ServiceProviderStore::provider);
    }

    public Optional<ServiceProvider> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(SERVICE_PROVIDER)
                .where(SERVICE_PROVIDER.ID.eq(id))
                .fetchOptional(ServiceProviderStore::provider);
    }

    /** False when there is one of that id. */
    public boolean insert(Tx tx, ServiceProvider provider) {
        return tx.sql()
                        .insertInto(SERVICE_PROVIDER)
                        .set(row(tx, provider))
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    public void update(Tx tx, ServiceProvider provider) {
        tx.sql()
                .update(SERVICE_PROVIDER)
                .set(row(tx, provider))
                .where(SERVICE_PROVIDER.ID.eq(provider.id()))
                .execute();
    }

    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(SERVICE_PROVIDER).where(SERVICE_PROVIDER.ID.eq(id)).execute();
    }

    private static ServiceProviderRecord row(Tx tx, ServiceProvider provider) {
        ServiceProviderRecord row = tx.sql().newRecord(SERVICE_PROVIDER);
        row.setId(provider.id());
        row.setAuthUrl(provider.authUrl());
        row.setSpUrl(provider.spUrl());
        row.setDescription(provider.description().orElse(null));
        row.setEnabled(provider.enabled());
        row.setRelayStatePrefix(provider.relayStatePrefix());
        return row;
    }

    private static ServiceProvider provider(ServiceProviderRecord row) {
        return new ServiceProvider(
                row.getId(),
                row.getAuthUrl(),
                row.getSpUrl(),
                Optional.ofNullable(row.getDescription()),
                row.getEnabled(),
                row.getRelayStatePrefix());
    }
}
