package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@RealCloud
class NetworkCommandsTest {
    private final OpenStackCli cli;

    NetworkCommandsTest(CloudUnderTest cloud) {
        this.cli = cloud.cli();
    }

    @Test
    void aNetworkAndItsSubnetsLiveFromCreateToDelete() {
        String network = Names.fresh("net");
        String four = Names.fresh("subnet");
        String six = Names.fresh("subnet");
        cli.run("network", "create", "--description", "one", network);
        cli.run(
                "subnet",
                "create",
                "--network",
                network,
                "--subnet-range",
                "10.61.0.0/24",
                "--allocation-pool",
                "start=10.61.0.10,end=10.61.0.200",
                "--dns-nameserver",
                "10.61.0.3",
                four);
        cli.run(
                "subnet",
                "create",
                "--network",
                network,
                "--ip-version",
                "6",
                "--subnet-range",
                "fd61::/64",
                "--ipv6-ra-mode",
                "slaac",
                "--ipv6-address-mode",
                "slaac",
                six);
        cli.run("network", "set", "--description", "two", network);
        assertThat(cli.json("network", "show", network).path("description").asString(""))
                .isEqualTo("two");
        cli.run("subnet", "set", "--gateway", "10.61.0.254", four);
        assertThat(cli.json("subnet", "show", four).path("gateway_ip").asString(""))
                .isEqualTo("10.61.0.254");
        assertThat(cli.column("Name", "subnet", "list", "--network", network)).contains(four, six);
        cli.run("subnet", "delete", four, six);
        cli.run("network", "delete", network);
        assertThat(cli.column("Name", "network", "list")).doesNotContain(network);
    }

    @Test
    void aRouterConnectsSubnetsAndTheOutside() {
        String network = network("10.62.0.0/24");
        String router = Names.fresh("router");
        cli.run("router", "create", router);
        cli.run("router", "set", "--external-gateway", "public", router);
        cli.run("router", "add", "subnet", router, network + "-subnet");
        JsonNode shown = cli.json("router", "show", router);
        assertThat(shown.path("external_gateway_info").toString()).contains("172.24.4.");
        assertThat(cli.attempt("router", "delete", router).ok()).as("in use").isFalse();
        cli.run("router", "remove", "subnet", router, network + "-subnet");
        cli.run("router", "unset", "--external-gateway", router);
        cli.run("router", "delete", router);
        cli.run("network", "delete", network);
    }

    @Test
    void aPortKeepsTheAddressThatItWasGiven() {
        String network = network("10.63.0.0/24");
        String port = Names.fresh("port");
        cli.run(
                "port",
                "create",
                "--network",
                network,
                "--fixed-ip",
                "subnet=" + network + "-subnet,ip-address=10.63.0.77",
                port);
        JsonNode shown = cli.json("port", "show", port);
        assertThat(shown.path("fixed_ips").toString()).contains("10.63.0.77");
        cli.run("port", "set", "--description", "told", "--disable", port);
        assertThat(cli.json("port", "show", port).path("description").asString(""))
                .isEqualTo("told");
        assertThat(cli.column("Name", "port", "list", "--network", network)).contains(port);
        assertThat(cli.attempt("network", "delete", network).ok()).as("a port is on it").isFalse();
        cli.run("port", "delete", port);
        cli.run("network", "delete", network);
    }

    @Test
    void securityGroupsHaveRules() {
        String group = Names.fresh("group");
        cli.run("security", "group", "create", group);
        cli.run("security", "group", "set", "--description", "web", group);
        JsonNode rule =
                cli.json(
                        "security",
                        "group",
                        "rule",
                        "create",
                        "--protocol",
                        "tcp",
                        "--dst-port",
                        "80:90",
                        "--remote-ip",
                        "10.0.0.0/8",
                        group);
        assertThat(cli.column("ID", "security", "group", "rule", "list", group))
                .contains(rule.path("id").asString(""));
        assertThat(
                        cli.attempt(
                                        "security",
                                        "group",
                                        "rule",
                                        "create",
                                        "--protocol",
                                        "tcp",
                                        "--dst-port",
                                        "80:90",
                                        "--remote-ip",
                                        "10.0.0.0/8",
                                        group)
                                .ok())
                .as("the same rule again")
                .isFalse();
        cli.run("security", "group", "rule", "delete", rule.path("id").asString(""));
        cli.run("security", "group", "delete", group);
    }

    @Test
    void aFloatingIpIsGivenToAPortAndTakenBack() {
        String network = network("10.64.0.0/24");
        String router = Names.fresh("router");
        String port = Names.fresh("port");
        cli.run("router", "create", router);
        cli.run("router", "set", "--external-gateway", "public", router);
        cli.run("router", "add", "subnet", router, network + "-subnet");
        cli.run("port", "create", "--network", network, port);
        String address =
                cli.json("floating", "ip", "create", "public")
                        .path("floating_ip_address")
                        .asString("");
        cli.run("floating", "ip", "set", "--port", port, address);
        assertThat(
                        cli.json("floating", "ip", "show", address)
                                .path("fixed_ip_address")
                                .asString(""))
                .startsWith("10.64.0.");
        cli.run("floating", "ip", "unset", "--port", address);
        cli.run("floating", "ip", "delete", address);
        cli.run("port", "delete", port);
        cli.run("router", "remove", "subnet", router, network + "-subnet");
        cli.run("router", "delete", router);
        cli.run("network", "delete", network);
    }

    private String network(String range) {
        String network = Names.fresh("net");
        cli.run("network", "create", network);
        cli.run(
                "subnet",
                "create",
                "--network",
                network,
                "--subnet-range",
                range,
                network + "-subnet");
        return network;
    }
}
