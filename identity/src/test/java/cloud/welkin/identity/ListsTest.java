package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** How lists are narrowed, ordered and paged. */
@TestInstance(Lifecycle.PER_CLASS)
class ListsTest {
    private final Keystone keystone = new Keystone();
    private String domain = "";

    @BeforeAll
    void things() {
        String admin = keystone.admin();
        domain =
                keystone.post(admin, "/domains", "{'domain': {'name': 'listed'}}")
                        .expect(201)
                        .text("/domain/id");
        for (String name : List.of("Anna", "annabel", "hannah", "100%", "1000", "a_b", "axb")) {
            for (String what : List.of("user", "group", "project")) {
                keystone.post(
                                admin,
                                "/" + what + "s",
                                "{'%s': {'name': '%s', 'domain_id': '%s'}}"
                                        .formatted(what, name, domain))
                        .expect(201);
            }
        }
        keystone.post(
                        admin,
                        "/users",
                        "{'user': {'name': 'back\\\\slash', 'enabled': false, 'domain_id': '%s'}}"
                                .formatted(domain))
                .expect(201);
    }

    @AfterAll
    void close() {
        keystone.close();
    }

    private ApiTester.Response listed(String path) {
        return keystone.get(keystone.admin(), path).expect(200);
    }

    private static List<String> names(ApiTester.Response response, String what) {
        return response.json()
                .path(what)
                .valueStream()
                .map(row -> row.path("name").asString())
                .toList();
    }

    private List<String> names(String what, String query) {
        return names(listed("/" + what + "?domain_id=" + domain + "&" + query), what);
    }

    @ParameterizedTest
    @CsvSource({
        "name__contains=nna, 'Anna,annabel,hannah'",
        "name__contains=ANNA, ''",
        "name__icontains=ANNA, 'Anna,annabel,hannah'",
        "name__startswith=anna, 'annabel'",
        "name__istartswith=anna, 'Anna,annabel'",
        "name__endswith=nna, 'Anna'",
        "name__iendswith=NNAH, 'hannah'",
        "name__equals=Anna, 'Anna'",
        "name__equals=anna, ''",
        "name__iequals=anna, 'Anna'",
        "name=Anna, 'Anna'",
        "name__startswith=a&name__endswith=l, 'annabel'",
        "name__startswith=A&name__startswith=h, ''"
    })
    void textsAreComparedAsTheComparatorSays(String query, String expected) {
        List<String> wanted =
                Stream.of(expected.split(",")).filter(name -> !name.isEmpty()).toList();
        for (String what : List.of("users", "groups", "projects")) {
            assertThat(names(what, query)).as(what).containsExactlyInAnyOrderElementsOf(wanted);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "name__contains, 100%, '100%'",
        "name__startswith, 100%, '100%'",
        "name__icontains, '%', '100%'",
        "name__contains, _, 'a_b'",
        "name__iendswith, _B, 'a_b'",
        "name__istartswith, A_, 'a_b'"
    })
    void whatIsAPatternInSqlIsTextInAFilter(String filter, String text, String expected) {
        assertThat(names("groups", filter + "=" + encoded(text))).containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"contains", "icontains", "endswith"})
    void aBackslashStandsForItself(String comparator) {
        assertThat(names("users", "name__" + comparator + "=" + encoded("\\slash")))
                .containsExactly("back\\slash");
        assertThat(names("users", "name__" + comparator + "=" + encoded("' or 1=1 --"))).isEmpty();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void whatAListDoesNotKnowItPassesOver() {
        assertThat(names("groups", "name__resembles=x&colour=red&email__contains=y")).hasSize(7);
    }

    @Test
    void enabledNarrows() {
        assertThat(names("users", "enabled=false")).containsExactly("back\\slash");
        assertThat(names("users", "enabled=0")).containsExactly("back\\slash");
        assertThat(names("users", "enabled")).hasSize(7);
        keystone.get(keystone.admin(), "/users?enabled=perhaps").expect(400);
    }

    @Test
    void listsAreInTheOrderAskedFor() {
        assertThat(names("users", "sort_key=name")).isSorted().hasSize(8);
        assertThat(names("projects", "sort_key=name&sort_dir=desc"))
                .isSortedAccordingTo(java.util.Comparator.reverseOrder());
        keystone.get(keystone.admin(), "/users?sort_key=password_hash").expect(400);
        keystone.get(keystone.admin(), "/users?sort_dir=sideways").expect(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&sort_dir=desc", "&sort_key=name", "&sort_key=name&sort_dir=desc"})
    void theNextLinksLeadThroughAllOfTheListAndKeepItsFilters(String order) {
        for (String what : List.of("users", "groups", "projects")) {
            List<String> seen = new ArrayList<>();
            String next =
                    "/" + what + "?domain_id=" + domain + "&name__icontains=a&limit=2" + order;
            while (!next.isEmpty()) {
                ApiTester.Response page = listed(next);
                seen.addAll(names(page, what));
                JsonNode link = page.json().at("/links/next");
                assertThat(page.json().path("truncated").asBoolean(false))
                        .isEqualTo(link.isString());
                next = link.isString() ? link.asString().split("/identity/v3", 2)[1] : "";
            }
            assertThat(seen)
                    .as(what)
                    .doesNotHaveDuplicates()
                    .hasSameSizeAs(names(what, "name__icontains=a"))
                    .hasSizeGreaterThan(4);
        }
    }

    @Test
    void aFullLastPageHasNoNext() {
        ApiTester.Response all = listed("/groups?limit=7&domain_id=" + domain);
        assertThat(names(all, "groups")).hasSize(7);
        assertThat(all.json().at("/links/next").isNull()).isTrue();
        assertThat(all.json().has("truncated")).isFalse();
    }

    @Test
    void listsThatAreInMemoryAreNarrowedAndPagedTheSameWay() {
        List<String> all = names(listed("/roles"), "roles");
        assertThat(names(listed("/roles?name__istartswith=MEM"), "roles"))
                .containsExactly("member");
        assertThat(names(listed("/services?type__contains=ume"), "services"))
                .containsExactly("cinder");
        assertThat(names(listed("/services?name__startswith=key"), "services"))
                .containsExactly("keystone");
        ApiTester.Response first = listed("/roles?limit=2");
        List<String> seen = new ArrayList<>(names(first, "roles"));
        String marker = first.text("/roles/1/id");
        seen.addAll(names(listed("/roles?marker=" + marker), "roles"));
        assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void aProjectsListIsNarrowedByParentAndDomain() {
        String parent = listed("/projects?name=Anna").text("/projects/0/id");
        keystone.post(
                        keystone.admin(),
                        "/projects",
                        "{'project': {'name': 'child', 'parent_id': '%s'}}".formatted(parent))
                .expect(201);
        assertThat(names(listed("/projects?parent_id=" + parent), "projects"))
                .containsExactly("child");
        assertThat(names(listed("/projects?is_domain=true"), "projects"))
                .contains("Default", "listed")
                .doesNotContain("Anna");
        assertThat(names(listed("/projects?is_domain=true&domain_id=" + domain), "projects"))
                .isEmpty();
        keystone.delete(
                        keystone.admin(),
                        "/projects/" + listed("/projects?name=child").text("/projects/0/id"))
                .expect(204);
    }

    @Test
    void theProjectsAndGroupsOfAUserAreNarrowedToo() {
        String user = keystone.user("narrowed", "pw");
        for (String name : List.of("first of hers", "second of hers")) {
            keystone.grant(user, keystone.project(name), "member");
        }
        assertThat(names(listed("/users/" + user + "/projects"), "projects")).hasSize(2);
        assertThat(
                        names(
                                listed("/users/" + user + "/projects?name__startswith=second"),
                                "projects"))
                .containsExactly("second of hers");
        assertThat(names(listed("/users/" + user + "/projects?enabled=false"), "projects"))
                .isEmpty();
        String group = listed("/groups?name=Anna").text("/groups/0/id");
        keystone.put(keystone.admin(), "/groups/" + group + "/users/" + user).expect(204);
        assertThat(names(listed("/users/" + user + "/groups?name__iequals=ANNA"), "groups"))
                .containsExactly("Anna");
        assertThat(names(listed("/groups/" + group + "/users?enabled=true"), "users"))
                .containsExactly("narrowed");
        assertThat(names(listed("/groups/" + group + "/users?name__contains=x"), "users"))
                .isEmpty();
    }

    @Test
    void aTokenForADomainIsShownThatDomainWhateverItAsksFor() {
        String reader = keystone.user("reader-of-domain", "pw");
        keystone.put(
                        keystone.admin(),
                        "/domains/"
                                + domain
                                + "/users/"
                                + reader
                                + "/roles/"
                                + keystone.role("reader"))
                .expect(204);
        String token =
                keystone.token("reader-of-domain", "pw", "{'domain': {'id': '" + domain + "'}}");
        for (String what : List.of("users", "groups", "projects")) {
            assertThat(names(keystone.get(token, "/" + what).expect(200), what))
                    .contains("Anna")
                    .doesNotContain("admin");
            assertThat(
                            names(
                                    keystone.get(token, "/" + what + "?domain_id=default")
                                            .expect(200),
                                    what))
                    .isEmpty();
        }
        assertThat(names(keystone.get(token, "/domains").expect(200), "domains"))
                .containsExactly("listed");
        JsonNode held =
                keystone.get(token, "/role_assignments")
                        .expect(200)
                        .json()
                        .path("role_assignments");
        assertThat(held.valueStream().map(one -> one.at("/scope/domain/id").asString()))
                .containsExactly(domain);
        assertThat(
                        keystone.get(token, "/role_assignments?scope.domain.id=default")
                                .expect(200)
                                .json()
                                .path("role_assignments")
                                .size())
                .isZero();
    }

    @Test
    void usersOfIdentityProvidersAreFoundByWhatTheyAreThere() {
        String user = keystone.user("federated", "pw");
        keystone.database
                .database()
                .change(
                        tx -> {
                            tx.sql()
                                    .execute(
                                            "insert into identity.identity_provider (id, domain_id)"
                                                    + " values ('partner', 'default')");
                            tx.sql()
                                    .execute(
                                            "insert into identity.federated_user values"
                                                    + " ('partner', 'openid', 'u1', ?)",
                                            user);
                        });
        assertThat(names(listed("/users?idp_id=partner"), "users")).containsExactly("federated");
        assertThat(names(listed("/users?idp_id=partner&unique_id=u1&protocol_id=openid"), "users"))
                .containsExactly("federated");
        assertThat(names(listed("/users?unique_id=u2"), "users")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scope.system=all&scope.domain.id=default",
                "scope.system=all&scope.project.id=x",
                "scope.project.id=x&scope.domain.id=default",
                "user.id=x&group.id=x",
                "effective&group.id=x",
                "effective&scope.domain.id=default&scope.OS-INHERIT:inherited_to=projects",
                "include_subtree"
            })
    void assignmentsThatCannotBeAreNotLookedFor(String query) {
        keystone.get(keystone.admin(), "/role_assignments?" + query).expect(400);
    }

    @Test
    void trustsAndCredentialsArePagedToo() {
        String user = keystone.user("holder", "pw");
        for (String type : List.of("cert", "certificate", "ticket")) {
            keystone.post(
                            keystone.admin(),
                            "/credentials",
                            "{'credential': {'type': '%s', 'blob': 'x', 'user_id': '%s'}}"
                                    .formatted(type, user))
                    .expect(201);
        }
        ApiTester.Response first =
                listed("/credentials?type__startswith=cert&limit=1&user_id=" + user);
        assertThat(first.json().path("credentials").size()).isEqualTo(1);
        ApiTester.Response second = listed(first.text("/links/next").split("/identity/v3", 2)[1]);
        assertThat(second.json().path("credentials").size()).isEqualTo(1);
        assertThat(second.json().at("/links/next").isNull()).isTrue();
        assertThat(listed("/OS-TRUST/trusts?limit=1").json().at("/links/next").isNull()).isTrue();
    }
}
