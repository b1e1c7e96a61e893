package cloud.welkin.host.contained;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestAccountTest {

    private static final String ALL = "         0          0 4294967295\n";

    @TempDir private Path home;

    @Test
    void eachHomeHasItsOwnAndKeepsIt() {
        var account = GuestAccount.of(Path.of("/srv/one"), ALL);
        assertThat(GuestAccount.of(Path.of("/srv/one"), ALL)).isEqualTo(account);
        assertThat(GuestAccount.of(Path.of("/srv/two"), ALL)).isNotEqualTo(account);
        assertThat(account.uid()).isBetween(1_879_048_192, Integer.MAX_VALUE);
    }

    @Test
    void whereFewNumbersAreKnownItIsOneOfThem() {
        assertThat(GuestAccount.of(home, "0 100000 65536\n").uid()).isBetween(60_578, 61_183);
    }

    @Test
    void aGateIsClosedToOthersAndCannotBeListed() throws IOException {
        var self = GuestAccount.owning(home);
        self.gate(home.resolve("gate"));
        Files.createFile(home.resolve("gate/file"));
        self.gate(home.resolve("gate"));
        self.ownAllIn(home);
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(home.resolve("gate"))))
                .isEqualTo("rwx--x---");
    }
}
