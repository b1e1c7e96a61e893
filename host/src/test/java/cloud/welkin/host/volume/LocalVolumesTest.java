package cloud.welkin.host.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.host.contained.GuestAccount;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.DesiredVolume.Source;
import cloud.welkin.kernel.host.ObservedGuest.Fault;
import cloud.welkin.kernel.host.ObservedVolume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalVolumesTest {
    private static final long GIB = 1L << 30;
    @TempDir Path home;
    private LocalVolumes volumes;

    @BeforeEach
    void open() {
        volumes =
                new LocalVolumes(home.resolve("volumes"), GuestAccount.owning(home), home::resolve);
    }

    private static DesiredVolume wanted(
            UUID id, long generation, boolean present, long gib, Source... source) {
        return new DesiredVolume(
                id,
                generation,
                present,
                gib,
                Optional.ofNullable(source.length == 0 ? null : source[0]));
    }

    private static String fault(ObservedVolume seen) {
        return seen.fault().map(Fault::code).orElse("");
    }

    @Test
    void aVolumeIsMadeGrownAndRemovedAndTwiceIsOnce() throws IOException {
        UUID id = UUID.randomUUID();
        for (int i = 0; i < 2; i++) {
            ObservedVolume seen = volumes.converge(wanted(id, 1, true, 1));
            assertThat(seen.path()).contains(volumes.path(id).toString());
            assertThat(Files.size(volumes.path(id))).isEqualTo(GIB);
        }
        volumes.converge(wanted(id, 2, true, 3));
        assertThat(Files.size(volumes.path(id))).isEqualTo(3 * GIB);
        volumes.converge(wanted(id, 3, true, 2));
        assertThat(Files.size(volumes.path(id))).isEqualTo(3 * GIB);
        assertThat(volumes.present()).containsExactly(id);
        for (int i = 0; i < 2; i++) {
            assertThat(volumes.converge(wanted(id, 4, false, 3)).path()).isEmpty();
        }
        assertThat(volumes.present()).isEmpty();
    }

    @Test
    void aCopyHasTheBytesOfItsSource() throws IOException {
        UUID id = UUID.randomUUID();
        volumes.converge(wanted(id, 1, true, 1));
        try (RandomAccessFile file = new RandomAccessFile(volumes.path(id).toFile(), "rw")) {
            file.seek(GIB / 2);
            file.write("tenant".getBytes(StandardCharsets.UTF_8));
        }
        UUID copy = UUID.randomUUID();
        volumes.converge(wanted(copy, 1, true, 2, new Source.Snapshot(id)));
        byte[] bytes = new byte[6];
        try (RandomAccessFile file = new RandomAccessFile(volumes.path(copy).toFile(), "r")) {
            assertThat(file.length()).isEqualTo(2 * GIB);
            file.seek(GIB / 2);
            file.readFully(bytes);
        }
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("tenant");
    }

    @Test
    void aVolumeWhoseDataIsLostIsNotMadeAgain() {
        ObservedVolume seen = volumes.converge(wanted(UUID.randomUUID(), 2, true, 1));
        assertThat(fault(seen)).isEqualTo("VolumeMissing");
        assertThat(volumes.present()).isEmpty();
    }

    @Test
    void whatCannotBeMadeLeavesNothing() throws IOException {
        Files.writeString(home.resolve("image"), "QFI\u00fb this is no image at all");
        UUID id = UUID.randomUUID();
        assertThat(
                        fault(
                                volumes.converge(
                                        wanted(
                                                id,
                                                1,
                                                true,
                                                1,
                                                new Source.Image("nothing", "raw")))))
                .isEqualTo("ImageMissing");
        assertThat(
                        fault(
                                volumes.converge(
                                        wanted(
                                                id,
                                                1,
                                                true,
                                                1,
                                                new Source.Volume(UUID.randomUUID())))))
                .isEqualTo("SourceMissing");
        assertThat(
                        fault(
                                volumes.converge(
                                        wanted(
                                                id,
                                                1,
                                                true,
                                                1,
                                                new Source.Image("image", "qcow2")))))
                .isEqualTo("ImageCorrupt");
        try (var files = Files.list(home.resolve("volumes"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aQcow2BecomesTheDiskThatItHolds() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/usr/bin/qemu-img")), "qemu-img is not installed");
        Path raw = home.resolve("raw");
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.setLength(64 << 20);
            file.seek(5 << 20);
            file.write("inside".getBytes(StandardCharsets.UTF_8));
        }
        Process convert =
                new ProcessBuilder(
                                "qemu-img",
                                "convert",
                                "-f",
                                "raw",
                                "-O",
                                "qcow2",
                                raw.toString(),
                                home.resolve("image").toString())
                        .inheritIO()
                        .start();
        assertThat(convert.waitFor()).isZero();
        UUID id = UUID.randomUUID();
        ObservedVolume seen =
                volumes.converge(wanted(id, 1, true, 1, new Source.Image("image", "qcow2")));
        assertThat(seen.fault()).isEmpty();
        byte[] bytes = new byte[6];
        try (RandomAccessFile file = new RandomAccessFile(volumes.path(id).toFile(), "r")) {
            assertThat(file.length()).isEqualTo(GIB);
            file.seek(5 << 20);
            file.readFully(bytes);
        }
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("inside");
    }

    @Test
    void leftoversGoAndWhatIsWantedStays() throws IOException {
        UUID kept = UUID.randomUUID();
        UUID lost = UUID.randomUUID();
        volumes.converge(wanted(kept, 1, true, 1));
        volumes.converge(wanted(lost, 1, true, 1));
        Files.writeString(home.resolve("volumes").resolve(UUID.randomUUID() + ".part"), "half");
        LocalVolumes restarted =
                new LocalVolumes(home.resolve("volumes"), GuestAccount.owning(home), home::resolve);
        assertThat(restarted.removeOthers(Set.of(kept))).containsExactly(lost);
        try (var files = Files.list(home.resolve("volumes"))) {
            assertThat(files.map(it -> String.valueOf(it.getFileName())))
                    .containsExactly(kept.toString());
        }
    }
}
