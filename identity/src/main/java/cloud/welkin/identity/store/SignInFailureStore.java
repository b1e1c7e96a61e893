package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.SIGN_IN_FAILURE;

import cloud.welkin.database.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import org.jooq.InsertValuesStep2;
import org.jooq.impl.DSL;

/** Failures to sign in that have not run off yet, of all replicas. */
public final class SignInFailureStore {
    private static final int MOST = 100_000;

    /**
     * One more failure of each key.
     *
     * @param each how long one of the key's failures takes to run off; in the order of the keys, so
     *     that nobody waits for each other
     * @param latest what no failures run off later than
     * @return when all of the key's failures will have run off
     */
    public Map<String, Instant> count(
            Tx tx, SortedMap<String, Duration> each, Instant now, Instant latest) {
        InsertValuesStep2<?, String, Instant> rows =
                tx.sql().insertInto(SIGN_IN_FAILURE, SIGN_IN_FAILURE.KEY, SIGN_IN_FAILURE.RUN_OFF);
        for (Map.Entry<String, Duration> one : each.entrySet()) {
            rows = rows.values(one.getKey(), now.plus(one.getValue()));
        }
        return rows.onConflict(SIGN_IN_FAILURE.KEY)
                .doUpdate()
                .set(
                        SIGN_IN_FAILURE.RUN_OFF,
                        DSL.field(
                                "least(greatest({0}, {1}) + (excluded.run_off - {1}), {2})",
                                SIGN_IN_FAILURE.RUN_OFF.getDataType(),
                                SIGN_IN_FAILURE.RUN_OFF,
                                DSL.val(now, SIGN_IN_FAILURE.RUN_OFF),
                                DSL.val(latest, SIGN_IN_FAILURE.RUN_OFF)))
                .returning(SIGN_IN_FAILURE.KEY, SIGN_IN_FAILURE.RUN_OFF)
                .fetchMap(SIGN_IN_FAILURE.KEY, SIGN_IN_FAILURE.RUN_OFF);
    }

    /** Those that have not run off by then, the last of them first, as far as there is room. */
    public Map<String, Instant> after(Tx tx, Instant then) {
        return tx.sql()
                .select(SIGN_IN_FAILURE.KEY, SIGN_IN_FAILURE.RUN_OFF)
                .from(SIGN_IN_FAILURE)
                .where(SIGN_IN_FAILURE.RUN_OFF.gt(then))
                .orderBy(SIGN_IN_FAILURE.RUN_OFF.desc())
                .limit(MOST)
                .fetchMap(SIGN_IN_FAILURE.KEY, SIGN_IN_FAILURE.RUN_OFF);
    }

    /** Forgets what has run off; how many. */
    public int sweep(Tx tx, Instant now) {
        return tx.sql()
                .deleteFrom(SIGN_IN_FAILURE)
                .where(SIGN_IN_FAILURE.RUN_OFF.lt(now))
                .execute();
    }
}
