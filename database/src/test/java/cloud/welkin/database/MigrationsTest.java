package cloud.welkin.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MigrationsTest {
    private final Database database =
            Database.open(ThrowawayPostgres.shared().create("migrations"), 4);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void fromEmptyEverySchemaIsMadeWithItsOwnHistory() {
        migrate("garden", "shed");

        assertThat(versions("garden")).containsExactly("001", "002");
        assertThat(versions("shed")).containsExactly("001");
        assertThat(count("select count(*) from garden.plant")).isZero();
        assertThat(count("select count(*) from shed.tool")).isZero();
    }

    @Test
    void theSecondRunWritesNothingAndDoesNotEvenLookAgain() {
        migrate("garden", "shed");
        var before = transactions();
        migrate("garden", "shed");

        assertThat(transactions()).isEqualTo(before);
    }

    @Test
    void theNextMigrationIsAppliedToWhatTheLastReleaseLeft() {
        migrate("garden");
        change("drop table garden.plant");
        change("delete from garden.flyway_schema_history where version = '002'");

        migrate("garden");

        assertThat(versions("garden")).containsExactly("001", "002");
        assertThat(count("select count(*) from garden.plant")).isZero();
    }

    @Test
    void aSchemaNewerThanTheProgramIsRefused() {
        migrate("garden");
        change(
                "insert into garden.flyway_schema_history select 99, '003', 'later', type,"
                        + " 'V003__later.sql', checksum, installed_by, now(), 1, true"
                        + " from garden.flyway_schema_history where version = '002'");

        assertThatThrownBy(() -> migrate("garden"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("garden is newer than this program (version 003)");
    }

    @Test
    void aMigrationThatWasChangedAfterItWasAppliedIsRefused() {
        migrate("garden");
        change("update garden.flyway_schema_history set checksum = 1 where version = '001'");

        assertThatThrownBy(() -> migrate("garden"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("garden cannot be migrated")
                .hasMessageContaining("checksum");
    }

    @Test
    void aSchemaWithoutMigrationsIsAnError() {
        assertThatThrownBy(() -> migrate("pond")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void twoReplicasThatStartTogetherMigrateOnce() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var one = threads.submit(() -> migrate("garden", "shed"));
            var other = threads.submit(() -> migrate("garden", "shed"));
            one.get();
            other.get();
        }
        assertThat(versions("garden")).containsExactly("001", "002");
    }

    @Test
    void noServerIsUnavailable() {
        var nowhere =
                new DatabaseAddress.UnixSocket(
                        java.nio.file.Path.of("/nowhere/.s.PGSQL.5432"), "x", "x");

        assertThatThrownBy(() -> Migrations.run(nowhere, List.of("garden")))
                .isInstanceOf(DatabaseUnavailable.class);
    }

    private void migrate(String... schemas) {
        Migrations.run(database.dataSource(), List.of(schemas));
    }

    private void change(String statement) {
        database.change(tx -> tx.sql().execute(statement));
    }

    private List<String> versions(String schema) {
        return database.read(
                tx ->
                        tx.sql()
                                .fetch(
                                        "select version from "
                                                + schema
                                                + ".flyway_schema_history where version is not null"
                                                + " order by installed_rank")
                                .into(String.class));
    }

    private long count(String query) {
        return database.read(tx -> tx.sql().fetch(query).getFirst().into(long.class));
    }

    /** Grows with every transaction that writes. */
    private long transactions() {
        return count("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
    }
}
