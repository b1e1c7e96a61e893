package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Flavors, key pairs, quotas, and what an operator looks at. */
@RealCloud
class ComputeCommandsTest {
    private final CloudUnderTest cloud;
    private final OpenStackCli cli;

    @TempDir Path work;

    ComputeCommandsTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        this.cli = cloud.cli();
    }

    @Test
    void aFlavorLivesFromCreateToDelete() {
        String name = Names.fresh("flavor");
        cli.run("flavor", "create", "--ram", "128", "--disk", "1", "--vcpus", "1", name);
        assertThat(cli.json("flavor", "show", name).path("ram").asInt(-1)).isEqualTo(128);
        assertThat(cli.column("Name", "flavor", "list")).contains(name);
        cli.run("flavor", "delete", name);
        assertThat(cli.attempt("flavor", "show", name).ok()).isFalse();
    }

    @Test
    void keyPairsOfBothKindsAreGiven() {
        for (String kind : new String[] {"rsa", "ed25519"}) {
            Path file = work.resolve(kind);
            Command.of("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", file.toString())
                    .run()
                    .mustSucceed();
            String name = Names.fresh("key");
            cli.run("keypair", "create", "--public-key", file + ".pub", name);
            String fingerprint = cli.json("keypair", "show", name).path("fingerprint").asString("");
            assertThat(Command.of("ssh-keygen", "-E", "md5", "-lf", file + ".pub").run().text())
                    .contains(fingerprint);
            cli.run("keypair", "delete", name);
        }
    }

    @Test
    void aGeneratedKeyPairIsAPrivateKeyThatSshReads() {
        String name = Names.fresh("key");
        Path file = work.resolve("generated");
        cli.run("keypair", "create", "--private-key", file.toString(), name);
        Command.of("chmod", "600", file.toString()).run();
        assertThat(Command.of("ssh-keygen", "-y", "-f", file.toString()).run().text())
                .startsWith("ssh-");
        assertThat(cli.column("Name", "keypair", "list")).contains(name);
        cli.run("keypair", "delete", name);
    }

    @Test
    void quotasOfAllServicesAreShownAndSet() {
        String project = Names.fresh("project");
        cli.run("project", "create", project);
        cli.run("quota", "set", "--instances", "7", "--networks", "8", "--volumes", "9", project);
        String shown = cli.run("quota", "show", project);
        assertThat(shown).contains("instances", "networks", "volumes");
        JsonNode json = cli.json("quota", "show", project);
        assertThat(limit(json, "instances")).isEqualTo(7);
        assertThat(limit(json, "networks")).isEqualTo(8);
        assertThat(limit(json, "volumes")).isEqualTo(9);
        cli.run("project", "delete", project);
    }

    /** The client has printed quotas as one object and as rows in its time. */
    private static int limit(JsonNode json, String resource) {
        if (json.isObject()) {
            return json.path(resource).asInt(-2);
        }
        return json.valueStream()
                .filter(row -> row.path("Resource").asString("").equals(resource))
                .findFirst()
                .map(row -> row.path("Limit").asInt(-2))
                .orElse(-3);
    }

    @Test
    void limitsAreShown() {
        assertThat(cli.run("limits", "show", "--absolute")).contains("maxTotalInstances");
    }

    @Test
    void theOperatorSeesHypervisorsServicesAgentsAndZones() {
        JsonNode hypervisors = cli.json("hypervisor", "list");
        assertThat(hypervisors.size()).isPositive();
        String name = hypervisors.path(0).path("Hypervisor Hostname").asString("");
        assertThat(cli.json("hypervisor", "show", name).path("hypervisor_hostname").asString(""))
                .isEqualTo(name);
        assertThat(cli.json("hypervisor", "stats", "show").path("count").asInt(0)).isPositive();
        assertThat(cli.column("Zone Name", "availability", "zone", "list")).contains("nova");
        assertThat(cli.column("Binary", "compute", "service", "list")).contains("nova-compute");
        assertThat(cli.column("Host", "network", "agent", "list")).contains(name);
    }

    @Test
    void resourceProvidersHaveInventoriesUsagesAndAllocations() {
        try (Scene scene = new Scene(cloud, "10.106.0.0/24")) {
            Server server = scene.server("").awaited("ACTIVE");
            String provider = cli.column("uuid", "resource", "provider", "list").getFirst();
            assertThat(cli.json("resource", "provider", "show", provider).path("uuid").asString(""))
                    .isEqualTo(provider);
            assertThat(
                            cli.column(
                                    "resource_class",
                                    "resource",
                                    "provider",
                                    "inventory",
                                    "list",
                                    provider))
                    .contains("VCPU", "MEMORY_MB", "DISK_GB");
            assertThat(
                            cli.json("resource", "provider", "inventory", "show", provider, "VCPU")
                                    .path("total")
                                    .asInt(0))
                    .isPositive();
            assertThat(
                            cli.column(
                                    "resource_class",
                                    "resource",
                                    "provider",
                                    "usage",
                                    "show",
                                    provider))
                    .contains("VCPU");
            assertThat(
                            cli.column(
                                    "resource_provider",
                                    "resource",
                                    "provider",
                                    "allocation",
                                    "show",
                                    server.id()))
                    .containsExactly(provider);
            server.delete();
            assertThat(cli.json("resource", "provider", "allocation", "show", server.id()).size())
                    .isZero();
        }
    }
}
