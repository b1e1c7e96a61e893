package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

@RealCloud
class VolumeCommandsTest {
    private final CloudUnderTest cloud;
    private final OpenStackCli cli;

    VolumeCommandsTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        this.cli = cloud.cli();
    }

    @Test
    void anEmptyVolumeBecomesAvailableAndIsDeleted() {
        String name = Names.fresh("volume");
        cli.run("volume", "create", "--size", "1", "--property", "kind=test", name);
        available(name);
        assertThat(cli.json("volume", "show", name).path("size").asInt(-1)).isEqualTo(1);
        assertThat(cli.column("Name", "volume", "list")).contains(name);
        cli.run("volume", "delete", name);
        gone(name);
    }

    @Test
    void aVolumeFromAnImageIsBootable() {
        String name = Names.fresh("volume");
        cli.run("volume", "create", "--size", "1", "--image", "welkin-guest", name);
        available(name);
        assertThat(cli.json("volume", "show", name).path("bootable").asString(""))
                .isEqualTo("true");
        cli.run("volume", "delete", name);
        gone(name);
    }

    @Test
    void aVolumeSmallerThanItsImageIsRefused() {
        assertThat(cli.attempt("volume", "create", "--size", "0", Names.fresh("volume")).ok())
                .isFalse();
    }

    private void available(String name) {
        Await.until(
                name + " is available",
                Duration.ofMinutes(1),
                () -> {
                    String status = Volumes.named(cloud.rest(), name).path("status").asString("");
                    assertThat(status).isNotEqualTo("error");
                    return status.equals("available");
                });
    }

    private void gone(String name) {
        Await.until(
                name + " is gone",
                Duration.ofMinutes(1),
                () -> Volumes.named(cloud.rest(), name).isMissingNode());
    }
}
