package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.ACCOUNTS;
import static cloud.welkin.object.schema.Tables.BUCKETS;
import static cloud.welkin.object.schema.Tables.CONTAINERS;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.Bucket;
import java.util.Optional;

/** The rows of names by which buckets are found from everywhere. */
public final class BucketTable {
    /** The bucket that has the name in the whole cloud. */
    public Optional<Bucket> find(Tx tx, String name) {
        return tx.sql()
                .select(CONTAINERS, ACCOUNTS.NAME)
                .from(BUCKETS)
                .join(CONTAINERS)
                .on(CONTAINERS.ID.eq(BUCKETS.CONTAINER))
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(CONTAINERS.ACCOUNT))
                .where(BUCKETS.NAME.eq(name))
                .fetchOptional(
                        row -> new Bucket(ContainerTable.container(row.value1()), row.value2()));
    }

    /**
     * @return false when another bucket has the name
     */
    public boolean insert(Tx tx, String name, long container) {
        return tx.sql()
                        .insertInto(BUCKETS)
                        .set(BUCKETS.NAME, name)
                        .set(BUCKETS.CONTAINER, container)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }
}
