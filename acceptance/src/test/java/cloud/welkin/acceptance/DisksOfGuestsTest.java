package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealCloud
class DisksOfGuestsTest {
    private final CloudUnderTest cloud;

    DisksOfGuestsTest(CloudUnderTest cloud) {
        this.cloud = cloud;
    }

    @Test
    void aVolumeKeepsItsBytesOverDetachDeleteOfTheServerAndAttachElsewhere() {
        try (Scene scene = new Scene(cloud, "10.86.0.0/24")) {
            String volume = Volumes.available(cloud.rest(), 1);
            scene.removedLater(Volumes.path("/volumes/" + volume));
            Server first = scene.server("").awaited("ACTIVE");
            Guest guest = scene.reached(first).answering();
            first.attach(volume);
            guest.run(
                    "echo 'stays here' | sudo dd of="
                            + guest.disk(volume)
                            + " bs=512 conv=sync,fsync 2>/dev/null");
            first.detach(volume);
            first.attach(volume);
            assertThat(read(guest, volume)).isEqualTo("stays here");
            first.delete();
            Volumes.awaitStatus(cloud.rest(), volume, "available");
            Server second = scene.server("").awaited("ACTIVE");
            Guest elsewhere = scene.reached(second).answering();
            second.attach(volume);
            assertThat(read(elsewhere, volume)).isEqualTo("stays here");
            second.detach(volume);
        }
    }

    @Test
    void theImageOfAServerHoldsTheFileThatWasWritten() {
        try (Scene scene = new Scene(cloud, "10.87.0.0/24")) {
            Server server = scene.server("").awaited("ACTIVE");
            Guest guest = scene.reached(server).answering();
            guest.run("echo 'in the picture' > picture && sync");
            String image =
                    cloud.rest()
                            .post(
                                    server.path() + "/action",
                                    "{\"createImage\": {\"name\": \"%s\"}}"
                                            .formatted(Names.fresh("snapshot")))
                            .expect(202)
                            .json()
                            .path("image_id")
                            .asString("");
            scene.removedLater("/image/v2/images/" + image);
            Await.until(
                    "the image is active",
                    Duration.ofMinutes(2),
                    () ->
                            cloud.rest()
                                    .get("/image/v2/images/" + image)
                                    .json()
                                    .path("status")
                                    .asString("")
                                    .equals("active"));
            Server copy = scene.server("\"imageRef\": \"" + image + "\"").awaited("ACTIVE");
            assertThat(scene.reached(copy).answering().run("cat picture"))
                    .isEqualTo("in the picture");
        }
    }

    @Test
    void aServerBootsFromAVolumeMadeOfAnImage() {
        try (Scene scene = new Scene(cloud, "10.88.0.0/24")) {
            Server server =
                    scene.server(
                            "\"block_device_mapping_v2\": [{\"boot_index\": 0, \"uuid\": \"%s\", \"source_type\": \"image\", \"destination_type\": \"volume\", \"volume_size\": 1, \"delete_on_termination\": true}]"
                                    .formatted(scene.image()));
            Guest guest = scene.reached(server.awaited("ACTIVE")).answering();
            assertThat(guest.run("hostname")).isEqualTo(server.name());
        }
    }

    private static String read(Guest guest, String volume) {
        return guest.run(
                "sudo dd if=" + guest.disk(volume) + " bs=512 count=1 2>/dev/null | tr -d '\\000'");
    }
}
