package cloud.welkin.identity.store;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.MasterKeys;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;

/** Tables of keys that a master key wraps. */
final class WrappedKeys {
    private WrappedKeys() {}

    /** Wraps by the present master key the keys of a table that are not; how many. */
    static <R extends Record, I> int adopt(
            Tx tx,
            MasterKeys master,
            Table<R> table,
            TableField<R, I> id,
            TableField<R, String> secret) {
        int changed = 0;
        for (var row : tx.sql().select(id, secret).from(table).orderBy(id).fetch()) {
            if (!master.isCurrent(row.value2())) {
                changed +=
                        tx.sql()
                                .update(table)
                                .set(secret, master.wrap(master.unwrap(row.value2())))
                                .where(id.eq(row.value1()))
                                .execute();
            }
        }
        return changed;
    }
}
