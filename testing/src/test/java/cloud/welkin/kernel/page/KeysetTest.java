package cloud.welkin.kernel.page;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.testing.TestDatabase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class KeysetTest {
    private static final Table<?> THING = DSL.table(DSL.name("kernel", "thing"));
    private static final Field<Integer> ID =
            DSL.field(DSL.name("id"), SQLDataType.INTEGER.nullable(false));
    private static final Field<Integer> SIZE =
            DSL.field(DSL.name("size"), SQLDataType.INTEGER.nullable(false));
    private static final Field<String> NAME =
            DSL.field(DSL.name("name"), SQLDataType.VARCHAR.nullable(true));

    private final Database database = TestDatabase.fresh();

    @AfterEach
    void close() {
        database.close();
    }

    private void things(Random random, int number) {
        database.change(
                tx -> {
                    tx.sql()
                            .execute(
                                    "create table kernel.thing (id integer primary key, size"
                                            + " integer not null, name text)");
                    for (int id = 0; id < number; id++) {
                        tx.sql()
                                .insertInto(THING, ID, SIZE, NAME)
                                .values(
                                        id,
                                        random.nextInt(3),
                                        random.nextInt(3) == 0 ? null : "n" + random.nextInt(3))
                                .execute();
                    }
                });
    }

    private static List<Integer> page(Tx tx, Keyset keyset, Optional<Integer> marker, int limit) {
        Condition where =
                marker.map(id -> keyset.behind(tx, THING, ID.eq(id)).orElseThrow())
                        .orElse(DSL.trueCondition());
        return tx.sql()
                .select(ID)
                .from(THING)
                .where(where)
                .orderBy(keyset.order())
                .limit(limit)
                .fetch(ID);
    }

    @Test
    void pagesInAnyOrderGiveEachRowOnceAndInThatOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        things(random, 60);
        for (int round = 0; round < 40; round++) {
            List<Field<?>> fields = new ArrayList<>(List.of(SIZE, NAME));
            Collections.shuffle(fields, random);
            List<Keyset.Key> keys = new ArrayList<>();
            fields.subList(0, random.nextInt(3))
                    .forEach(field -> keys.add(new Keyset.Key(field, random.nextBoolean())));
            keys.add(new Keyset.Key(ID, random.nextBoolean()));
            Keyset keyset = new Keyset(keys);
            int limit = 1 + random.nextInt(20);
            database.read(
                    tx -> {
                        List<Integer> all = page(tx, keyset, Optional.empty(), 1000);
                        List<Integer> paged = new ArrayList<>();
                        List<Integer> page = page(tx, keyset, Optional.empty(), limit);
                        while (!page.isEmpty()) {
                            paged.addAll(page);
                            page = page(tx, keyset, Optional.of(page.getLast()), limit);
                        }
                        assertThat(paged).as("seed %s, %s", seed, keyset).isEqualTo(all);
                        assertThat(all).hasSize(60);
                        return all;
                    });
        }
    }

    @Test
    void aRowThatIsNotThereIsNoMarker() {
        things(new Random(1), 3);
        Keyset keyset = new Keyset(List.of(new Keyset.Key(ID, false)));
        assertThat(database.<Optional<Condition>>read(tx -> keyset.behind(tx, THING, ID.eq(7))))
                .isEmpty();
    }

    @Test
    void whatIsNullComesFirstUpwardsAndLastDownwards() {
        things(new Random(2), 20);
        List<String> up =
                database.read(
                        tx ->
                                tx.sql()
                                        .select(NAME)
                                        .from(THING)
                                        .orderBy(
                                                new Keyset(List.of(new Keyset.Key(NAME, false)))
                                                        .order())
                                        .fetch(NAME));
        List<String> down =
                database.read(
                        tx ->
                                tx.sql()
                                        .select(NAME)
                                        .from(THING)
                                        .orderBy(
                                                new Keyset(List.of(new Keyset.Key(NAME, true)))
                                                        .order())
                                        .fetch(NAME));
        assertThat(up.getFirst()).isNull();
        assertThat(down).isEqualTo(up.reversed());
    }
}
