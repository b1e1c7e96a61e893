package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.STORES;

import cloud.welkin.database.Tx;
import java.util.Optional;
import java.util.UUID;

/** Which store of bodies belongs to these rows. */
public final class StoreTable {
    public Optional<UUID> find(Tx tx, String policy) {
        return tx.sql()
                .select(STORES.ID)
                .from(STORES)
                .where(STORES.POLICY.eq(policy))
                .fetchOptional(STORES.ID);
    }

    public void insert(Tx tx, String policy, UUID id) {
        tx.sql().insertInto(STORES).set(STORES.POLICY, policy).set(STORES.ID, id).execute();
    }
}
