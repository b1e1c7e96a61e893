package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@RealCloud
class IdentityCommandsTest {
    private final CloudUnderTest cloud;
    private final OpenStackCli cli;

    IdentityCommandsTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        this.cli = cloud.cli();
    }

    @Test
    void tokensAreIssuedAndRevoked() {
        JsonNode token = cli.json("token", "issue");
        assertThat(token.path("id").asString("")).startsWith("gAAAA");
        cli.run("token", "revoke", token.path("id").asString(""));
    }

    @Test
    void theCatalogNamesEveryServiceUnderOneOrigin() {
        JsonNode catalog = cli.json("catalog", "list");
        assertThat(catalog.valueStream().map(row -> row.path("Type").asString("")))
                .contains("identity", "image", "network", "placement", "compute", "volumev3");
        assertThat(catalog.toString()).contains(cloud.origin());
    }

    @Test
    void aProjectLivesFromCreateToDelete() {
        String name = Names.fresh("project");
        cli.run("project", "create", "--description", "first", name);
        cli.run("project", "set", "--description", "second", name);
        assertThat(cli.json("project", "show", name).path("description").asString(""))
                .isEqualTo("second");
        assertThat(cli.column("Name", "project", "list"))
                .contains(name, "admin", "demo", "service");
        cli.run("project", "delete", name);
        assertThat(cli.attempt("project", "show", name).ok()).isFalse();
    }

    @Test
    void aUserWithARoleInAProjectSignsInThere() {
        String project = Names.fresh("project");
        String user = Names.fresh("user");
        cli.run("project", "create", project);
        cli.run("user", "create", "--password", "geheim1234", user);
        cli.run("role", "add", "--project", project, "--user", user, "member");
        assertThat(cli.json("role", "assignment", "list", "--names", "--user", user).toString())
                .contains("member", project);
        OpenStackCli hers =
                new OpenStackCli(cloud.origin(), new Rest.User(user, "geheim1234", project));
        hers.run("token", "issue");
        assertThat(hers.attempt("user", "list").ok()).as("a member lists no users").isFalse();
        cli.run("role", "remove", "--project", project, "--user", user, "member");
        assertThat(hers.attempt("token", "issue").ok()).isFalse();
        cli.run("user", "delete", user);
        cli.run("project", "delete", project);
    }

    @Test
    void theFiveRolesAreThereAndOthersCanBeMade() {
        assertThat(cli.column("Name", "role", "list"))
                .contains("admin", "manager", "member", "reader", "service");
        String role = Names.fresh("role");
        cli.run("role", "create", role);
        cli.run("role", "show", role);
        cli.run("role", "delete", role);
    }

    @Test
    void anApplicationCredentialSignsInUntilItIsDeleted() {
        String name = Names.fresh("credential");
        JsonNode made = cli.json("application", "credential", "create", "--role", "member", name);
        assertThat(cli.column("Name", "application", "credential", "list")).contains(name);
        Command signIn =
                Command.of(
                        "openstack",
                        "--os-auth-type",
                        "v3applicationcredential",
                        "--os-auth-url",
                        cloud.origin() + "/identity/v3",
                        "--os-application-credential-id",
                        made.path("id").asString(""),
                        "--os-application-credential-secret",
                        made.path("secret").asString(""),
                        "token",
                        "issue");
        signIn.run().mustSucceed();
        cli.run("application", "credential", "delete", name);
        assertThat(signIn.run().ok()).isFalse();
    }
}
