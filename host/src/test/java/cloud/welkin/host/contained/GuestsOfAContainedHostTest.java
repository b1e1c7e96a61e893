package cloud.welkin.host.contained;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.ovsdb.Condition;
import cloud.welkin.ovsdb.Mutation;
import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Ovsdb;
import cloud.welkin.ovsdb.OvsdbSettings;
import cloud.welkin.ovsdb.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A QEMU guest (firmware only: it needs no disk) whose interface libvirt itself puts on the
 * integration bridge.
 */
@Tag("engine")
class GuestsOfAContainedHostTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final ContainedSettings SETTINGS = ContainedSettings.named("main");
    private static final String PORT = "0f3c0c52-6a4b-4b3e-9c92-7f5d6e0c1a01";

    @TempDir private static Path home;

    private static ContainedHost host;

    @BeforeAll
    static void up() throws IOException {
        host = ContainedHost.start(home, SETTINGS);
        try (var source = GuestsOfAContainedHostTest.class.getResourceAsStream("guest.xml")) {
            Files.write(
                    home.resolve("guest.xml"),
                    java.util.Objects.requireNonNull(source).readAllBytes());
        }
    }

    @AfterAll
    static void purge() {
        host.close();
        ContainedHost.purge(home, SETTINGS);
    }

    @Test
    void libvirtPlugsTheGuestsPortAndTheGuestOutlivesItsEngines() throws Exception {
        try (var northbound =
                Ovsdb.open(
                        OvsdbSettings.of(host.northbound(), "OVN_Northbound")
                                .replicating("Logical_Switch_Port", "name", "up"))) {
            northbound.transact(
                    new Operation.Insert(
                            "Logical_Switch_Port", Map.of("name", Value.of(PORT)), "port"),
                    new Operation.Insert(
                            "Logical_Switch",
                            Map.of("name", Value.of("net"), "ports", Value.named("port"))));

            virsh("define", home.resolve("guest.xml").toString());
            virsh("start", "guest");

            assertThat(host.taps().list())
                    .containsExactly(new TapPorts.Tap("tap0f3c0c52-6a", PORT, false));
            awaitUp(northbound, true);
            var guest = Files.readString(home.resolve("host/main/run/libvirt/qemu/guest.pid"));

            for (var name :
                    List.of(
                            "libvirtd",
                            "virtlogd",
                            "ovs-vswitchd",
                            "ovsdb-server",
                            "ovn-controller")) {
                var victim = java.util.Objects.requireNonNull(host.processes().get(name));
                Command.of(
                                Networks.joined(
                                        host.inside(), List.of("kill", "-KILL", victim.toString())))
                        .run();
            }
            host.reconcile();

            assertThat(host.parts()).doesNotContainValue(false);
            assertThat(virsh("domstate", "guest")).contains("running");
            assertThat(Files.readString(home.resolve("host/main/run/libvirt/qemu/guest.pid")))
                    .isEqualTo(guest);
            northbound.transact(
                    new Operation.Mutate(
                            "Logical_Switch",
                            List.of(Condition.is("name", "net")),
                            List.of(Mutation.insertPairs("external_ids", Map.of("x", "y")))));
            awaitUp(northbound, true);

            virsh("destroy", "guest");
            assertThat(host.taps().list()).isEmpty();
            assertThat(host.leftovers()).isEmpty();
            awaitUp(northbound, false);
            virsh("start", "guest");
            awaitUp(northbound, true);
            virsh("destroy", "guest");
        }
    }

    @Test
    void theMachinesOwnEnginesAreSpokenToInTheSameWay() {
        var machine =
                new MachineSettings(
                        host.libvirtSocket(),
                        home,
                        host.openVSwitch(),
                        host.northbound(),
                        host.southbound(),
                        1442);
        try (var other = new MachineHost(home, machine)) {
            assertThat(other.parts()).doesNotContainValue(false);
            assertThat(other.chassis()).isEqualTo("main");
            assertThat(other.exec()).isEmpty();
            assertThat(other.finishesChecksums()).isFalse();
            assertThat(other.metadata().list()).isEmpty();
            other.reconcile();
        }
    }

    private static void awaitUp(Ovsdb northbound, boolean up) {
        northbound.awaitRow(
                "Logical_Switch_Port",
                row -> row.text("name").equals(PORT) && row.truth("up") == up,
                LONG);
    }

    private static String virsh(String... arguments) {
        return Command.of(
                        Networks.joined(
                                List.of(
                                        "virsh",
                                        "-c",
                                        "qemu:///system?socket=" + host.libvirtSocket()),
                                List.of(arguments)))
                .within(LONG)
                .run();
    }
}
