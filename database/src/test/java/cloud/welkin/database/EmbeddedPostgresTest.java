package cloud.welkin.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JUnit's folder may be entered by its owner alone, as /root may: the server must manage. */
class EmbeddedPostgresTest {
    private static final Map<String, String> QUICK =
            Map.of("fsync", "off", "full_page_writes", "off");

    @TempDir Path folder;

    private Path home = Path.of("/nowhere");

    @AfterEach
    void stop() throws Exception {
        EmbeddedPostgres.kill(home);
    }

    private EmbeddedPostgres start(Map<String, String> settings) throws Exception {
        home = folder.resolve("postgres");
        return EmbeddedPostgres.start(home, folder.resolve("log/postgres.log"), settings);
    }

    @Test
    void aNewServerIsSafeForItsDataAndListensOnNoNetwork() throws Exception {
        try (var server = start(Map.of());
                var database = Database.open(server.database("welkin"), 1)) {
            assertThat(setting(database, "fsync")).isEqualTo("on");
            assertThat(setting(database, "full_page_writes")).isEqualTo("on");
            assertThat(setting(database, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(database, "data_checksums")).isEqualTo("on");
            assertThat(setting(database, "listen_addresses")).isEmpty();
            assertThat(setting(database, "server_encoding")).isEqualTo("UTF8");
            assertThat(setting(database, "timezone")).isEqualTo("UTC");
            assertThat(setting(database, "max_connections")).isEqualTo("100");
        }
    }

    @Test
    void asRootTheServerRunsUnderAnUnprivilegedAccountInFoldersOfItsOwn() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        try (var server = start(QUICK)) {
            var status = Files.readString(Path.of("/proc/" + server.pid() + "/status"));
            assertThat(status).containsPattern("Uid:\\s+[1-9]\\d*\\s+[1-9]\\d*\\s+[1-9]");
            assertThat(status).containsPattern("Gid:\\s+[1-9]\\d*\\s+[1-9]\\d*\\s+[1-9]");
            assertThat(status).containsPattern("Groups:\\s*\\n");
            assertThat(status).containsPattern("CapEff:\\s+0+\\n");
            for (var own : List.of("data", "run")) {
                assertThat(Files.getOwner(home.resolve(own)).getName()).isNotEqualTo("root");
                assertThat(
                                PosixFilePermissions.toString(
                                        Files.getPosixFilePermissions(home.resolve(own))))
                        .isEqualTo("rwx------");
            }
        }
    }

    @Test
    void theServerOutlivesUsAndTheNextStartFindsItWithItsData() throws Exception {
        var first = start(QUICK);
        var pid = first.pid();
        try (var database = Database.open(first.database("welkin"), 1)) {
            database.change(tx -> tx.sql().execute("create table kept (id int)"));
        }
        first.close();

        try (var second = start(QUICK);
                var database = Database.open(second.database("welkin"), 1)) {
            assertThat(second.pid()).isEqualTo(pid);
            assertThat(count(database, "kept")).isZero();
        }
    }

    @Test
    void aServerThatWasKilledMeanwhileIsStartedAndHasWhatWasCommitted() throws Exception {
        var first = start(QUICK);
        try (var database = Database.open(first.database("welkin"), 1)) {
            database.change(tx -> tx.sql().execute("create table kept (id int)"));
        }
        first.close();
        kill(first.pid());

        try (var second = start(QUICK);
                var database = Database.open(second.database("welkin"), 1)) {
            assertThat(count(database, "kept")).isZero();
        }
    }

    @Test
    void aPidFileWhosePidIsAnotherProcessNowKeepsNobodyFromStarting() throws Exception {
        var first = start(QUICK);
        first.stop();
        var pidFile = home.resolve("data/postmaster.pid");
        Files.writeString(
                pidFile,
                ProcessHandle.current().pid()
                        + "\n/mnt/postgres/data\n1\n5432\n../run\n\n 1 1\nready\n");

        try (var second = start(QUICK)) {
            assertThat(second.pid()).isPositive().isNotEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void aServerThatIsKilledUnderUsIsStartedAgainAndThePoolAndTheListenersRecover()
            throws Exception {
        var heard = new CopyOnWriteArrayList<String>();
        try (var server = start(QUICK);
                var database = Database.open(server.database("welkin"), 3)) {
            database.change(tx -> tx.sql().execute("create table kept (id int)"));
            try (var _ = database.listen("news", heard::add)) {
                kill(server.pid());

                Until.holds(() -> answers(database));
                Until.holds(() -> heard.contains(""));
                database.change(tx -> tx.notify("news", "again"));
                Until.holds(() -> heard.contains("again"));
            }
            assertThat(count(database, "kept")).isZero();
        }
    }

    @Test
    void whileTheServerIsAwayEveryCallIsUnavailableAndNothingElse() throws Exception {
        var server = start(QUICK);
        server.close();
        try (var database =
                Database.open(server.database("welkin"), 2, java.time.Duration.ofMillis(250))) {
            kill(server.pid());
            for (int i = 0; i < 4; i++) {
                assertThatThrownBy(() -> database.change(tx -> tx.sql().execute("select 1")))
                        .isInstanceOf(DatabaseUnavailable.class);
                assertThatThrownBy(() -> database.snapshot(tx -> tx.sql().fetch("select 1")))
                        .isInstanceOf(DatabaseUnavailable.class);
                assertThatThrownBy(
                                () ->
                                        database.listen(
                                                "news",
                                                payload -> {},
                                                java.time.Duration.ofMillis(250)))
                        .isInstanceOf(DatabaseUnavailable.class);
            }
        }
    }

    @Test
    void stoppingEndsTheServerInOrderAndItStaysDown() throws Exception {
        var server = start(QUICK);
        var pid = server.pid();

        server.stop();

        assertThat(ProcessHandle.of(pid).filter(process -> process.info().command().isPresent()))
                .isEmpty();
        assertThat(home.resolve("data/postmaster.pid")).doesNotExist();
        assertThat(server.pid()).isEqualTo(-1);
        EmbeddedPostgres.stop(home);
    }

    @Test
    void aStartThatWasKilledWhileItMadeTheDataIsMadeGood() throws Exception {
        home = folder.resolve("postgres");
        Files.createDirectories(home.resolve("data-new/base"));
        Files.writeString(home.resolve("data-new/PG_VERSION"), "15\n");
        Files.createDirectories(home.resolve("data"));

        try (var server = start(QUICK)) {
            assertThat(server.pid()).isPositive();
        }
    }

    @Test
    void aHomeTooDeepForASocketsPathIsReachedAllTheSame() throws Exception {
        home = folder.resolve("d".repeat(60)).resolve("e".repeat(60));
        DatabaseAddress.UnixSocket address;
        try (var server = EmbeddedPostgres.start(home, folder.resolve("log"), QUICK)) {
            address = server.database("welkin");
        }
        assertThat(address.socket().toString().getBytes(StandardCharsets.UTF_8).length)
                .isLessThanOrEqualTo(PostgresSocket.LONGEST);
        try (var database = Database.open(address, 1)) {
            assertThat(answers(database)).isTrue();
        }
        // Another start comes by the same way.
        try (var again = EmbeddedPostgres.start(home, folder.resolve("log"), QUICK)) {
            assertThat(again.database("welkin")).isEqualTo(address);
        }
        EmbeddedPostgres.stop(home);
        assertThat(address.socket().resolve("../..").normalize()).doesNotExist();
    }

    @Test
    void aServerThatCannotStartSaysWhy() {
        assertThatThrownBy(() -> start(Map.of("fsync", "off", "shared_buffers", "much")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("shared_buffers");
    }

    @Test
    void dataOfAMajorVersionThatIsNotThereAreLeftAlone() throws Exception {
        home = folder.resolve("postgres");
        Files.createDirectories(home.resolve("data"));
        Files.writeString(home.resolve("data/PG_VERSION"), "9\n");

        assertThatThrownBy(() -> start(QUICK))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("postgresql-9");
        assertThat(home.resolve("data/PG_VERSION")).hasContent("9");
    }

    @Test
    void theMessagesAreCutWhenTheyGrowTooLong() throws Exception {
        var messages = new PostgresLog(folder.resolve("messages"));
        Files.writeString(messages.file(), "x".repeat(100));

        messages.bound(100);
        assertThat(messages.file()).hasSize(100);
        messages.bound(99);
        assertThat(messages.file()).isEmptyFile();
        assertThat(folder.resolve("messages.1")).hasSize(100);
    }

    @Test
    void onAMachineWithoutPostgresTheProgramsThatWeBringAreUsed() throws Exception {
        home = folder.resolve("postgres");
        try (var server =
                        EmbeddedPostgres.start(
                                home,
                                folder.resolve("log/postgres.log"),
                                QUICK,
                                Path.of("/nowhere"));
                var database = Database.open(server.database("welkin"), 2)) {
            assertThat(setting(database, "server_version")).startsWith("18.");
            Migrations.run(database.dataSource(), List.of("garden", "shed"));
        }
        // Data of 18 are run by 18, though another version is installed.
        try (var server = start(QUICK);
                var database = Database.open(server.database("welkin"), 1)) {
            assertThat(setting(database, "server_version")).startsWith("18.");
        }
    }

    private static String setting(Database database, String name) {
        return database.read(
                tx ->
                        tx.sql()
                                .fetch("select current_setting(?)", name)
                                .getFirst()
                                .into(String.class));
    }

    private static int count(Database database, String table) {
        return database.read(
                tx ->
                        tx.sql()
                                .fetch("select count(*)::int from " + table)
                                .getFirst()
                                .into(int.class));
    }

    private static boolean answers(Database database) {
        try {
            return database.read(tx -> tx.sql().fetch("select 1")).size() == 1;
        } catch (DatabaseUnavailable away) {
            return false;
        }
    }

    private static void kill(long pid) throws Exception {
        PostgresPrograms.finish(List.of("kill", "-KILL", Long.toString(pid)));
    }
}
