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
        cli.run("hypervisor", "show", hypervisors.path(0).path("Hypervisor Hostname").asString(""));
        cli.run("hypervisor", "stats", "show");
        assertThat(cli.column("Zone Name", "availability", "zone", "list")).contains("nova");
        assertThat(cli.column("Binary", "compute", "service", "list")).contains("nova-compute");
        cli.run("network", "agent", "list");
    }

    @Test
    void resourceProvidersHaveInventoriesUsagesAndAllocations() {
        JsonNode providers =
                cloud.rest()
                        .get("/placement/resource_providers")
                        .expect(200)
                        .json()
                        .path("resource_providers");
        assertThat(providers.size()).isPositive();
        String path =
                "/placement/resource_providers/" + providers.path(0).path("uuid").asString("");
        assertThat(
                        cloud.rest()
                                .get(path + "/inventories")
                                .expect(200)
                                .json()
                                .path("inventories")
                                .has("VCPU"))
                .isTrue();
        assertThat(cloud.rest().get(path + "/usages").expect(200).json().path("usages").has("VCPU"))
                .isTrue();
        cloud.rest().get(path + "/allocations").expect(200);
    }
}
