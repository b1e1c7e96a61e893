package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Each option of [ldap], by what it does with a real directory. */
@Tag("engine")
@TestInstance(Lifecycle.PER_CLASS)
class DirectoryOptionsTest {
    private Corporation corp;

    @BeforeAll
    void open(@TempDir Path home) {
        corp = new Corporation(home);
        corp.slapd.person("one");
        corp.slapd.person("two");
        corp.slapd.set("uid=two", "enabled", "FALSE");
        corp.slapd.set("uid=one", "userAccountControl", "512");
        corp.slapd.set("uid=two", "userAccountControl", "514");
        corp.slapd.set("uid=one", "title", "Dr");
        corp.slapd.group("in", "uid=one");
    }

    @AfterAll
    void close() {
        corp.close();
    }

    private JsonNode one(String id, String... options) {
        configure(options);
        return corp.get("/users/" + id).expect(200).json().at("/user");
    }

    private void configure(String... options) {
        Map<String, String> over = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            over.put(options[i], options[i + 1]);
        }
        corp.configure(corp.domain, over);
    }

    private boolean enabled(String name, String... options) {
        configure(options);
        return corp.get("/users?domain_id=" + corp.domain + "&name=" + name)
                .expect(200)
                .json()
                .at("/users/0/enabled")
                .asBoolean();
    }

    @Test
    void whoIsEnabledIsSaidByAWordOrABitOrTheContraryOrAGroup() {
        assertThat(enabled("one")).isTrue();
        assertThat(enabled("two")).isFalse();
        assertThat(enabled("one", "user_enabled_invert", "true")).isFalse();
        assertThat(enabled("two", "user_enabled_invert", "true")).isTrue();
        String[] bit = {
            "user_enabled_attribute", "userAccountControl",
            "user_enabled_mask", "2",
            "user_enabled_default", "512"
        };
        assertThat(enabled("one", bit)).isTrue();
        assertThat(enabled("two", bit)).isFalse();
        String[] group = {
            "user_enabled_emulation", "true", "user_enabled_emulation_dn", Slapd.dn("cn=in")
        };
        assertThat(enabled("one", group)).isTrue();
        assertThat(enabled("two", group)).isFalse();
        assertThat(enabled("two", "user_attribute_ignore", "enabled")).isTrue();
        assertThat(
                        enabled(
                                "one",
                                "user_enabled_attribute",
                                "absent",
                                "user_enabled_default",
                                "False"))
                .isFalse();
        configure();
    }

    @Test
    void fieldsAreTakenFromTheAttributesThatAreNamed() {
        configure();
        String id = corp.userId("one");
        assertThat(one(id, "user_mail_attribute", "title").at("/email").asString()).isEqualTo("Dr");
        assertThat(
                        one(id, "user_additional_attribute_mapping", "title:degree")
                                .at("/degree")
                                .asString())
                .isEqualTo("Dr");
        assertThat(one(id, "user_attribute_ignore", "email,description").has("email")).isFalse();
        String project = corp.keystone.project("of-one");
        corp.slapd.set("uid=one", "employeeType", project);
        String[] attribute = {
            "user_default_project_id_attribute", "employeeType", "user_attribute_ignore", ""
        };
        assertThat(one(id, attribute).at("/default_project_id").asString()).isEqualTo(project);
        corp.slapd.set("uid=one", "employeeType", "no-such-project");
        assertThat(one(id, attribute).has("default_project_id")).isFalse();
        configure();
    }

    @Test
    void onlyThoseOfTheFilterTheClassAndTheTreeAreThere() {
        configure("user_filter", "(title=Dr)");
        assertThat(names()).containsExactly("one");
        configure("user_filter", "(title=Dr)(uid=one)");
        assertThat(names()).containsExactly("one");
        configure("user_objectclass", "organization");
        assertThat(names()).isEmpty();
        configure("user_tree_dn", "dc=example,dc=org");
        assertThat(names()).isEmpty();
        configure("user_tree_dn", "dc=example,dc=org", "query_scope", "sub");
        assertThat(names()).contains("one", "two");
        configure();
    }

    private java.util.List<String> names() {
        return corp.get("/users?domain_id=" + corp.domain)
                .expect(200)
                .json()
                .at("/users")
                .findValuesAsString("name");
    }

    @Test
    void membersMayBeIds() {
        corp.slapd.apply(
                "dn: "
                        + Slapd.dn("cn=posix")
                        + "\nchangetype: add\nobjectClass: posixGroup\ncn: posix\ngidNumber: 7\n"
                        + "memberUid: one\n\n");
        configure(
                "group_objectclass", "posixGroup",
                "group_member_attribute", "memberUid",
                "group_members_are_ids", "true");
        String group = corp.groupId("posix");
        assertThat(
                        corp.get("/groups/" + group + "/users")
                                .json()
                                .at("/users")
                                .findValuesAsString("name"))
                .containsExactly("one");
        assertThat(
                        corp.get("/users/" + corp.userId("one") + "/groups")
                                .json()
                                .at("/groups")
                                .findValuesAsString("name"))
                .containsExactly("posix");
        configure();
    }

    @Test
    void sixteenBytesAreAnIdAsActiveDirectoryHasThem() {
        String domain = corp.domain("active");
        corp.slapd.person("guid");
        // 00112233-4455-6677-8899-aabbccddeeff, its first three parts turned round.
        corp.slapd.apply(
                "dn: "
                        + Slapd.dn("uid=guid")
                        + "\nchangetype: modify\nadd: objectGUID\n"
                        + "objectGUID:: MyIRAFVEd2aImaq7zN3u/w==\n\n");
        corp.configure(
                domain, Map.of("user_id_attribute", "objectGUID", "user_filter", "(uid=guid)"));
        String id = corp.signIn(domain, "guid", "guid", "").expect(201).text("/token/user/id");
        assertThat(id)
                .isEqualTo(
                        corp.keystone
                                .database
                                .database()
                                .read(
                                        tx ->
                                                tx.sql()
                                                        .fetchOne(
                                                                "select user_id from"
                                                                        + " identity.directory_user where"
                                                                        + " local_id ="
                                                                        + " '00112233-4455-6677-8899-aabbccddeeff'")
                                                        .get(0, String.class)));
        corp.get("/users/" + id).expect(200);
        corp.check();
        corp.get("/users/" + id).expect(200);
    }

    @ParameterizedTest
    @CsvSource({
        "ldaps, demand, ca, 201",
        "ldaps, demand, '', 503",
        "ldaps, never, '', 201",
        "ldaps, allow, '', 201",
        "starttls, demand, ca, 201",
        "starttls, demand, '', 503",
        "plain, demand, '', 201",
    })
    void certificatesAreCheckedUnlessThatIsSwitchedOff(
            String how, String check, String authority, int status) {
        configure(
                "url",
                how.equals("ldaps") ? corp.slapd.secureUrl() : corp.slapd.url(),
                "use_tls",
                String.valueOf(how.equals("starttls")),
                "tls_req_cert",
                check,
                "tls_cacertfile",
                authority.isEmpty() ? "" : corp.slapd.authority().toString());
        corp.signIn("one", "one", "").expect(status);
        configure();
    }

    @Test
    void aCertificateOfAnotherNameIsRefused(@TempDir Path home) {
        try (Slapd other = new Slapd(home, "other.example.org")) {
            other.person("one");
            configure("url", other.secureUrl(), "tls_cacertfile", other.authority().toString());
            corp.signIn("one", "one", "").expect(503);
            configure(
                    "url",
                    other.url(),
                    "use_tls",
                    "true",
                    "tls_cacertfile",
                    other.authority().toString());
            corp.signIn("one", "one", "").expect(503);
        } finally {
            configure();
        }
    }

    @Test
    void theNextServerIsAskedWhereOneIsAway() {
        configure("url", "ldap://localhost:1," + corp.slapd.url());
        corp.signIn("one", "one", "").expect(201);
        configure();
    }

    @ParameterizedTest
    @CsvSource({"use_pool, false", "use_auth_pool, false", "pool_size, 1", "chase_referrals, true"})
    void howConnectionsAreKeptChangesNothingElse(String option, String value) {
        configure(option, value);
        corp.signIn("one", "one", "").expect(201);
        corp.signIn("one", "two", "").expect(401);
        corp.signIn("two", "one", "").expect(401);
        corp.signIn("one", "one", "").expect(201);
        configure();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url|http://localhost",
                "url|ldap://",
                "query_scope|everywhere",
                "page_size|-1",
                "user_filter|(((",
                "user_tree_dn|nonsense",
                "tls_req_cert|perhaps",
                "user_enabled_mask|two",
                "password|wrong"
            })
    void whatCannotBeUsedIsToldWhenItIsUsedAndNotToTheWorld(String option, String value) {
        configure(option, value);
        var refused = corp.signIn("one", "one", "").expect(503);
        assertThat(refused.json().toString()).doesNotContain(Slapd.PASSWORD, value);
        configure();
    }

    @Test
    void aSecretIsPutWhereOtherOptionsReferToIt() {
        configure("user", "cn=%(password)s", "password", "x");
        corp.signIn("one", "one", "").expect(503);
        configure("user", Slapd.ROOT.replace("admin", "%(password)s"), "password", "admin");
        corp.signIn("one", "one", "").expect(503);
        configure(
                "url", corp.slapd.url().replace("localhost", "%(password)s"),
                "user", "",
                "password", "localhost");
        corp.signIn("one", "one", "").expect(201);
        configure();
    }
}
