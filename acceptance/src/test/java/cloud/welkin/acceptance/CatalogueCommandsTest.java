package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RealCloud
class CatalogueCommandsTest {
    private final OpenStackCli cli;

    CatalogueCommandsTest(CloudUnderTest cloud) {
        this.cli = cloud.cli();
    }

    @Test
    void aPolicyLivesFromCreateToDelete(@TempDir Path files) throws IOException {
        String id =
                cli.json("policy", "create", "--type", "text/plain", file(files, "rules", "first"))
                        .path("id")
                        .asString("");
        cli.run("policy", "set", "--rules", file(files, "rules", "second"), id);
        assertThat(cli.json("policy", "show", id).path("rules").asString("")).isEqualTo("second");
        assertThat(cli.column("ID", "policy", "list")).contains(id);
        cli.run("policy", "delete", id);
        assertThat(cli.attempt("policy", "show", id).ok()).isFalse();
    }

    @Test
    void aProjectIsGivenEndpointsAndGroupsOfThem(@TempDir Path files) throws IOException {
        String project = Names.fresh("project");
        String group = Names.fresh("group");
        cli.run("project", "create", project);
        String endpoint =
                cli.json("endpoint", "list", "--service", "nova", "--interface", "public")
                        .path(0)
                        .path("ID")
                        .asString("");
        cli.run("endpoint", "add", "project", endpoint, project);
        assertThat(cli.column("ID", "endpoint", "list", "--project", project))
                .containsExactly(endpoint);
        assertThat(cli.column("Name", "endpoint", "list", "--endpoint", endpoint))
                .containsExactly(project);
        String filters = file(files, "filters", "{\"interface\": \"internal\"}");
        cli.run("endpoint", "group", "create", group, filters);
        cli.run("endpoint", "group", "add", "project", group, project);
        assertThat(cli.column("Interface", "endpoint", "list", "--project", project))
                .contains("public", "internal")
                .doesNotContain("admin");
        assertThat(cli.column("Name", "endpoint", "group", "list", "--project", project))
                .containsExactly(group);
        cli.run("endpoint", "group", "remove", "project", group, project);
        cli.run("endpoint", "remove", "project", endpoint, project);
        assertThat(cli.column("ID", "endpoint", "list", "--project", project)).isEmpty();
        cli.run("endpoint", "group", "delete", group);
        cli.run("project", "delete", project);
    }

    private static String file(Path files, String name, String text) throws IOException {
        return Files.writeString(files.resolve(name), text).toString();
    }
}
