package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class FullDiskTest {

    @Test
    void anImageThatDoesNotFitIsRefusedAndTheCloudGoesOn() throws IOException {
        Path home = Files.createTempDirectory(Path.of("/tmp"), "wk");
        Path images = Files.createDirectory(home.resolve("images"));
        Command.of("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", images.toString())
                .run()
                .mustSucceed();
        try {
            CloudUnderTest cloud = CloudUnderTest.startIn(home, "compute.driver=simulated");
            try {
                cloud.announceErrors("[Ss]pace|[Ff]ull|image");
                Rest rest = cloud.rest();
                String id =
                        rest.post(
                                        "/image/v2/images",
                                        "{\"disk_format\": \"raw\", \"container_format\": \"bare\"}")
                                .expect(201)
                                .json()
                                .path("id")
                                .asString("");
                byte[] large = new byte[64 << 20];
                new java.util.Random(1).nextBytes(large);
                Rest.Answer answer =
                        rest.raw(
                                "PUT",
                                "/image/v2/images/" + id + "/file",
                                "application/octet-stream",
                                large);
                assertThat(answer.status()).as("%s", answer).isIn(413, 507, 503);
                rest.raw(
                                "PUT",
                                "/image/v2/images/" + id + "/file",
                                "application/octet-stream",
                                new byte[1 << 20])
                        .expect(204);
                rest.delete("/image/v2/images/" + id).expect(204);
            } finally {
                // Purging removes the folder, which a mount would prevent.
                Command.of("umount", "-l", images.toString()).run();
                cloud.close();
            }
        } finally {
            Command.of("umount", "-l", images.toString()).run();
        }
    }
}
