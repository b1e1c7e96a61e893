package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

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
                        List.of(
                                "libvirtd",
                                "virtlogd",
                                "ovn-controller",
                                "ovn-northd",
                                "ovsdb-server",
                                "ovs-vswitchd")) {
                    kill(cloud, engine);
                    Server next = scene.server("").awaited("ACTIVE");
                    assertThatCode(() -> scene.reached(next).answering())
                            .as("a new guest after %s", engine)
                            .doesNotThrowAnyException();
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
            cloud.announceErrors("atabase|PostgreSQL|SQL|onnection");
            String project =
                    cloud.rest()
                            .get("/identity/v3/projects?name=admin")
                            .json()
                            .at("/projects/0/id")
                            .asString("");
            cloud.rest()
                    .put("/network/v2.0/quotas/" + project, "{\"quota\": {\"network\": -1}}")
                    .expect(200);
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

    /**
     * Kills all processes of the engine, of which there must be some, and waits until others run in
     * their place.
     */
    private static void kill(CloudUnderTest cloud, String engine) {
        List<String> before = processes(cloud, engine);
        assertThat(before).as("processes of %s", engine).isNotEmpty();
        List<String> words = new ArrayList<>(List.of("kill", "-KILL"));
        words.addAll(before);
        cloud.onHost(words.toArray(String[]::new)).run().mustSucceed();
        Await.until(
                engine + " runs again",
                REPAIR,
                () -> {
                    List<String> now = processes(cloud, engine);
                    return now.size() >= before.size() && now.stream().noneMatch(before::contains);
                });
    }

    /** By the host's own numbers: only its daemons can be meant. */
    private static List<String> processes(CloudUnderTest cloud, String engine) {
        return cloud.onHost("pgrep", "-x", engine).run().out().lines().toList();
    }
}
