package cloud.welkin.database.throwaway;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.Migrations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThrowawayPostgresTest {
    @Test
    void aCopyHasWhatTheTemplateHasAndIsItsOwn() {
        var server = ThrowawayPostgres.shared();
        var template = server.create("template");
        Migrations.run(template, List.of("garden"));
        var first = server.copy(template);
        var second = server.copy(template);

        execute(first, "insert into garden.bed values (1, 'herbs')");

        assertThat(execute(second, "select * from garden.bed")).isZero();
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void nothingIsLeftOfAClosedServer() {
        var server = ThrowawayPostgres.start();
        Path home = server.create("some").socket().resolve("../..").normalize();
        assertThat(home).exists();

        server.close();

        assertThat(home).doesNotExist();
    }

    @Test
    void theServerOfAKilledJvmIsRemovedByTheNext() throws Exception {
        var jvm =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Forever.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Path home;
        try (var output = jvm.inputReader()) {
            home = Path.of(output.readLine());
        } finally {
            jvm.destroyForcibly().waitFor();
        }
        assertThat(home).exists();
        long server =
                Long.parseLong(Files.readAllLines(home.resolve("data/postmaster.pid")).getFirst());
        assertThat(ProcessHandle.of(server)).isPresent();

        ThrowawayPostgres.start().close();

        assertThat(home).doesNotExist();
        assertThat(ProcessHandle.of(server).filter(ThrowawayPostgresTest::isNoZombie)).isEmpty();
    }

    private static boolean isNoZombie(ProcessHandle process) {
        return process.info().command().isPresent();
    }

    /** Started by a test as a program of its own, to be killed. */
    static final class Forever {
        private Forever() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println(
                    ThrowawayPostgres.shared().create("x").socket().resolve("../..").normalize());
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private static int execute(DatabaseAddress address, String statement) {
        try (var database = Database.open(address, 1)) {
            return database.write(
                    tx ->
                            statement.startsWith("select")
                                    ? tx.sql().fetch(statement).size()
                                    : tx.sql().execute(statement));
        }
    }
}
