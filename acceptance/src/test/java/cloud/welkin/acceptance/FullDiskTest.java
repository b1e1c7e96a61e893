package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Disks that are too small: what does not fit is refused or ends in an error, and the cloud goes
 * on.
 */
@Tag("engine")
class FullDiskTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void anImageThatDoesNotFitIsRefusedAndTheCloudGoesOn() {
        onSmallDisk(
                "images",
                48,
                List.of("compute.driver=simulated"),
                cloud -> {
                    cloud.announceErrors("[Ss]pace|[Ff]ull|image");
                    String id = raw(cloud.rest());
                    Rest.Answer answer = upload(cloud.rest(), id, 64);
                    assertThat(answer.status()).as("%s", answer).isIn(413, 507, 503);
                    upload(cloud.rest(), id, 1).expect(204);
                    cloud.rest().delete("/image/v2/images/" + id).expect(204);
                });
    }

    @Test
    void aVolumeThatDoesNotFitEndsInAnErrorAndCanBeDeleted() {
        onSmallDisk(
                "volumes",
                24,
                List.of(),
                cloud -> {
                    cloud.announceErrors("[Ss]pace|[Ff]ull|volume");
                    Rest rest = cloud.rest();
                    String image = raw(rest);
                    upload(rest, image, 40).expect(204);
                    String body =
                            "{\"volume\": {\"size\": 1, \"imageRef\": \"%s\"}}".formatted(image);
                    String large =
                            rest.make(Volumes.path("/volumes"), body).path("id").asString("");
                    Await.until(
                            "the volume that does not fit is in error",
                            LIMIT,
                            () ->
                                    rest.get(Volumes.path("/volumes/" + large))
                                            .json()
                                            .at("/volume/status")
                                            .asString("")
                                            .equals("error"));
                    Volumes.delete(rest, large);
                    rest.delete("/image/v2/images/" + image).expect(204);
                    Volumes.delete(rest, Volumes.available(rest, 1));
                });
    }

    @Test
    void aGuestThatFillsItsDiskLosesNothingAndTheOthersGoOn() {
        onSmallDisk(
                "guests",
                96,
                List.of(),
                cloud -> {
                    cloud.announceErrors("[Ss]pace|[Ff]ull|disk|guest");
                    try (Scene scene = new Scene(cloud, "10.142.0.0/24")) {
                        Server greedy = scene.server("").awaited("ACTIVE");
                        Server modest = scene.server("").awaited("ACTIVE");
                        Guest guest = scene.reached(greedy).answering();
                        Guest other = scene.reached(modest).answering();
                        // More than the host has, in the background: the write itself may never
                        // come back.
                        guest.attempt(
                                "sudo sh -c 'dd if=/dev/urandom of=/large bs=1M count=200 > /dev/null 2>&1 < /dev/null & sleep 1'");
                        Path folder = cloud.home().resolve("guests");
                        Await.until("the host's disk is full", LIMIT, () -> free(folder) < 2 << 20);
                        assertThat(other.answering().run("echo alive")).isEqualTo("alive");
                        greedy.delete();
                        Await.until(
                                "its space is free again", LIMIT, () -> free(folder) > 32 << 20);
                        scene.server("").awaited("ACTIVE").delete();
                        other.answering();
                    }
                });
    }

    private static long free(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String raw(Rest rest) {
        return rest.post(
                        "/image/v2/images",
                        "{\"name\": \"%s\", \"disk_format\": \"raw\", \"container_format\": \"bare\"}"
                                .formatted(Names.fresh("image")))
                .expect(201)
                .json()
                .path("id")
                .asString("");
    }

    private static Rest.Answer upload(Rest rest, String id, int megabytes) {
        byte[] content = new byte[megabytes << 20];
        new Random(1).nextBytes(content);
        return rest.raw(
                "PUT", "/image/v2/images/" + id + "/file", "application/octet-stream", content);
    }

    /** A cloud one of whose folders is a file system of the given size. */
    private static void onSmallDisk(
            String folder, int megabytes, List<String> settings, Consumer<CloudUnderTest> test) {
        try {
            Path home = Files.createTempDirectory(Path.of("/tmp"), "wk");
            Path small = Files.createDirectory(home.resolve(folder));
            Command.of(
                            "mount",
                            "-t",
                            "tmpfs",
                            "-o",
                            "size=" + megabytes + "m",
                            "tmpfs",
                            small.toString())
                    .run()
                    .mustSucceed();
            try {
                try (CloudUnderTest cloud =
                        CloudUnderTest.startIn(home, settings.toArray(String[]::new))) {
                    // Purging removes the folder, which a mount would prevent.
                    cloud.beforePurge(() -> Command.of("umount", "-l", small.toString()).run());
                    test.accept(cloud);
                }
            } finally {
                Command.of("umount", "-l", small.toString()).run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
