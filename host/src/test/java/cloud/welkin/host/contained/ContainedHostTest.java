package cloud.welkin.host.contained;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.ovsdb.Condition;
import cloud.welkin.ovsdb.Mutation;
import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Ovsdb;
import cloud.welkin.ovsdb.OvsdbSettings;
import cloud.welkin.ovsdb.Value;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class ContainedHostTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final ContainedSettings SETTINGS = ContainedSettings.named("main");

    @TempDir private static Path home;

    private static ContainedHost host;

    @BeforeAll
    static void up() {
        host = ContainedHost.start(home, SETTINGS);
    }

    @AfterAll
    static void purge() {
        host.close();
        ContainedHost.purge(home, SETTINGS);
    }

    @Test
    void allPartsRunWhenStartReturns() {
        assertThat(host.parts()).hasSize(9).doesNotContainValue(false);
        assertThat(host.libvirtSocket()).exists();
        assertThat(host.leftovers()).isEmpty();
    }

    @Test
    void aNewProgramAdoptsWhatRunsAndStartsNothingTwice() {
        var before = host.processes();
        try (var second = ContainedHost.start(home, SETTINGS)) {
            assertThat(second.processes()).isEqualTo(before);
        }
    }

    @Test
    void everyEngineThatIsKilledComesBackAndWhatRunsInsideStays() throws Exception {
        var guest =
                Command.of(joined(host.inside(), "sleep", "300")).start(home.resolve("guest.log"));
        for (var name : host.processes().keySet()) {
            var victim = Optional.ofNullable(host.processes().get(name)).orElseThrow();
            Command.of(joined(host.inside(), "kill", "-KILL", victim.toString())).run();
            await(
                    () ->
                            !Optional.ofNullable(host.processes().get(name))
                                    .orElse(victim)
                                    .equals(victim),
                    name);
        }
        await(() -> !host.parts().containsValue(false), "all parts");
        assertThat(guest.isAlive()).isTrue();
        guest.destroyForcibly();
    }

    @Test
    void aHostWhoseFirstProcessIsKilledIsMadeAgain(@TempDir Path other) throws Exception {
        try (var second = ContainedHost.start(other, SETTINGS)) {
            var first =
                    Long.parseLong(
                            Files.readString(other.resolve("host/main/init.pid")).split(" ")[0]);
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            await(() -> second.parts().containsValue(false), "the host's end");
            await(() -> !second.parts().containsValue(false), "the host's return");
        } finally {
            ContainedHost.purge(other, SETTINGS);
        }
    }

    @Test
    void aHomeWhoseStateIsLostIsPurgedByItsName(@TempDir Path other) throws Exception {
        var before = machine(other);
        ContainedHost.start(other, SETTINGS).close();
        HostFolder.remove(other.resolve("host"));

        ContainedHost.purge(other, SETTINGS);

        assertThat(machine(other)).isEqualTo(before);
    }

    @Test
    void twoHomesStandSideBySide(@TempDir Path other) {
        try (var second = ContainedHost.start(other, SETTINGS)) {
            assertThat(second.tag()).isNotEqualTo(host.tag());
            assertThat(second.parts()).doesNotContainValue(false);
            assertThat(host.parts()).doesNotContainValue(false);
        } finally {
            ContainedHost.purge(other, SETTINGS);
        }
        assertThat(host.parts()).doesNotContainValue(false);
    }

    @Test
    void portsOfALogicalSwitchReachEachOther() {
        try (var northbound = northbound();
                var network = new TestNetwork(host, northbound, "reach")) {
            network.port("a", "0a:00:00:00:00:01", "10.1.0.1");
            network.port("b", "0a:00:00:00:00:02", "10.1.0.2");
            network.awaitUp("a");
            network.awaitUp("b");

            assertThat(network.in("a", "ping", "-c", "1", "-W", "5", "10.1.0.2"))
                    .contains("1 received");
        }
    }

    @Test
    void guestsReachTheProgramsMetadataSocketThroughTheirNetworksProxy() throws Exception {
        try (var northbound = northbound();
                var network = new TestNetwork(host, northbound, "meta")) {
            network.logicalPort("local", "localport", "0a:00:00:00:00:0f 10.2.0.2");
            var proxy =
                    new MetadataProxy(
                            "11111111-2222-3333-4444-555555555555",
                            network.portId("local"),
                            "0a:00:00:00:00:0f",
                            List.of("10.2.0.2/24"));
            host.metadata().ensure(proxy);
            host.metadata().ensure(proxy);
            network.port("guest", "0a:00:00:00:00:03", "10.2.0.3");
            network.awaitUp("guest");
            network.in("guest", "ip", "route", "add", "169.254.169.254/32", "via", "10.2.0.2");

            assertThat(get(network)).contains("503");
            var request = answerOne(() -> assertThat(get(network)).contains("ami-id"));
            assertThat(request)
                    .containsIgnoringCase("x-ovn-network-id: 11111111-2222-3333-4444-555555555555")
                    .containsIgnoringCase("x-forwarded-for: 10.2.0.3")
                    .doesNotContain("9.9.9.9");
            assertThat(host.metadata().list()).containsExactly(proxy);
            var ours =
                    new Leftover(
                            Leftover.Kind.NAMESPACE, host.tag() + "-t-" + network.portId("guest"));
            assertThat(host.leftovers()).containsExactly(ours);
            host.metadata().remove(proxy.networkId());
            assertThat(host.metadata().list()).isEmpty();
            assertThat(host.leftovers()).containsExactly(ours);
        }
    }

    /** Of a namespace that was removed, as long as the kernel has not come to it. */
    @Test
    void theLeftEndOfACableIsReplaced() {
        var inside = new Namespace(new HostFolder(home, SETTINGS.name()));
        inside.ensure();
        var namespace = host.tag() + "-t-cable";
        Networks.ensure(namespace);
        try {
            Command.of(inside.ip("link", "add", "cable0", "type", "veth")).run();
            Cable.ensure(inside, "cable0", namespace, "eth0");
            var made = Command.of(inside.ip("-o", "link", "show", "cable0")).run();
            assertThat(Command.of("ip", "-n", namespace, "-o", "link").run()).contains("eth0@");
            Cable.ensure(inside, "cable0", namespace, "eth0");
            assertThat(Command.of(inside.ip("-o", "link", "show", "cable0")).run()).isEqualTo(made);
        } finally {
            Networks.remove(namespace);
        }
    }

    private static String get(TestNetwork network) {
        return network.in(
                "guest",
                "curl",
                "-s",
                "-m",
                "20",
                "-H",
                "X-Forwarded-For: 9.9.9.9",
                "http://169.254.169.254/latest/meta-data/");
    }

    private String answerOne(Runnable asking) throws Exception {
        var socket = home.resolve("run/metadata.sock");
        Files.createDirectories(home.resolve("run"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            var heard = new StringBuilder();
            var answering =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (var client = server.accept()) {
                                            var in =
                                                    Channels.newReader(
                                                            client, StandardCharsets.US_ASCII);
                                            var buffer = new char[4096];
                                            heard.append(buffer, 0, in.read(buffer));
                                            client.write(
                                                    ByteBuffer.wrap(
                                                            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nami-id"
                                                                    .getBytes(
                                                                            StandardCharsets
                                                                                    .US_ASCII)));
                                        } catch (IOException e) {
                                            heard.append(e);
                                        }
                                    });
            asking.run();
            answering.join();
            return heard.toString();
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    @Test
    void tapsArePluggedOnceAndLeftoversAreFound() {
        host.taps().plug("tapone", "0a:00:00:00:00:09", "port-one");
        host.taps().plug("tapone", "0a:00:00:00:00:09", "port-one");
        assertThat(host.taps().list()).contains(new TapPorts.Tap("tapone", "port-one", false));
        assertThat(host.leftovers()).isEmpty();
        Command.of(joined(host.inside(), "ip", "link", "del", "tapone")).run();
        assertThat(host.leftovers()).containsExactly(new Leftover(Leftover.Kind.PORT, "tapone"));
        host.taps().unplug("tapone");
        assertThat(host.leftovers()).isEmpty();
    }

    @Test
    void theOutsideWorldHasThePublicNetworksGateway() {
        assertThat(Command.of(joined(host.exec(), "ip", "-br", "addr")).run())
                .contains("172.24.4.1/24")
                .contains("fd24:4::1/64");
    }

    @Test
    void aRouterOnThePublicNetworkIsReachedFromTheOutsideWorld() {
        try (var northbound = northbound()) {
            northbound.transact(
                    new Operation.Insert(
                            "Logical_Switch_Port",
                            Map.of(
                                    "name", Value.of("public-cable"),
                                    "type", Value.of("localnet"),
                                    "addresses", Value.of("unknown"),
                                    "options", Value.map(Map.of("network_name", "public"))),
                            "cable"),
                    new Operation.Insert(
                            "Logical_Switch_Port",
                            Map.of(
                                    "name", Value.of("public-router"),
                                    "type", Value.of("router"),
                                    "addresses", Value.of("router"),
                                    "options", Value.map(Map.of("router-port", "router-public"))),
                            "peer"),
                    new Operation.Insert(
                            "Logical_Switch",
                            Map.of(
                                    "name",
                                    Value.of("public"),
                                    "ports",
                                    Value.namedRefs(List.of("cable", "peer")))),
                    new Operation.Insert(
                            "Gateway_Chassis",
                            Map.of(
                                    "name", Value.of("router-public-main"),
                                    "chassis_name", Value.of(host.chassis()),
                                    "priority", Value.of(10)),
                            "gateway"),
                    new Operation.Insert(
                            "Logical_Router_Port",
                            Map.of(
                                    "name", Value.of("router-public"),
                                    "mac", Value.of("0a:00:00:00:ee:01"),
                                    "networks",
                                            Value.set(
                                                    Value.of("172.24.4.10/24"),
                                                    Value.of("fd24:4::10/64")),
                                    "gateway_chassis", Value.named("gateway")),
                            "port"),
                    new Operation.Insert(
                            "Logical_Router",
                            Map.of("name", Value.of("router"), "ports", Value.named("port"))));

            assertThat(
                            Command.of(
                                            joined(
                                                    host.exec(),
                                                    "ping",
                                                    "-c",
                                                    "1",
                                                    "-w",
                                                    "15",
                                                    "172.24.4.10"))
                                    .run())
                    .contains("bytes from 172.24.4.10");
            assertThat(
                            Command.of(
                                            joined(
                                                    host.exec(),
                                                    "ping",
                                                    "-c",
                                                    "1",
                                                    "-w",
                                                    "15",
                                                    "fd24:4::10"))
                                    .run())
                    .contains("bytes from fd24:4::10");
            northbound.transact(
                    new Operation.Delete("Logical_Router", List.of(Condition.is("name", "router"))),
                    new Operation.Delete(
                            "Logical_Switch", List.of(Condition.is("name", "public"))));
        }
    }

    @Test
    void afterAPurgeTheMachineIsAsBefore(@TempDir Path other) throws Exception {
        var before = machine(other);
        try (var second = ContainedHost.start(other, SETTINGS)) {
            second.metadata()
                    .ensure(
                            new MetadataProxy(
                                    "n1", "p1", "0a:00:00:00:00:01", List.of("10.0.0.2/24")));
        } finally {
            ContainedHost.purge(other, SETTINGS);
        }
        assertThat(machine(other)).isEqualTo(before);
        assertThat(other.resolve("host/main")).doesNotExist();
        ContainedHost.purge(other, SETTINGS);
    }

    /** What the machine shows of a home's host, and of its own network. */
    private static Map<String, Object> machine(Path home) throws IOException {
        var folder = new HostFolder(home, "main");
        var tag = new Namespace(folder).tag();
        Predicate<String> marked = line -> line.contains(tag) || line.contains(home.toString());
        var facts = new TreeMap<String, Object>();
        facts.put("namespaces", Networks.beginningWith(tag));
        facts.put(
                "mounts",
                Files.readAllLines(Path.of("/proc/self/mounts")).stream().filter(marked).toList());
        facts.put("devices", Command.of("ip", "-br", "link").run());
        facts.put("addresses", Command.of("ip", "-br", "addr").run());
        facts.put(
                "processes",
                ProcessHandle.allProcesses()
                        .map(
                                process ->
                                        String.join(
                                                " ",
                                                ProcessIdentity.arguments(
                                                        Path.of("/proc"), process.pid())))
                        .filter(marked)
                        .toList());
        return facts;
    }

    private static Ovsdb northbound() {
        return Ovsdb.open(
                OvsdbSettings.of(host.northbound(), "OVN_Northbound")
                        .replicating("Logical_Switch", "name")
                        .replicating("Logical_Switch_Port", "name", "up"));
    }

    private static List<String> joined(List<String> prefix, String... command) {
        return Networks.joined(prefix, List.of(command));
    }

    private static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline for " + what).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** A logical switch with namespaces on its ports. */
    private record TestNetwork(ContainedHost host, Ovsdb northbound, String name)
            implements AutoCloseable {

        TestNetwork {
            northbound.transact(
                    new Operation.Insert("Logical_Switch", Map.of("name", Value.of(name))));
        }

        String portId(String port) {
            return name + "-" + port;
        }

        void logicalPort(String port, String type, String addresses) {
            var row = new LinkedHashMap<String, Value>();
            row.put("name", Value.of(portId(port)));
            row.put("type", Value.of(type));
            row.put("addresses", Value.of(addresses));
            northbound.transact(
                    new Operation.Insert("Logical_Switch_Port", row, "port"),
                    new Operation.Mutate(
                            "Logical_Switch",
                            List.of(Condition.is("name", name)),
                            List.of(Mutation.insert("ports", Value.named("port")))));
        }

        void port(String port, String mac, String address) {
            logicalPort(port, "", mac + " " + address);
            var namespace = host.tag() + "-t-" + portId(port);
            var device = "v" + Networks.digest(namespace, 8);
            Networks.ensure(namespace);
            Command.of(
                            "ip",
                            "-n",
                            host.tag(),
                            "link",
                            "add",
                            device,
                            "type",
                            "veth",
                            "peer",
                            "name",
                            "eth0",
                            "netns",
                            namespace)
                    .run();
            Command.of("ip", "-n", host.tag(), "link", "set", device, "up").run();
            Command.of("ip", "-n", namespace, "-batch", "-")
                    .withInput(
                            List.of(
                                    "link set eth0 address " + mac + " mtu 1442 up",
                                    "addr add " + address + "/24 dev eth0"))
                    .run();
            in(port, "ethtool", "-K", "eth0", "tx", "off");
            try (var vswitch = new VSwitch(host.openVSwitch())) {
                vswitch.plug("br-int", device, Map.of("iface-id", portId(port)));
            }
        }

        void awaitUp(String port) {
            northbound.awaitRow(
                    "Logical_Switch_Port",
                    row -> row.text("name").equals(portId(port)) && row.truth("up"),
                    LONG);
        }

        String in(String port, String... command) {
            return Command.of(
                            joined(
                                    List.of(
                                            "nsenter",
                                            "--net="
                                                    + Networks.file(
                                                            host.tag() + "-t-" + portId(port)),
                                            "--"),
                                    command))
                    .within(LONG)
                    .run();
        }

        @Override
        public void close() {
            northbound.transact(
                    new Operation.Delete("Logical_Switch", List.of(Condition.is("name", name))));
            for (var namespace : Networks.beginningWith(host.tag() + "-t")) {
                try (var vswitch = new VSwitch(host.openVSwitch())) {
                    vswitch.unplug("v" + Networks.digest(namespace, 8));
                }
                Networks.remove(namespace);
            }
        }
    }
}
