package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.Power;
import cloud.welkin.kernel.host.SimulatedHost;
import cloud.welkin.testing.ApiTester.Response;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Anything may be asked in any order while agents die between any two steps, hosts lose their
 * power, guests fail to start or stop by themselves: when the storm is over everything is what its
 * rows say, and nothing is left over.
 */
class ConvergenceTest {
    @TempDir Path home;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void afterAnyStormEverythingIsAsItsRowsSay(long seed) {
        try (CloudFixture cloud = new CloudFixture(home, 2)) {
            new Storm(cloud, seed).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    private static final class Storm {
        private final CloudFixture cloud;
        private final Random random;
        private final String image;
        private final String network;
        private final List<String> volumes = new ArrayList<>();
        private boolean calm;

        Storm(CloudFixture cloud, long seed) {
            this.cloud = cloud;
            this.random = new Random(seed);
            image = cloud.image();
            network = cloud.network("net", "10.1.0.0/24");
            volumes.add(cloud.volume(1));
            volumes.add(cloud.volume(1));
            cloud.hosts.forEach(host -> host.failBy(new Wrath()));
        }

        private final class Wrath implements SimulatedHost.Faults {
            @Override
            public void between(String step, UUID thing) {
                if (!calm && random.nextInt(12) == 0) {
                    throw new SimulatedHost.Crash(step);
                }
            }

            @Override
            public Optional<ObservedGuest.Fault> start(DesiredGuest guest) {
                return fault();
            }

            @Override
            public Optional<ObservedGuest.Fault> plug(DesiredGuest guest, UUID thing) {
                return fault();
            }

            private Optional<ObservedGuest.Fault> fault() {
                return calm || random.nextInt(10) > 0
                        ? Optional.empty()
                        : Optional.of(
                                new ObservedGuest.Fault(
                                        "Wrath", "It failed.", "", random.nextBoolean()));
            }
        }

        void run() {
            for (int i = 0; i < 150; i++) {
                step();
            }
            calm = true;
            for (int i = 0; i < 10; i++) {
                for (SimulatedHost host : cloud.hosts) {
                    host.look(i % 3 == 0);
                }
            }
            check();
            for (JsonNode server : servers()) {
                cloud.delete("/servers/" + server.at("/id").asString()).expect(204);
            }
            cloud.settle();
            assertThat(servers()).isEmpty();
            assertThat(cloud.hosts.stream().flatMap(host -> host.guests().keySet().stream()))
                    .isEmpty();
            assertThat(cloud.findings()).isEmpty();
            volumes.forEach(
                    volume ->
                            assertThat(
                                            cloud.api
                                                    .get("/volume/v3/volumes/" + volume)
                                                    .by(cloud.member)
                                                    .send()
                                                    .text("/volume/status"))
                                    .isEqualTo("available"));
            assertThat(
                            cloud.api
                                    .get("/placement/resource_providers")
                                    .by(cloud.admin)
                                    .send()
                                    .status())
                    .isEqualTo(200);
        }

        private void step() {
            switch (random.nextInt(9)) {
                case 0, 1 ->
                        accept(
                                cloud.boot(
                                        "'imageRef': '"
                                                + image
                                                + "', 'networks': [{'uuid': '"
                                                + network
                                                + "'}]"),
                                202,
                                403);
                case 2 -> any().ifPresent(id -> accept(cloud.delete("/servers/" + id), 204, 404));
                case 3 -> any().ifPresent(id -> accept(cloud.act(id, action()), 202, 409, 404));
                case 4 ->
                        any().ifPresent(
                                        id ->
                                                accept(
                                                        cloud.post(
                                                                "/servers/"
                                                                        + id
                                                                        + "/os-volume_attachments",
                                                                "{'volumeAttachment': {'volumeId': '"
                                                                        + volumes.get(
                                                                                random.nextInt(2))
                                                                        + "'}}"),
                                                        200,
                                                        400,
                                                        409,
                                                        404));
                case 5 ->
                        any().ifPresent(
                                        id ->
                                                accept(
                                                        cloud.delete(
                                                                "/servers/"
                                                                        + id
                                                                        + "/os-volume_attachments/"
                                                                        + volumes.get(
                                                                                random.nextInt(2))),
                                                        202,
                                                        400,
                                                        409,
                                                        404));
                case 6 -> {
                    SimulatedHost host = host();
                    if (random.nextInt(4) == 0) {
                        host.reboot();
                    }
                    any().ifPresent(id -> host.powerOff(UUID.fromString(id)));
                }
                default -> look();
            }
        }

        private void look() {
            try {
                host().look(random.nextInt(3) == 0);
            } catch (SimulatedHost.Crash crash) {
                // The agent is dead until its next look.
            }
        }

        private String action() {
            String[] all = {
                "{'os-stop': null}",
                "{'os-start': null}",
                "{'pause': null}",
                "{'unpause': null}",
                "{'suspend': null}",
                "{'resume': null}",
                "{'reboot': {'type': 'SOFT'}}",
                "{'reboot': {'type': 'HARD'}}"
            };
            return all[random.nextInt(all.length)];
        }

        private SimulatedHost host() {
            return cloud.hosts.get(random.nextInt(cloud.hosts.size()));
        }

        private Optional<String> any() {
            List<JsonNode> all = servers();
            return all.isEmpty()
                    ? Optional.empty()
                    : Optional.of(all.get(random.nextInt(all.size())).at("/id").asString());
        }

        private List<JsonNode> servers() {
            List<JsonNode> all = new ArrayList<>();
            cloud.get("/servers/detail").expect(200).json().at("/servers").forEach(all::add);
            return all;
        }

        private static void accept(Response response, int... allowed) {
            for (int status : allowed) {
                if (response.status() == status) {
                    return;
                }
            }
            response.expect(allowed[0]);
        }

        private void check() {
            Set<String> wanted = new HashSet<>();
            for (JsonNode server : servers()) {
                String id = server.at("/id").asString();
                wanted.add(id);
                assertThat(server.at("/OS-EXT-STS:task_state").isNull()).as("%s", server).isTrue();
                Power power =
                        cloud.hosts.stream()
                                .filter(host -> host.guests().containsKey(UUID.fromString(id)))
                                .findFirst()
                                .map(host -> host.guests().get(UUID.fromString(id)))
                                .orElse(Power.STOPPED);
                String status = server.at("/status").asString();
                String expected =
                        switch (power) {
                            case RUNNING -> "ACTIVE";
                            case PAUSED -> "PAUSED";
                            case SUSPENDED -> "SUSPENDED";
                            case STOPPED -> "SHUTOFF";
                        };
                assertThat(status).as("%s", server).isIn(expected, "ERROR");
            }
            for (SimulatedHost host : cloud.hosts) {
                host.guests().keySet().forEach(id -> assertThat(wanted).contains(id.toString()));
            }
            assertThat(cloud.findings()).isEmpty();
        }
    }
}
