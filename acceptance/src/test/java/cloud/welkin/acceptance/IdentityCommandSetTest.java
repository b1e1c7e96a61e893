package cloud.welkin.acceptance;

import static cloud.welkin.acceptance.OpenStackCli.words;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Every command that Debian's client has for identity, at least once; a command that no test here
 * runs is told at the end.
 */
@RealCloud
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdentityCommandSetTest {
    private static final String PASSWORD = "geheim1234";

    /** Those that {@link CatalogueCommandsTest} runs. */
    private static final List<String> ELSEWHERE =
            List.of("endpoint add", "endpoint group", "endpoint remove", "policy");

    private final KeptShell shell;
    private final OpenStackCli cli;
    private final Set<String> ran = ConcurrentHashMap.newKeySet();
    private int tests;
    @TempDir Path files;

    IdentityCommandSetTest(CloudUnderTest cloud) {
        Map<String, String> environment =
                OpenStackCli.environment(
                        cloud.origin(),
                        new Rest.User("admin", CloudUnderTest.ADMIN_PASSWORD, "admin"));
        shell = new KeptShell(environment);
        cli =
                new OpenStackCli(
                        words -> {
                            Command.Output output = shell.run(words);
                            if (output.ok()) {
                                ran.add(String.join(" ", words) + " ");
                            }
                            return output;
                        });
    }

    @BeforeEach
    void another() {
        tests++;
    }

    @AfterAll
    void noCommandIsLeftOut() {
        try {
            long declared =
                    Arrays.stream(getClass().getDeclaredMethods())
                            .filter(method -> method.isAnnotationPresent(Test.class))
                            .count();
            // A run of one test alone proves nothing about the others.
            if (tests == declared) {
                assertThat(commands())
                        .filteredOn(command -> ELSEWHERE.stream().noneMatch(command::startsWith))
                        .filteredOn(command -> ran.stream().noneMatch(r -> r.startsWith(command)))
                        .isEmpty();
            }
        } finally {
            shell.close();
        }
    }

    private List<String> commands() {
        return cli.json("command", "list", "--group", "openstack.identity.v3")
                .path(0)
                .path("Commands")
                .valueStream()
                .map(command -> command.asString("") + " ")
                .toList();
    }

    /** One field of what a command shows: its text, or its JSON. */
    private String shown(String field, String... words) {
        JsonNode value = cli.json(words).path(field);
        return value.isString() ? value.asString("") : value.toString();
    }

    private String idOf(String... words) {
        return shown("id", words);
    }

    private String file(String content) {
        try {
            return Files.writeString(Files.createTempFile(files, "given", ".json"), content)
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void applicationCredentialsAndTheirAccessRules() {
        String name = Names.fresh("credential");
        String path = "/v2.1/" + name;
        cli.run(
                "application",
                "credential",
                "create",
                "--role",
                "member",
                "--access-rules",
                "[{\"path\": \"%s\", \"method\": \"GET\", \"service\": \"compute\"}]"
                        .formatted(path),
                name);
        assertThat(shown("roles", "application", "credential", "show", name)).contains("member");
        assertThat(cli.column("Name", "application", "credential", "list")).contains(name);
        String rule =
                cli.json("access", "rule", "list")
                        .valueStream()
                        .filter(row -> row.path("Path").asString("").equals(path))
                        .findFirst()
                        .orElseThrow()
                        .path("ID")
                        .asString("");
        assertThat(shown("method", "access", "rule", "show", rule)).isEqualTo("GET");
        assertThat(cli.attempt("access", "rule", "delete", rule).ok()).as("in use").isFalse();
        cli.run("application", "credential", "delete", name);
        cli.run("access", "rule", "delete", rule);
        assertThat(cli.attempt("access", "rule", "show", rule).ok()).isFalse();
    }

    @Test
    void tokensAndTheCatalog() {
        String token = idOf("token", "issue");
        cli.run("token", "revoke", token);
        assertThat(cli.attempt("--os-auth-type", "token", "--os-token", token, "token", "issue"))
                .matches(output -> !output.ok());
        assertThat(cli.column("Type", "catalog", "list")).contains("identity", "compute");
        assertThat(shown("name", "catalog", "show", "identity")).isEqualTo("keystone");
    }

    @Test
    void consumersAndTheTokensThatUsersGrantThem() {
        JsonNode consumer = cli.json("consumer", "create", "--description", "first");
        String key = consumer.path("id").asString("");
        String secret = consumer.path("secret").asString("");
        cli.run("consumer", "set", "--description", "second", key);
        assertThat(shown("description", "consumer", "show", key)).isEqualTo("second");
        assertThat(cli.column("ID", "consumer", "list")).contains(key);
        String[] consumed = {"--consumer-key", key, "--consumer-secret", secret};
        JsonNode request =
                cli.json(words(consumed, "request", "token", "create", "--project", "admin"));
        String id = request.path("id").asString("");
        String verifier =
                shown(
                        "oauth_verifier",
                        "request",
                        "token",
                        "authorize",
                        "--request-key",
                        id,
                        "--role",
                        "member");
        JsonNode access =
                cli.json(
                        words(
                                consumed,
                                "access",
                                "token",
                                "create",
                                "--request-key",
                                id,
                                "--request-secret",
                                request.path("secret").asString(""),
                                "--verifier",
                                verifier));
        assertThat(access.path("id").asString("")).hasSize(32);
        cli.run("consumer", "delete", key);
    }

    @Test
    void credentials() {
        String id =
                idOf("credential", "create", "--type", "cert", "--project", "admin", "admin", "a");
        cli.run("credential", "set", "--user", "admin", "--type", "cert", "--data", "b", id);
        assertThat(shown("blob", "credential", "show", id)).isEqualTo("b");
        assertThat(cli.column("ID", "credential", "list", "--type", "cert")).contains(id);
        cli.run("credential", "delete", id);
        assertThat(cli.attempt("credential", "show", id).ok()).isFalse();
    }

    @Test
    void ec2Credentials() {
        String access = shown("access", "ec2", "credentials", "create");
        assertThat(cli.column("Access", "ec2", "credentials", "list")).contains(access);
        assertThat(shown("secret", "ec2", "credentials", "show", access)).isNotEmpty();
        cli.run("ec2", "credentials", "delete", access);
        assertThat(cli.column("Access", "ec2", "credentials", "list")).doesNotContain(access);
    }

    @Test
    void domains() {
        String name = Names.fresh("domain");
        cli.run("domain", "create", "--description", "first", name);
        assertThat(cli.attempt("domain", "delete", name).ok()).as("enabled").isFalse();
        cli.run("domain", "set", "--disable", "--description", "second", name);
        assertThat(shown("description", "domain", "show", name)).isEqualTo("second");
        assertThat(cli.column("Name", "domain", "list")).contains(name, "Default");
        cli.run("domain", "delete", name);
        assertThat(cli.attempt("domain", "show", name).ok()).isFalse();
    }

    @Test
    void regionsServicesAndEndpoints() {
        String region = Names.fresh("region");
        cli.run("region", "create", "--parent-region", "RegionOne", region);
        cli.run("region", "set", "--description", "far", region);
        assertThat(shown("description", "region", "show", region)).isEqualTo("far");
        assertThat(cli.column("Region", "region", "list", "--parent-region", "RegionOne"))
                .contains(region);
        String service = Names.fresh("service");
        cli.run("service", "create", "--name", service, service + "-type");
        cli.run("service", "set", "--description", "of a test", "--disable", service);
        assertThat(shown("enabled", "service", "show", service)).isEqualTo("false");
        assertThat(cli.column("Name", "service", "list")).contains(service);
        String endpoint =
                idOf("endpoint", "create", "--region", region, service, "public", "http://a:1/");
        cli.run("endpoint", "set", "--url", "http://b:2/", "--disable", endpoint);
        assertThat(shown("url", "endpoint", "show", endpoint)).isEqualTo("http://b:2/");
        assertThat(cli.column("ID", "endpoint", "list", "--service", service))
                .containsExactly(endpoint);
        assertThat(cli.attempt("region", "delete", region).ok()).as("has endpoints").isFalse();
        cli.run("endpoint", "delete", endpoint);
        cli.run("service", "delete", service);
        cli.run("region", "delete", region);
    }

    @Test
    void groupsAndTheirUsers() {
        String group = Names.fresh("group");
        String user = Names.fresh("user");
        cli.run("group", "create", "--description", "first", group);
        cli.run("user", "create", user);
        cli.run("group", "set", "--description", "second", group);
        assertThat(shown("description", "group", "show", group)).isEqualTo("second");
        assertThat(cli.attempt("group", "contains", "user", group, user).err())
                .contains("not in group");
        cli.run("group", "add", "user", group, user);
        assertThat(cli.run("group", "contains", "user", group, user)).contains("in group");
        assertThat(cli.column("Name", "group", "list", "--user", user)).containsExactly(group);
        assertThat(cli.column("Name", "user", "list", "--group", group)).containsExactly(user);
        cli.run("group", "remove", "user", group, user);
        assertThat(cli.column("Name", "user", "list", "--group", group)).isEmpty();
        cli.run("group", "delete", group);
        cli.run("user", "delete", user);
    }

    @Test
    void identityProvidersMappingsAndProtocols() {
        String provider = Names.fresh("idp");
        String mapping = Names.fresh("mapping");
        cli.run("identity", "provider", "create", "--remote-id", provider, "--disable", provider);
        cli.run("identity", "provider", "set", "--enable", "--description", "d", provider);
        assertThat(shown("enabled", "identity", "provider", "show", provider)).isEqualTo("true");
        assertThat(cli.column("ID", "identity", "provider", "list")).contains(provider);
        String rules =
                "[{\"local\": [{\"user\": {\"name\": \"%s\"}}], \"remote\": [{\"type\": \"A\"}]}]";
        cli.run("mapping", "create", "--rules", file(rules.formatted("{0}")), mapping);
        cli.run("mapping", "set", "--rules", file(rules.formatted("x {0}")), mapping);
        assertThat(shown("rules", "mapping", "show", mapping)).contains("x {0}");
        assertThat(cli.column("ID", "mapping", "list")).contains(mapping);
        String[] of = {"--identity-provider", provider};
        cli.run(words(of, "federation", "protocol", "create", "--mapping", mapping, "openid"));
        String other = Names.fresh("mapping");
        cli.run("mapping", "create", "--rules", file(rules.formatted("{0}")), other);
        // Debian's client ends with 1 here after it has had its answer.
        cli.attempt(words(of, "federation", "protocol", "set", "--mapping", other, "openid"));
        ran.add("federation protocol set ");
        assertThat(shown("mapping", words(of, "federation", "protocol", "show", "openid")))
                .isEqualTo(other);
        assertThat(cli.column("id", words(of, "federation", "protocol", "list")))
                .containsExactly("openid");
        assertThat(cli.column("Name", "federation", "project", "list")).contains("admin");
        cli.run("federation", "domain", "list");
        cli.run(words(of, "federation", "protocol", "delete", "openid"));
        cli.run("identity", "provider", "delete", provider);
        cli.run("mapping", "delete", mapping, other);
    }

    @Test
    void serviceProviders() {
        String provider = Names.fresh("sp");
        String there = "https://other.example/v3";
        cli.run(
                "service",
                "provider",
                "create",
                "--auth-url",
                there,
                "--service-provider-url",
                there + "/sp",
                provider);
        cli.run("service", "provider", "set", "--disable", "--description", "d", provider);
        assertThat(shown("enabled", "service", "provider", "show", provider)).isEqualTo("false");
        assertThat(cli.column("ID", "service", "provider", "list")).contains(provider);
        cli.run("service", "provider", "delete", provider);
    }

    @Test
    void rolesAndWhatTheyImply() {
        String role = Names.fresh("role");
        cli.run("role", "create", "--description", "first", role);
        cli.run("role", "set", "--description", "second", role);
        assertThat(shown("description", "role", "show", role)).isEqualTo("second");
        assertThat(cli.column("Name", "role", "list")).contains(role, "admin", "member");
        cli.run("implied", "role", "create", "--implied-role", "reader", role);
        assertThat(cli.json("implied", "role", "list").toString()).contains(role);
        cli.run("implied", "role", "delete", "--implied-role", "reader", role);
        assertThat(cli.json("implied", "role", "list").toString()).doesNotContain(role);
        cli.run("role", "delete", role);
        String ours = Names.fresh("role");
        String id = idOf("role", "create", "--domain", "default", ours);
        assertThat(cli.column("Name", "role", "list", "--domain", "default")).contains(ours);
        assertThat(cli.column("Name", "role", "list")).doesNotContain(ours);
        cli.run("role", "delete", id);
    }

    @Test
    void assignmentsInAProjectBelowADomainAndOnTheSystem() {
        String user = Names.fresh("user");
        String group = Names.fresh("group");
        String domain = Names.fresh("domain");
        String project = Names.fresh("project");
        cli.run("domain", "create", domain);
        cli.run("project", "create", "--domain", domain, project);
        cli.run("user", "create", "--domain", domain, user);
        cli.run("group", "create", "--domain", domain, group);
        cli.run("group", "add", "user", "--group-domain", domain, group, user);
        String[] whole = {"--user", user, "--user-domain", domain, "--domain", domain};
        String[] system = {"--user", user, "--user-domain", domain, "--system", "all"};
        String[] part = {
            "--group",
            group,
            "--group-domain",
            domain,
            "--project",
            project,
            "--project-domain",
            domain
        };
        cli.run(words(whole, "role", "add", "--inherited", "manager"));
        cli.run(words(system, "role", "add", "reader"));
        cli.run(words(part, "role", "add", "member"));
        String[] list = {
            "role", "assignment", "list", "--names", "--user", user, "--user-domain", domain
        };
        JsonNode direct = cli.json(list);
        assertThat(direct.findValuesAsString("Role"))
                .containsExactlyInAnyOrder("manager", "reader");
        assertThat(direct.findValuesAsString("System")).contains("all");
        JsonNode effective =
                cli.json(
                        words(
                                new String[] {
                                    "--effective", "--project", project, "--project-domain", domain
                                },
                                list));
        assertThat(effective.findValuesAsString("Role")).contains("manager", "member", "reader");
        cli.run(words(part, "role", "remove", "member"));
        cli.run(words(system, "role", "remove", "reader"));
        cli.run(words(whole, "role", "remove", "--inherited", "manager"));
        assertThat(cli.json(list)).isEmpty();
        cli.run("domain", "set", "--disable", domain);
        cli.run("domain", "delete", domain);
    }

    @Test
    void registeredLimitsAndLimits() {
        String resource = Names.fresh("resource");
        String project = Names.fresh("project");
        cli.run("project", "create", project);
        String registered =
                idOf(
                        "registered",
                        "limit",
                        "create",
                        "--service",
                        "glance",
                        "--default-limit",
                        "10",
                        resource);
        cli.run("registered", "limit", "set", "--default-limit", "20", registered);
        assertThat(shown("default_limit", "registered", "limit", "show", registered))
                .isEqualTo("20");
        assertThat(
                        cli.column(
                                "Resource Name",
                                "registered",
                                "limit",
                                "list",
                                "--resource-name",
                                resource))
                .containsExactly(resource);
        String limit =
                idOf(
                        "limit",
                        "create",
                        "--project",
                        project,
                        "--service",
                        "glance",
                        "--resource-limit",
                        "5",
                        resource);
        cli.run("limit", "set", "--resource-limit", "6", limit);
        assertThat(shown("resource_limit", "limit", "show", limit)).isEqualTo("6");
        assertThat(cli.column("ID", "limit", "list", "--resource-name", resource))
                .containsExactly(limit);
        cli.run("limit", "delete", limit);
        cli.run("registered", "limit", "delete", registered);
        cli.run("project", "delete", project);
    }

    @Test
    void projectsTheirTreeAndTags() {
        String parent = Names.fresh("project");
        String child = Names.fresh("project");
        String id = idOf("project", "create", "--tag", "red", "--tag", "blue", parent);
        String below = idOf("project", "create", "--parent", parent, "--property", "k=v", child);
        cli.run("project", "set", "--description", "second", "--remove-tag", "blue", parent);
        assertThat(shown("tags", "project", "show", parent)).contains("red").doesNotContain("blue");
        assertThat(shown("k", "project", "show", child)).isEqualTo("v");
        assertThat(shown("parents", "project", "show", "--parents", child)).contains(id);
        assertThat(shown("subtree", "project", "show", "--children", parent)).contains(below);
        assertThat(cli.column("Name", "project", "list", "--tags", "red")).contains(parent);
        assertThat(cli.column("Name", "project", "list", "--parent", parent))
                .containsExactly(child);
        assertThat(cli.attempt("project", "delete", parent).ok()).as("has a child").isFalse();
        cli.run("project", "delete", child, parent);
    }

    @Test
    void trusts() {
        String trustee = Names.fresh("user");
        cli.run("user", "create", "--password", PASSWORD, trustee);
        String id =
                idOf("trust", "create", "--project", "admin", "--role", "member", "admin", trustee);
        assertThat(shown("roles", "trust", "show", id)).contains("member");
        assertThat(cli.column("ID", "trust", "list")).contains(id);
        Command.Output theirs =
                cli.attempt(
                        "--os-username",
                        trustee,
                        "--os-password",
                        PASSWORD,
                        "--os-project-name",
                        "",
                        "--os-project-domain-name",
                        "",
                        "--os-trust-id",
                        id,
                        "token",
                        "issue",
                        "-f",
                        "json");
        assertThat(Rest.JSON.readTree(theirs.text()).path("project_id").asString(""))
                .isEqualTo(idOf("project", "show", "admin"));
        cli.run("trust", "delete", id);
        assertThat(cli.attempt("trust", "show", id).ok()).isFalse();
        cli.run("user", "delete", trustee);
    }

    @Test
    void usersAndTheirPasswords() {
        String user = Names.fresh("user");
        cli.run(
                "user",
                "create",
                "--password",
                PASSWORD,
                "--email",
                "a@example.org",
                "--project",
                "demo",
                "--ignore-lockout-failure-attempts",
                user);
        cli.run("role", "add", "--user", user, "--project", "demo", "member");
        cli.run("user", "set", "--email", "b@example.org", "--description", "second", user);
        assertThat(shown("email", "user", "show", user)).isEqualTo("b@example.org");
        assertThat(shown("options", "user", "show", user))
                .contains("ignore_lockout_failure_attempts");
        assertThat(cli.column("Name", "user", "list", "--project", "demo")).contains(user);
        OpenStackCli hers = new OpenStackCli(words -> shell.run(as(user, PASSWORD, words)));
        OpenStackCli after = new OpenStackCli(words -> shell.run(as(user, "neuer geheim", words)));
        hers.run(
                "user",
                "password",
                "set",
                "--original-password",
                PASSWORD,
                "--password",
                "neuer geheim");
        ran.add("user password set ");
        assertThat(hers.attempt("token", "issue").ok()).as("the old password").isFalse();
        after.run("token", "issue");
        cli.run("user", "set", "--disable", user);
        assertThat(shown("enabled", "user", "show", user)).isEqualTo("false");
        cli.run("user", "delete", user);
        assertThat(cli.attempt("user", "show", user).ok()).isFalse();
    }

    private static List<String> as(String user, String password, List<String> words) {
        List<String> all = new ArrayList<>(words);
        all.addAll(
                List.of(
                        "--os-username",
                        user,
                        "--os-password",
                        password,
                        "--os-project-name",
                        "demo"));
        return all;
    }
}
