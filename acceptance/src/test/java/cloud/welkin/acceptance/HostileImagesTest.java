package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealCloud
class HostileImagesTest {
    private final CloudUnderTest cloud;

    @TempDir Path work;

    HostileImagesTest(CloudUnderTest cloud) {
        this.cloud = cloud;
    }

    @Test
    void anImageThatNamesABackingFileIsRefused() throws IOException {
        Path file = work.resolve("backed.qcow2");
        qemuImg(
                "create",
                "-f",
                "qcow2",
                "-u",
                "-b",
                "/etc/passwd",
                "-F",
                "raw",
                file.toString(),
                "1M");
        refused("qcow2", Files.readAllBytes(file));
    }

    @Test
    void anImageThatNamesADataFileIsRefused() throws IOException {
        Path file = work.resolve("data.qcow2");
        qemuImg(
                "create",
                "-f",
                "qcow2",
                "-o",
                "data_file=" + work.resolve("raw") + ",data_file_raw=on",
                file.toString(),
                "1M");
        refused("qcow2", Files.readAllBytes(file));
    }

    @Test
    void whatIsNoQcow2IsRefusedAsQcow2() {
        refused("qcow2", "this is text".repeat(1000).getBytes(StandardCharsets.UTF_8));
        refused("qcow2", new byte[4096]);
    }

    @Test
    void theFilesThatAnImageNamesAreNotEvenReadFromARawDisk() throws IOException {
        Path file = work.resolve("named.qcow2");
        qemuImg(
                "create",
                "-f",
                "qcow2",
                "-u",
                "-b",
                "/etc/passwd",
                "-F",
                "raw",
                file.toString(),
                "1M");
        String id = image("raw");
        Rest.Answer answer = upload(id, Files.readAllBytes(file));
        // Taken as the bytes that they are, or refused: a raw image whose bytes are a qcow2 header.
        assertThat(answer.status()).as("%s", answer).isIn(204, 415);
        if (answer.success()) {
            try (Scene scene = new Scene(cloud, "10.94.0.0/24")) {
                Server server = scene.server("\"imageRef\": \"" + id + "\"").ended();
                assertThat(server.status()).isIn("ACTIVE", "ERROR");
                assertThat(
                                cloud.onHost(
                                                "sh",
                                                "-c",
                                                "for d in $(virsh -c qemu:///system list --all --uuid); do virsh -c qemu:///system dumpxml $d; done")
                                        .run()
                                        .text())
                        .contains(server.id())
                        .doesNotContain("/etc/passwd");
            }
        }
        cloud.rest().delete("/image/v2/images/" + id).expect(204);
    }

    @Test
    void aServerOfADamagedImageEndsInErrorWithAFaultOrInAGuestThatDoesNotBoot() throws IOException {
        cloud.announceErrors("qemu|image|disk");
        byte[] damaged = Files.readAllBytes(GuestImage.qcow2());
        // The header stays as it is; the tables of clusters behind it become nonsense.
        byte[] nonsense = new byte[65_536];
        new Random(7).nextBytes(nonsense);
        System.arraycopy(nonsense, 0, damaged, 65_536, nonsense.length);
        String id = image("qcow2");
        Rest.Answer answer = upload(id, damaged);
        assertThat(answer.status()).as("%s", answer).isIn(204, 415);
        if (answer.success()) {
            endsInAFault(id, "10.95.0.0/24");
        }
        cloud.rest().delete("/image/v2/images/" + id).expect(204);
    }

    @Test
    void aServerOfAnImageCutInTheMiddleEndsInErrorWithAFault() throws IOException {
        cloud.announceErrors("qemu|image|disk");
        byte[] whole = Files.readAllBytes(GuestImage.qcow2());
        String id = image("qcow2");
        Rest.Answer answer = upload(id, Arrays.copyOf(whole, whole.length / 3));
        assertThat(answer.status()).as("%s", answer).isIn(204, 415);
        if (answer.success()) {
            endsInAFault(id, "10.93.0.0/24");
        }
        cloud.rest().delete("/image/v2/images/" + id).expect(204);
    }

    /** It ends in a state that can be deleted, and the next server is well. */
    private void endsInAFault(String image, String range) {
        try (Scene scene = new Scene(cloud, range)) {
            Server server = scene.server("\"imageRef\": \"" + image + "\"").ended();
            if (server.status().equals("ERROR")) {
                assertThat(server.shown().path("fault").path("message").asString("")).isNotEmpty();
            }
            server.delete();
            scene.server("").awaited("ACTIVE");
        }
    }

    private void refused(String format, byte[] content) {
        String id = image(format);
        assertThat(upload(id, content).status()).as("as Glance answers").isEqualTo(415);
        cloud.rest().delete("/image/v2/images/" + id).expect(204);
    }

    private String image(String format) {
        return cloud.rest()
                .post(
                        "/image/v2/images",
                        "{\"name\": \"%s\", \"disk_format\": \"%s\", \"container_format\": \"bare\"}"
                                .formatted(Names.fresh("image"), format))
                .expect(201)
                .json()
                .path("id")
                .asString("");
    }

    private Rest.Answer upload(String id, byte[] content) {
        return cloud.rest()
                .raw(
                        "PUT",
                        "/image/v2/images/" + id + "/file",
                        "application/octet-stream",
                        content);
    }

    private static void qemuImg(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "qemu-img";
        System.arraycopy(words, 0, all, 1, words.length);
        Command.of(all).run().mustSucceed();
    }
}
