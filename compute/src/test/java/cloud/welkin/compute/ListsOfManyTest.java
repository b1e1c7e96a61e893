package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A page costs the same however many servers there are: every usual list is read from an index. */
class ListsOfManyTest {
    @TempDir Path home;

    @Test
    void aPageOfServersIsReadFromAnIndexInItsOrder() {
        try (CloudFixture cloud = new CloudFixture(home, 1)) {
            String id = cloud.booted("'imageRef': '" + cloud.image() + "', 'networks': 'none'");
            fill(cloud, id, 20_000);
            for (String condition :
                    new String[] {
                        "", "project_id = '" + cloud.member.requireProject() + "' and "
                    }) {
                String plan =
                        cloud.database
                                .database()
                                .read(
                                        tx ->
                                                tx.sql()
                                                        .fetch(
                                                                "explain select * from compute.server where "
                                                                        + condition
                                                                        + "deleted_at is null and (created_at, id) <"
                                                                        + " ((select created_at from compute.server"
                                                                        + " where id = '"
                                                                        + id
                                                                        + "'), '"
                                                                        + id
                                                                        + "'::uuid) order by created_at desc, id desc"
                                                                        + " limit 1000")
                                                        .toString());
                assertThat(plan)
                        .contains("Index Scan")
                        .doesNotContain("Seq Scan")
                        .doesNotContain("Sort");
            }
            assertThat(
                            cloud.get("/servers/detail?limit=1000")
                                    .expect(200)
                                    .json()
                                    .at("/servers")
                                    .size())
                    .isEqualTo(1000);
        }
    }

    /**
     * Copies of one server, each a second older than the one before; the original stays the newest.
     */
    static void fill(CloudFixture cloud, String id, int count) {
        cloud.database
                .database()
                .change(
                        tx -> {
                            tx.sql()
                                    .execute(
                                            "create temp table copy on commit drop as select * from"
                                                    + " compute.server where id = '"
                                                    + id
                                                    + "'");
                            tx.sql().execute("alter table copy drop column number");
                            String columns =
                                    tx.sql()
                                            .fetchValue(
                                                    "select string_agg(quote_ident(attname), ', ' order by attnum)"
                                                            + " from pg_attribute where attrelid = 'copy'::regclass"
                                                            + " and attnum > 0 and not attisdropped and attname not"
                                                            + " in ('id', 'created_at')")
                                            .toString();
                            tx.sql()
                                    .execute(
                                            "insert into compute.server (id, created_at, "
                                                    + columns
                                                    + ") select gen_random_uuid(), created_at - n * interval '1"
                                                    + " second', "
                                                    + columns
                                                    + " from copy, generate_series(1, "
                                                    + count
                                                    + ") n");
                        });
        cloud.database.database().read(tx -> tx.sql().execute("analyze compute.server"));
    }
}
