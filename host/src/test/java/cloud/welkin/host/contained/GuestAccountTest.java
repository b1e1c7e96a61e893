package cloud.welkin.host.contained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

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

    @Test
    void whatAGuestLinkedIntoItsFolderStaysWhoseItWas() throws IOException {
        var self = GuestAccount.owning(home);
        assumeThat(self.uid()).as("only root gives files away").isZero();
        var guests = GuestAccount.of(home);
        var secret = Files.createFile(home.resolve("secret"));
        var folder = Files.createDirectory(home.resolve("guest"));
        Files.createFile(folder.resolve("disk"));
        Files.createLink(folder.resolve("second-name"), secret);
        Files.createSymbolicLink(folder.resolve("link"), secret);

        guests.ownAllIn(folder);

        assertThat(GuestAccount.owning(folder.resolve("disk"))).isEqualTo(guests);
        assertThat(GuestAccount.owning(secret)).isEqualTo(self);
    }
}
