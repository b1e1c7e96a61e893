package cloud.welkin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the key is that the database does not have. */
class MasterKeyFileTest {
    private final TestDatabase database = TestDatabase.with("kernel", "identity");
    @TempDir private Path folder;

    @AfterEach
    void close() {
        database.close();
    }

    private void keep(String key) {
        database.database()
                .change(
                        tx ->
                                tx.sql()
                                        .execute(
                                                "insert into identity.credential_key (secret)"
                                                        + " values (?)",
                                                key));
    }

    @Test
    void theFirstStartMakesOneThatOnlyItsUserReads() throws IOException {
        Home home = Home.at(folder);
        MasterKeys made = MasterKeyFile.of(home, database.database());
        Path file = folder.resolve("secrets/master-key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        keep(made.wrap("a key"));
        assertThat(MasterKeyFile.of(home, database.database()).unwrap(made.wrap("a key")))
                .isEqualTo("a key");
    }

    @Test
    void aDatabaseOfBeforeIsGivenOne() throws IOException {
        keep("plain");
        assertThat(MasterKeyFile.of(Home.at(folder), database.database()).unwrap("plain"))
                .isEqualTo("plain");
    }

    @Test
    void aHomeWithoutTheKeyOfItsDatabaseIsToldWhereItIsAndMakesNone() throws IOException {
        MasterKeys elsewhere =
                MasterKeyFile.of(Home.at(folder.resolve("one")), database.database());
        keep(elsewhere.wrap("a key"));
        Home other = Home.at(folder.resolve("other"));
        assertThatThrownBy(() -> MasterKeyFile.of(other, database.database()))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("copy secrets/master-key");
        assertThat(folder.resolve("other/secrets/master-key")).doesNotExist();
    }

    @Test
    void whatIsNoKeyIsRefused() throws IOException {
        Home home = Home.at(folder);
        home.writeSecret("master-key", "nonsense");
        assertThatThrownBy(() -> MasterKeyFile.of(home, database.database()))
                .isInstanceOf(Refused.class)
                .hasMessageNotContaining("nonsense");
    }
}
