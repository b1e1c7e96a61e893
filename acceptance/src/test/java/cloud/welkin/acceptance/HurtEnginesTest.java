package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Engines that die are started again, guests do not notice, and what was acknowledged stays. */
@Tag("engine")
class HurtEnginesTest {
    private static final Duration REPAIR = Duration.ofSeconds(90);

    @Test
    void enginesThatAreKilledComeBackAndGuestsGoOn() {
        try (CloudUnderTest cloud = CloudUnderTest.start()) {
            cloud.announceErrors("libvirt|ovn|OVSDB|ovsdb|[Dd]atabase|PostgreSQL|connection|host");
            try (Scene scene = new Scene(cloud, "10.140.0.0/24")) {
                Server server = scene.server("").awaited("ACTIVE");
                Guest guest = scene.reached(server).answering();
                String boot = guest.run("cat /proc/sys/kernel/random/boot_id");
                for (String engine :
                        List.of("libvirtd", "ovn-controller", "ovn-northd", "ovs-vswitchd")) {
                    killInside(cloud, engine);
                    Server next = scene.server("").awaited("ACTIVE");
                    next.delete();
                    assertThat(guest.answering().run("cat /proc/sys/kernel/random/boot_id"))
                            .as("the guest lives on after %s", engine)
                            .isEqualTo(boot);
                }
            }
            cloud.mustBeHealthy(REPAIR);
        }
    }

    @Test
    void theDatabaseKilledUnderLoadKeepsEveryAcknowledgedWrite() {
        try (CloudUnderTest cloud = CloudUnderTest.onSimulatedHosts()) {
            cloud.announceErrors(".");
            for (int kill = 0; kill < 3; kill++) {
                List<String> made = new ArrayList<>();
                String postmaster =
                        Command.of("head", "-1", cloud.home() + "/postgres/data/postmaster.pid")
                                .run()
                                .text();
                for (int i = 0; i < 200; i++) {
                    if (i == 60) {
                        Command.of("kill", "-KILL", postmaster).run().mustSucceed();
                    }
                    try {
                        Rest.Answer answer =
                                cloud.rest().post("/network/v2.0/networks", "{\"network\": {}}");
                        if (answer.success()) {
                            made.add(answer.json().at("/network/id").asString(""));
                        } else {
                            assertThat(answer.status()).as("%s", answer).isEqualTo(503);
                        }
                    } catch (UncheckedIOException e) {
                        assertThat(i).as("the program itself lives: %s", e).isNegative();
                    }
                }
                Await.until(
                        "the cloud answers again",
                        REPAIR,
                        () -> cloud.rest().get("/network/v2.0/networks?limit=1").status() == 200);
                for (String id : made) {
                    assertThat(cloud.rest().get("/network/v2.0/networks/" + id).status())
                            .as(id)
                            .isEqualTo(200);
                    cloud.rest().delete("/network/v2.0/networks/" + id).expect(204);
                }
                assertThat(made).hasSizeGreaterThan(60);
            }
            cloud.mustBeHealthy(REPAIR);
        }
    }

    @Test
    void theProgramsDeathInterruptsNoGuest() {
        try (CloudUnderTest cloud = CloudUnderTest.start();
                Scene scene = new Scene(cloud, "10.141.0.0/24")) {
            Server server = scene.server("").awaited("ACTIVE");
            Guest guest = scene.reached(server).answering();
            String boot = guest.run("cat /proc/sys/kernel/random/boot_id");
            cloud.kill();
            assertThat(guest.run("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
            cloud.up();
            assertThat(server.status()).isEqualTo("ACTIVE");
            cloud.down();
            assertThat(guest.run("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
            cloud.up();
            server.delete();
        }
    }

    private static void killInside(CloudUnderTest cloud, String engine) {
        // Inside, process numbers are the host's own: only its daemon can be meant.
        cloud.onHost(
                        "sh",
                        "-c",
                        "mount -t proc proc /proc 2>/dev/null; kill -KILL $(pgrep -x "
                                + engine
                                + ")")
                .run();
    }
}
