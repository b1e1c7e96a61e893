package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

@RealCloud
class PowerTest {
    private final CloudUnderTest cloud;

    PowerTest(CloudUnderTest cloud) {
        this.cloud = cloud;
    }

    @Test
    void aGuestThatPowersItselfOffIsShutoffAndCanBeStarted() {
        try (Scene scene = new Scene(cloud, "10.89.0.0/24")) {
            Server server = scene.server("").awaited("ACTIVE");
            Guest guest = scene.reached(server).answering();
            guest.attempt("sudo poweroff");
            server.awaited("SHUTOFF");
            server.act("\"os-start\": null");
            server.awaited("ACTIVE");
            guest.answering();
        }
    }

    @Test
    void pauseSuspendStopAndRebootLeaveAGuestThatAnswers() {
        try (Scene scene = new Scene(cloud, "10.90.0.0/24")) {
            Server server = scene.server("").awaited("ACTIVE");
            Guest guest = scene.reached(server).answering();
            String boot = guest.run("cat /proc/sys/kernel/random/boot_id");
            server.act("\"pause\": null");
            server.awaited("PAUSED");
            server.act("\"unpause\": null");
            server.awaited("ACTIVE");
            server.act("\"suspend\": null");
            server.awaited("SUSPENDED");
            server.act("\"resume\": null");
            server.awaited("ACTIVE");
            assertThat(guest.answering().run("cat /proc/sys/kernel/random/boot_id"))
                    .as("it was never off")
                    .isEqualTo(boot);
            server.act("\"reboot\": {\"type\": \"HARD\"}");
            server.awaited("ACTIVE");
            assertThat(guest.answering().run("cat /proc/sys/kernel/random/boot_id"))
                    .isNotEqualTo(boot);
            server.act("\"os-stop\": null");
            server.awaited("SHUTOFF");
        }
    }

    @Test
    void aGuestsProcessIsNotRoots() {
        try (Scene scene = new Scene(cloud, "10.140.0.0/24")) {
            Server server = scene.server("").awaited("ACTIVE");
            String processes = cloud.onHost("ps", "-eo", "uid=,args=").run().mustSucceed().out();
            assertThat(processes.lines().filter(line -> line.contains(server.id())))
                    .isNotEmpty()
                    .allMatch(line -> Long.parseLong(line.strip().split(" ", 2)[0]) >= 60_578);
        }
    }

    @Test
    void theConsolePageIsServedToWhoHasItsToken() {
        try (Scene scene = new Scene(cloud, "10.91.0.0/24")) {
            Server server = scene.server("").awaited("ACTIVE");
            URI url =
                    URI.create(
                            cloud.rest()
                                    .post(
                                            server.path() + "/remote-consoles",
                                            "{\"remote_console\": {\"protocol\": \"vnc\", \"type\": \"novnc\"}}")
                                    .expect(200)
                                    .json()
                                    .at("/remote_console/url")
                                    .asString(""));
            String page = Command.of("curl", "-sfL", "-m", "10", url.toString()).run().text();
            assertThat(page).contains("<html");
        }
    }
}
