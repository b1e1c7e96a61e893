package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@RealCloud
class MetadataTest {
    private static final String SCRIPT =
            "#!/bin/sh\necho user data was here > /home/cirros/proof\n";

    private final CloudUnderTest cloud;

    MetadataTest(CloudUnderTest cloud) {
        this.cloud = cloud;
    }

    @Test
    void theMetadataServiceBringsNameKeyAndUserData() {
        try (Scene scene = new Scene(cloud, "10.84.0.0/24")) {
            Server server =
                    scene.server("\"metadata\": {\"colour\": \"blue\"}, " + Scene.userData(SCRIPT))
                            .awaited("ACTIVE");
            Guest guest = scene.reached(server).answering();
            server.awaitConsole("metadata from metadata service");
            assertThat(guest.run("hostname")).isEqualTo(server.name());
            server.awaitConsole("user data ran");
            assertThat(guest.run("cat proof")).isEqualTo("user data was here");
            assertThat(
                            guest.run(
                                    "printf 'GET /openstack/latest/meta_data.json HTTP/1.0\\r\\n\\r\\n' | nc -w 3 169.254.169.254 80"))
                    .contains("\"colour\"", "blue", server.id());
        }
    }

    @Test
    void theConfigDriveBringsThemWithoutTheService() {
        try (Scene scene = new Scene(cloud, "10.85.0.0/24")) {
            Server server =
                    scene.server("\"config_drive\": true, " + Scene.userData(SCRIPT))
                            .awaited("ACTIVE");
            Guest guest = scene.reached(server).answering();
            server.awaitConsole("metadata from config drive");
            server.awaitConsole("user data ran");
            assertThat(guest.run("cat proof")).isEqualTo("user data was here");
        }
    }
}
