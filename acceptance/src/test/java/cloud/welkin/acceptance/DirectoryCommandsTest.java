package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People of an LDAP directory use the cloud by Debian's client. */
@RealCloud
class DirectoryCommandsTest {
    private final OpenStackCli cli;
    private final Rest admin;

    DirectoryCommandsTest(CloudUnderTest cloud) {
        cli = cloud.cli();
        admin = cloud.rest();
    }

    @Test
    void peopleOfADirectoryWorkInAProjectAsLongAsTheyAreThere(@TempDir Path home) {
        String domain = Names.fresh("corp");
        String project = Names.fresh("engine");
        String id = cli.json("domain", "create", domain).path("id").asString("");
        cli.run("project", "create", project);
        try (Directory directory = new Directory(home)) {
            admin.put(
                            "/identity/v3/domains/" + id + "/config",
                            """
                            {"config": {"identity": {"driver": "ldap"}, "ldap": {"url": "%s",
                             "user": "cn=admin,dc=example,dc=org", "password": "secret",
                             "suffix": "dc=example,dc=org",
                             "user_id_attribute": "uid", "user_name_attribute": "cn",
                             "group_tree_dn": "ou=Groups,dc=example,dc=org",
                             "group_name_attribute": "cn"}}}
                            """
                                    .formatted(directory.url()))
                    .expect(201);
            assertThat(cli.column("Name", "user", "list", "--domain", domain))
                    .containsExactly("Ada");
            assertThat(cli.json("user", "show", "--domain", domain, "Ada").path("email").asString())
                    .isEqualTo("ada@example.org");
            assertThat(
                            cli.column(
                                    "Name",
                                    "user",
                                    "list",
                                    "--domain",
                                    domain,
                                    "--group",
                                    "engineers"))
                    .containsExactly("Ada");
            cli.run(
                    "role",
                    "add",
                    "--group",
                    "engineers",
                    "--group-domain",
                    domain,
                    "--project",
                    project,
                    "member");
            String[] asAda = {
                "--os-username",
                "Ada",
                "--os-user-domain-name",
                domain,
                "--os-password",
                "analytical",
                "--os-project-name",
                project
            };
            assertThat(
                            cli.attempt(OpenStackCli.words(new String[] {"server", "list"}, asAda))
                                    .mustSucceed()
                                    .ok())
                    .isTrue();
            assertThat(
                            cli.attempt("user", "set", "--domain", domain, "--email", "x@y", "Ada")
                                    .err())
                    .contains("403");

            directory.delete("uid=ada,ou=Users,dc=example,dc=org");

            assertThat(cli.attempt(OpenStackCli.words(new String[] {"token", "issue"}, asAda)).ok())
                    .isFalse();
            Await.until(
                    "nobody to be listed",
                    Duration.ofMinutes(3),
                    () -> cli.column("Name", "user", "list", "--domain", domain).isEmpty());
        } finally {
            cli.run("domain", "set", "--disable", domain);
            cli.run("domain", "delete", domain);
            cli.run("project", "delete", project);
        }
    }
}
