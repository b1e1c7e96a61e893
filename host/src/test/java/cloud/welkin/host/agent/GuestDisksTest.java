package cloud.welkin.host.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.kernel.host.DesiredGuest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestDisksTest {

    @TempDir private Path home;
    private Path image;
    private GuestDisks disks;
    private final Wanted wanted = Wanted.guest();

    @BeforeEach
    void image() throws IOException {
        image = home.resolve("image");
        Qcow2.create(image, 64L << 20);
        disks =
                new GuestDisks(
                        new HostShape(
                                home,
                                "qemu",
                                "pc",
                                true,
                                "br-int",
                                cloud.welkin.host.contained.GuestAccount.owning(home),
                                _ -> image));
    }

    private GuestFolder folder() {
        return GuestFolder.of(home, wanted.id);
    }

    private void image(String format, long gib) {
        wanted.root =
                new DesiredGuest.RootDisk.FromImage(
                        "x", format, gib, Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Test
    void theRootDiskHasTheFlavorsSizeOverTheImage() throws IOException {
        disks.prepare(wanted.same());
        Qcow2 head = Qcow2.read(folder().root(0)).orElseThrow();
        assertThat(head.size()).isEqualTo(1L << 30);
        assertThat(head.backingFile()).contains(image);
    }

    @Test
    void withoutASizeItIsAsLargeAsTheImage() throws IOException {
        image("qcow2", 0);
        disks.prepare(wanted.same());
        assertThat(Qcow2.read(folder().root(0)).orElseThrow().size()).isEqualTo(64L << 20);
    }

    @Test
    void whatIsThereIsNotTouched() throws IOException {
        disks.prepare(wanted.same());
        Files.writeString(folder().root(0), "the guest's");
        disks.prepare(wanted.same());
        assertThat(folder().root(0)).hasContent("the guest's");
    }

    @Test
    void anImageThatIsNoImageIsRefusedAndLeavesNoDisk() throws IOException {
        Files.writeString(image, "nonsense".repeat(100));
        assertFault("ImageCorrupt");
        assertThat(folder().path()).isEmptyDirectory();
    }

    @Test
    void anImageThatNamesAnotherFileIsRefused() throws IOException {
        Qcow2.create(image, 64L << 20, Path.of("/etc/shadow"), "raw");
        assertFault("ImageCorrupt");
    }

    @Test
    void anImageThatIsGoneIsTold() throws IOException {
        Files.delete(image);
        assertFault("ImageMissing");
    }

    @Test
    void anImageThatIsLargerThanTheDiskIsRefused() throws IOException {
        Qcow2.create(image, 2L << 30);
        assertFault("ImageTooLarge");
    }

    private void assertFault(String code) {
        assertThatThrownBy(() -> disks.prepare(wanted.same()))
                .isInstanceOfSatisfying(
                        Trouble.class,
                        trouble -> {
                            assertThat(trouble.fault().code()).isEqualTo(code);
                            assertThat(trouble.fault().retries()).isFalse();
                            assertThat(trouble.fault().message()).doesNotContain("/");
                        });
    }

    @Test
    void aFullDiskIsTold() {
        var full = new IOException("write: No space left on device");
        assertThat(Trouble.of(full, "x").fault().code()).isEqualTo("NoSpace");
    }

    @Test
    void metadataCannotLeaveTheConfigDrive() {
        wanted.configDrive = true;
        wanted.metadata = Map.of("../escape", new byte[0]);
        assertThatThrownBy(() -> disks.prepare(wanted.same())).isInstanceOf(Trouble.class);
        assertThat(folder().path().resolve("escape")).doesNotExist();
    }

    @Test
    void removalLeavesNothing() {
        disks.prepare(wanted.same());
        disks.remove(wanted.id);
        assertThat(folder().path()).doesNotExist();
        disks.remove(wanted.id);
    }

    @Test
    @Tag("engine")
    void qemuFindsNothingWrongWithOurImages() throws IOException {
        image("raw", 10_000);
        wanted.localDisks.add(new DesiredGuest.LocalDisk("ephemeral0", 5L << 20, false));
        disks.prepare(wanted.same());
        for (Path file : java.util.List.of(image, folder().root(0), folder().local(0))) {
            Program.run(Duration.ofMinutes(1), "qemu-img", "check", "-f", "qcow2", file.toString());
            Program.run(
                    Duration.ofMinutes(1),
                    "qemu-io",
                    "-f",
                    "qcow2",
                    "-c",
                    "write -P 7 1G 64k",
                    "-c",
                    "read -P 7 1G 64k",
                    folder().root(0).toString());
        }
        Program.run(
                Duration.ofMinutes(1),
                "qemu-img",
                "check",
                "-f",
                "qcow2",
                folder().root(0).toString());
    }

    @Test
    @Tag("engine")
    void swapAndConfigDriveAreWhatTheirReadersExpect() throws IOException {
        wanted.localDisks.add(new DesiredGuest.LocalDisk("swap", 16, true));
        wanted.withConfigDrive();
        disks.prepare(wanted.same());
        assertThat(output("blkid", "-p", "-o", "value", "-s", "TYPE", folder().local(0)))
                .isEqualTo("swap");
        assertThat(output("blkid", "-p", "-o", "value", "-s", "LABEL", folder().configDrive(0)))
                .isEqualTo("config-2");
    }

    private static String output(Object... argv) throws IOException {
        var command = java.util.Arrays.stream(argv).map(Object::toString).toList();
        var process = new ProcessBuilder(command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
