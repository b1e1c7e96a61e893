package cloud.welkin.host.contained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class ExposureTest {

    private static final ContainedSettings SETTINGS =
            new ContainedSettings(
                    "main",
                    "172.24.44.1/24",
                    "fd24:44::1/64",
                    "public",
                    "br-ex",
                    1442,
                    Optional.empty(),
                    true);

    @TempDir private Path home;
    private HostFolder folder;
    private Namespace namespace;
    private List<String> before = List.of();

    @BeforeEach
    void before() {
        before = machine();
        folder = new HostFolder(home, SETTINGS.name());
        folder.create();
        namespace = new Namespace(folder);
        namespace.ensure();
    }

    @AfterEach
    void theMachineIsAsBefore() {
        ContainedHost.purge(home, SETTINGS);
        assertThat(machine()).isEqualTo(before);
    }

    private void ensure(ContainedSettings settings) {
        new ExternalNetwork(folder, settings, namespace).ensure();
    }

    @Test
    void theOutsideWorldIsReachedFromTheMachineByBothVersions() {
        ensure(SETTINGS);

        assertThat(ping("172.24.44.1")).contains("bytes from 172.24.44.1");
        assertThat(ping("fd24:44::1")).contains("bytes from fd24:44::1");
    }

    @Test
    void theOutsideWorldAnswersForTheMachineOnThePublicNetwork() {
        ensure(SETTINGS);
        // Somebody on the public network, as a router of OVN would be.
        var router = namespace.tag() + "-router";
        Networks.ensure(router);
        Command.of(namespace.ip("link", "set", Chassis.EXTERNAL_DEVICE, "netns", router)).run();
        Command.of("ip", "-n", router, "-batch", "-")
                .withInput(
                        List.of(
                                "link set " + Chassis.EXTERNAL_DEVICE + " up",
                                "addr add 172.24.44.10/24 dev " + Chassis.EXTERNAL_DEVICE,
                                "addr add fd24:44::10/64 dev "
                                        + Chassis.EXTERNAL_DEVICE
                                        + " nodad"))
                .run();

        assertThat(ping("172.24.44.10")).contains("bytes from 172.24.44.10");
        assertThat(ping("fd24:44::10")).contains("bytes from fd24:44::10");
    }

    @Test
    void doneTwiceItIsTheSame() {
        ensure(SETTINGS);
        var once = machine();
        ensure(SETTINGS);

        assertThat(machine()).isEqualTo(once);
    }

    @Test
    void aHostThatIsNoLongerExposedTakesTheWayAway() {
        ensure(SETTINGS);
        ensure(SETTINGS.withExposed(false));

        assertThat(machine()).isEqualTo(before);
    }

    @Test
    void aRouteThatTheMachineHasStays(@TempDir Path other) {
        ensure(SETTINGS);
        var one = machine();
        var second = new HostFolder(other, SETTINGS.name());
        second.create();
        var its = new Namespace(second);
        its.ensure();
        try {
            assertThatThrownBy(() -> new ExternalNetwork(second, SETTINGS, its).ensure())
                    .hasMessageContaining("172.24.44.0/24");
            assertThat(machine()).isEqualTo(one);
        } finally {
            ContainedHost.purge(other, SETTINGS);
        }
    }

    private static String ping(String address) {
        return Command.of("ping", "-c", "1", "-w", "10", address).run();
    }

    /** The machine's own network, but for what other homes of this kind do meanwhile. */
    private static List<String> machine() {
        return List.of("-4", "-6").stream()
                .flatMap(
                        family ->
                                (Command.of("ip", family, "route", "show", "table", "all").run()
                                                + Command.of("ip", family, "-br", "addr").run())
                                        .lines())
                .filter(line -> !line.contains("172.24.4.") && !line.contains("fd24:4:"))
                .map(String::strip)
                .collect(Collectors.toList());
    }
}
