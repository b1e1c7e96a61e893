package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users and groups of a real directory. */
@Tag("engine")
@TestInstance(Lifecycle.PER_CLASS)
class DirectoryTest {
    private Corporation corp;

    @BeforeAll
    void open(@TempDir Path home) {
        corp = new Corporation(home);
    }

    @AfterAll
    void close() {
        corp.close();
    }

    @Test
    void aUserSignsInByNameAndById() {
        corp.slapd.person("ada", "Ada L.");
        var token = corp.signIn("Ada L.", "ada", "").expect(201);
        assertThat(token.text("/token/user/name")).isEqualTo("Ada L.");
        assertThat(token.text("/token/user/domain/id")).isEqualTo(corp.domain);
        corp.keystone
                .auth(
                        "{'methods': ['password'], 'password': {'user': {'id': '"
                                + token.text("/token/user/id")
                                + "', 'password': 'ada'}}}",
                        "")
                .expect(201);
    }

    @Test
    void itsIdIsTheOneThatKeystoneWouldGive() throws Exception {
        corp.slapd.person("grace");
        assertThat(corp.userId("grace"))
                .isEqualTo(
                        HexFormat.of()
                                .formatHex(
                                        MessageDigest.getInstance("SHA-256")
                                                .digest(
                                                        (corp.domain + "user" + "grace")
                                                                .getBytes(
                                                                        StandardCharsets.UTF_8))));
    }

    @Test
    void whatTheDirectorySaysOfAUserIsShown() {
        corp.slapd.person("edsger");
        var user = corp.get("/users/" + corp.userId("edsger")).expect(200);
        assertThat(user.text("/user/email")).isEqualTo("edsger@example.org");
        assertThat(user.text("/user/description")).isEqualTo("one of the directory");
        assertThat(user.json().at("/user/enabled").asBoolean()).isTrue();
        assertThat(user.json().at("/user/options").isEmpty()).isTrue();
        assertThat(user.json().at("/user/password_expires_at").isNull()).isTrue();
        corp.slapd.set("uid=edsger", "mail", "e@example.org");
        assertThat(corp.get("/users/" + corp.userId("edsger")).text("/user/email"))
                .isEqualTo("e@example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "edga*",
                "edgar)(uid=*",
                "edgar)(|(cn=*",
                "\\\\2a",
                "edgar,ou=Users",
                "nobody",
                "\\u0000"
            })
    void aNameIsNeverPartOfAQuestion(String name) {
        if (corp.get("/users?name=edgar&domain_id=" + corp.domain).json().at("/users").isEmpty()) {
            corp.slapd.person("edgar");
        }
        assertThat(corp.signIn(name, "edgar", "").status()).isIn(400, 401);
        assertThat(
                        corp.get(
                                        "/users?domain_id="
                                                + corp.domain
                                                + "&name="
                                                + java.net.URLEncoder.encode(
                                                        name, StandardCharsets.UTF_8))
                                .json()
                                .at("/users"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", "ALAN"})
    void onlyThePasswordLetsIn(String password) {
        if (corp.get("/users?name=alan&domain_id=" + corp.domain).json().at("/users").isEmpty()) {
            corp.slapd.person("alan");
        }
        corp.signIn("alan", password, "").expect(401);
    }

    @Test
    void ossa2013_015_anEmptyPasswordIsNoAnonymousBind() {
        corp.slapd.person("anonymous");
        corp.signIn("anonymous", "", "").expect(401);
        corp.token("anonymous", "");
    }

    @Test
    void ossa2014_015_aUserAndAGroupOfOneNameHaveDifferentIds() {
        corp.slapd.person("same");
        corp.slapd.group("same", "uid=same");
        assertThat(corp.userId("same")).isNotEqualTo(corp.groupId("same"));
    }

    @Test
    void ossa2026_007_theWordFalseIsNotTrue() {
        corp.slapd.person("falsy");
        corp.slapd.set("uid=falsy", "enabled", "FALSE");
        var enabled =
                corp.get("/users/" + corp.userId("falsy")).expect(200).json().at("/user/enabled");
        assertThat(enabled.isBoolean()).isTrue();
        assertThat(enabled.asBoolean()).isFalse();
    }

    @Test
    void twoOfANameAreNotLetInByIt() {
        corp.slapd.person("john1", "John");
        corp.slapd.person("john2", "John");
        corp.signIn("John", "john1", "").expect(401);
        corp.signIn("John", "john2", "").expect(401);
        assertThat(
                        corp.get("/users?domain_id=" + corp.domain + "&name__startswith=John")
                                .json()
                                .at("/users"))
                .hasSize(2);
    }

    @Test
    void rolesOfAGroupAreThoseOfItsMembersAsLongAsTheyAreIn() {
        corp.slapd.person("barbara");
        corp.slapd.person("donald");
        corp.slapd.group("engineers", "uid=barbara", "uid=donald");
        String project = corp.keystone.project("engine");
        String group = corp.groupId("engineers");
        corp.keystone
                .put(
                        corp.admin,
                        "/projects/"
                                + project
                                + "/groups/"
                                + group
                                + "/roles/"
                                + corp.keystone.role("member"))
                .expect(204);
        String token = corp.token("barbara", project);
        corp.keystone.get(token, "/auth/catalog").expect(200);
        assertThat(
                        corp.get("/groups/" + group + "/users")
                                .json()
                                .at("/users")
                                .findValuesAsString("name"))
                .containsExactlyInAnyOrder("barbara", "donald");
        assertThat(
                        corp.get("/users/" + corp.userId("donald") + "/groups")
                                .json()
                                .at("/groups")
                                .findValuesAsString("name"))
                .containsExactly("engineers");
        corp.keystone
                .as(corp.admin, "HEAD", "/groups/" + group + "/users/" + corp.userId("barbara"))
                .send()
                .expect(204);

        corp.slapd.apply(
                "dn: "
                        + Slapd.dn("cn=engineers")
                        + "\nchangetype: modify\ndelete: member\nmember: "
                        + Slapd.dn("uid=barbara")
                        + "\n\n");
        corp.check();

        corp.keystone.get(token, "/auth/catalog").expect(401);
        corp.signIn("barbara", "barbara", "{'project': {'id': '" + project + "'}}").expect(401);
        corp.token("donald", project);
    }

    @Test
    void groupsLieInGroupsWhereThatIsConfigured() {
        corp.slapd.person("ken");
        corp.slapd.group("ring2", "uid=ken");
        corp.slapd.group("ring1", "cn=ring2");
        corp.slapd.group("ring0", "cn=ring1");
        // A ring of them is walked once.
        corp.slapd.apply(
                "dn: "
                        + Slapd.dn("cn=ring2")
                        + "\nchangetype: modify\nadd: member\nmember: "
                        + Slapd.dn("cn=ring0")
                        + "\n\n");
        String ken = corp.userId("ken");
        assertThat(names("/users/" + ken + "/groups", "groups")).containsExactly("ring2");
        assertThat(names("/groups/" + corp.groupId("ring0") + "/users", "users")).isEmpty();

        corp.configure(corp.domain, Map.of("group_ad_nesting", "true"));
        try {
            assertThat(names("/users/" + ken + "/groups", "groups"))
                    .containsExactlyInAnyOrder("ring0", "ring1", "ring2");
            assertThat(names("/groups/" + corp.groupId("ring0") + "/users", "users"))
                    .containsExactly("ken");
        } finally {
            corp.configure(corp.domain, Map.of());
        }
    }

    private List<String> names(String path, String list) {
        return corp.get(path).expect(200).json().at("/" + list).findValuesAsString("name");
    }

    @Test
    void whoIsGoneIsSignedOutAndHasItsRolesWhenItIsBack() {
        corp.slapd.person("margaret");
        String project = corp.keystone.project("apollo");
        String id = corp.userId("margaret");
        corp.keystone.grant(id, project, "member");
        String token = corp.token("margaret", project);

        corp.slapd.remove("uid=margaret");
        corp.check();

        corp.keystone.get(token, "/auth/catalog").expect(401);
        corp.get("/users/" + id).expect(404);
        corp.signIn("margaret", "margaret", "").expect(401);
        corp.slapd.person("margaret");
        corp.token("margaret", project);
        corp.keystone.get(token, "/auth/catalog").expect(401);
    }

    @Test
    void whoIsGoneHasNoUseOfWhatItMade() {
        corp.slapd.person("mallory");
        String project = corp.keystone.project("left-behind");
        String id = corp.userId("mallory");
        corp.keystone.grant(id, project, "member");
        String secret =
                corp.keystone
                        .post(
                                corp.token("mallory", project),
                                "/users/" + id + "/application_credentials",
                                "{'application_credential': {'name': 'door', 'secret': 'open'}}")
                        .expect(201)
                        .text("/application_credential/id");
        String identity =
                "{'methods': ['application_credential'], 'application_credential': {'id': '"
                        + secret
                        + "', 'secret': 'open'}}";
        corp.keystone.auth(identity, "").expect(201);
        corp.slapd.remove("uid=mallory");
        corp.check();
        corp.keystone.auth(identity, "").expect(401);
    }

    @Test
    void whoIsDisabledThereIsDisabledHere() {
        corp.configure(corp.domain, Map.of());
        corp.slapd.person("steve");
        String token = corp.token("steve", "");
        corp.slapd.set("uid=steve", "enabled", "FALSE");
        corp.check();
        corp.keystone.get(token, "/auth/projects").expect(401);
        corp.signIn("steve", "steve", "").expect(401);
        assertThat(
                        corp.get("/users/" + corp.userId("steve"))
                                .json()
                                .at("/user/enabled")
                                .asBoolean())
                .isFalse();
        corp.slapd.set("uid=steve", "enabled", "TRUE");
        corp.signIn("steve", "steve", "").expect(201);
    }

    @Test
    void nothingIsWritten() {
        corp.slapd.person("tim");
        corp.slapd.group("readers", "uid=tim");
        String user = "/users/" + corp.userId("tim");
        String group = "/groups/" + corp.groupId("readers");
        String other = corp.keystone.user("tims-friend", "pw");
        String in = "'domain_id': '" + corp.domain + "'";
        corp.keystone
                .post(corp.admin, "/users", "{'user': {'name': 'new', " + in + "}}")
                .expect(403);
        corp.keystone
                .post(corp.admin, "/groups", "{'group': {'name': 'new', " + in + "}}")
                .expect(403);
        corp.keystone.patch(corp.admin, user, "{'user': {'enabled': false}}").expect(403);
        corp.keystone.delete(corp.admin, user).expect(403);
        corp.keystone.patch(corp.admin, group, "{'group': {'name': 'x'}}").expect(403);
        corp.keystone.delete(corp.admin, group).expect(403);
        corp.keystone.put(corp.admin, group + "/users/" + other).expect(403);
        corp.keystone.delete(corp.admin, group + "/users/" + corp.userId("tim")).expect(403);
        for (var expected : Map.of("tim", 403, "wrong", 401).entrySet()) {
            corp.keystone
                    .api
                    .post(Keystone.V3 + user + "/password")
                    .json(
                            "{'user': {'password': 'new', 'original_password': '"
                                    + expected.getKey()
                                    + "'}}")
                    .send()
                    .expect(expected.getValue());
        }
        corp.token("tim", "");
    }

    @Test
    void aDirectoryThatIsAwayIsSaidToBeAndWhoIsSignedInGoesOn() {
        corp.slapd.person("linus");
        String project = corp.keystone.project("kernel");
        String id = corp.userId("linus");
        corp.keystone.grant(id, project, "member");
        String token = corp.token("linus", project);
        corp.slapd.stop();
        try {
            corp.signIn("linus", "linus", "").expect(503);
            corp.get("/users?domain_id=" + corp.domain).expect(503);
            corp.check();
            corp.keystone.get(token, "/auth/catalog").expect(200);
        } finally {
            corp.slapd.start();
        }
        corp.token("linus", project);
    }

    @Test
    void aLargeDirectoryIsReadPageByPage() {
        String domain = corp.domain("large");
        for (int i = 0; i < 520; i++) {
            corp.slapd.person("many-%03d".formatted(i));
        }
        Map<String, String> mine = Map.of("user_filter", "(uid=many-*)");
        // Without pages the directory gives 200, and nobody is thought to be gone therefore.
        corp.configure(
                domain, Map.of("user_filter", "(uid=many-*)", "user", "", "page_size", "100"));
        corp.configure(domain, mine);
        corp.configure(domain, Map.of("user_filter", "(uid=many-*)", "page_size", "100"));
        String first = "/users?domain_id=" + domain + "&limit=400&sort_key=name";
        assertThat(names(first, "users")).hasSize(400).startsWith("many-000");
        assertThat(corp.get("/users?domain_id=" + domain).json().at("/users")).hasSize(520);
    }

    @Test
    void aDirectoryThatGivesNotAllHidesNobody() {
        String domain = corp.domain("cut");
        for (int i = 0; i < 210; i++) {
            corp.slapd.person("cut-%03d".formatted(i));
        }
        String list = "/users?domain_id=" + domain;
        corp.configure(domain, Map.of("user_filter", "(uid=cut-*)"));
        assertThat(corp.get(list).json().at("/users")).hasSize(210);
        // Whoever does not sign in at the directory is given 200.
        corp.configure(domain, Map.of("user_filter", "(uid=cut-*)", "user", ""));
        assertThat(corp.get(list).expect(200).json().at("/users")).hasSize(210);
    }

    @Test
    void aDomainThatHasNoDirectoryAnyMoreHasItsOwnUsersAgain() {
        corp.slapd.person("vint");
        String domain = corp.domain("changing");
        String own =
                corp.keystone
                        .post(
                                corp.admin,
                                "/users",
                                "{'user': {'name': 'vint', 'password': 'pw', 'domain_id': '"
                                        + domain
                                        + "'}}")
                        .expect(201)
                        .text("/user/id");
        String ownToken = tokenOf(corp.signIn(domain, "vint", "pw", ""));

        corp.configure(domain, Map.of());
        corp.keystone.get(ownToken, "/auth/projects").expect(401);
        corp.get("/users/" + own).expect(404);
        String theirs = tokenOf(corp.signIn(domain, "vint", "vint", ""));

        corp.keystone.delete(corp.admin, "/domains/" + domain + "/config").expect(204);
        corp.keystone.get(theirs, "/auth/projects").expect(401);
        corp.signIn(domain, "vint", "vint", "").expect(401);
        corp.signIn(domain, "vint", "pw", "").expect(201);
        assertThat(
                        corp.get("/users?domain_id=" + domain)
                                .json()
                                .at("/users")
                                .findValuesAsString("id"))
                .containsExactly(own);
    }

    private static String tokenOf(cloud.welkin.testing.ApiTester.Response signedIn) {
        return Objects.requireNonNull(signedIn.expect(201).headers().get("x-subject-token"));
    }
}
