package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.id.Ids;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/** Projects below projects: shown, switched off and deleted with those below them. */
@TestInstance(Lifecycle.PER_CLASS)
class ProjectTreeTest {
    private final Keystone keystone = new Keystone();
    private String root = "";
    private String child = "";
    private String leaf = "";

    @AfterAll
    void close() {
        keystone.close();
    }

    @BeforeEach
    void aTree() {
        root = below("default");
        child = below(root);
        leaf = below(child);
    }

    private String below(String parent) {
        return keystone.post(
                        keystone.admin(),
                        "/projects",
                        "{'project': {'name': '%s', 'parent_id': '%s'}}"
                                .formatted(Ids.hex(), parent))
                .expect(201)
                .text("/project/id");
    }

    private boolean enabled(String project) {
        return keystone.get(keystone.admin(), "/projects/" + project)
                .expect(200)
                .json()
                .at("/project/enabled")
                .asBoolean();
    }

    private int cascade(String project, String change) {
        return keystone.patch(
                        keystone.admin(),
                        "/projects/" + project + "/cascade",
                        "{'project': {" + change + "}}")
                .status();
    }

    private int set(String project, String change) {
        return keystone.patch(
                        keystone.admin(), "/projects/" + project, "{'project': {" + change + "}}")
                .status();
    }

    @Test
    void aTreeIsSwitchedOffAndOnAsAWhole() {
        assertThat(set(root, "'enabled': false")).isEqualTo(403);
        assertThat(cascade(root, "'enabled': false")).isEqualTo(200);
        assertThat(enabled(root) || enabled(child) || enabled(leaf)).isFalse();
        assertThat(cascade(child, "'enabled': true")).as("below a disabled one").isEqualTo(403);
        assertThat(cascade(root, "'enabled': true")).isEqualTo(200);
        assertThat(enabled(root) && enabled(child) && enabled(leaf)).isTrue();
    }

    @Test
    void noProjectIsPutBelowItself() {
        assertThat(set(root, "'parent_id': '" + leaf + "'")).isEqualTo(403);
        assertThat(set(root, "'parent_id': '" + root + "'")).isEqualTo(403);
        assertThat(
                        keystone.get(keystone.admin(), "/projects/" + root)
                                .expect(200)
                                .text("/project/parent_id"))
                .isEqualTo("default");
    }

    @Test
    void aCascadeChangesNothingElse() {
        assertThat(cascade(root, "'enabled': false, 'name': 'other'")).isEqualTo(400);
        assertThat(cascade("default", "'enabled': true")).isEqualTo(400);
        assertThat(enabled(leaf)).isTrue();
    }

    @Test
    void tokensOfAProjectEndWithTheCascadeAboveIt() {
        String user = keystone.user(Ids.hex(), "pw");
        keystone.grant(user, leaf, "member");
        String name = keystone.get(keystone.admin(), "/users/" + user).text("/user/name");
        String token = keystone.token(name, "pw", "{'project': {'id': '" + leaf + "'}}");
        keystone.get(token, "/auth/projects").expect(200);
        cascade(root, "'enabled': false");
        keystone.get(token, "/auth/projects").expect(401);
    }

    @Test
    void aTreeIsDeletedOnceAllBelowIsDisabled() {
        keystone.delete(keystone.admin(), "/projects/" + root).expect(403);
        keystone.delete(keystone.admin(), "/projects/" + root + "/cascade").expect(403);
        cascade(root, "'enabled': false");
        keystone.delete(keystone.admin(), "/projects/" + root + "/cascade").expect(204);
        for (String project : new String[] {root, child, leaf}) {
            keystone.get(keystone.admin(), "/projects/" + project).expect(404);
        }
    }

    @Test
    void whatIsImmutableKeepsTheTreeAboveItAsItIs() {
        assertThat(set(leaf, "'options': {'immutable': true}")).isEqualTo(200);
        assertThat(cascade(root, "'enabled': false")).isEqualTo(403);
        assertThat(enabled(root)).as("nothing of it happens").isTrue();
        keystone.put(keystone.admin(), "/projects/" + leaf + "/tags/t").expect(403);
        keystone.delete(keystone.admin(), "/projects/" + leaf + "/tags").expect(403);
        set(leaf, "'options': {'immutable': null}");
        cascade(root, "'enabled': false");
        set(leaf, "'options': {'immutable': true}");
        keystone.delete(keystone.admin(), "/projects/" + root + "/cascade").expect(403);
        set(leaf, "'options': {'immutable': false}");
        keystone.delete(keystone.admin(), "/projects/" + root + "/cascade").expect(204);
    }

    @Test
    void aDomainWithAnImmutableProjectStays() {
        String admin = keystone.admin();
        String domain =
                keystone.post(admin, "/domains", "{'domain': {'name': '" + Ids.hex() + "'}}")
                        .text("/domain/id");
        String project =
                keystone.post(
                                admin,
                                "/projects",
                                "{'project': {'name': 'p', 'domain_id': '%s', 'options': {'immutable': true}}}"
                                        .formatted(domain))
                        .expect(201)
                        .text("/project/id");
        keystone.patch(admin, "/domains/" + domain, "{'domain': {'enabled': false}}").expect(200);
        keystone.delete(admin, "/domains/" + domain).expect(403);
        set(project, "'options': {'immutable': false}");
        keystone.delete(admin, "/domains/" + domain).expect(204);
    }

    @Test
    void aTreeHasFiveLevelsBelowItsDomain() {
        String fifth = below(below(leaf));
        keystone.post(
                        keystone.admin(),
                        "/projects",
                        "{'project': {'name': 'deep', 'parent_id': '%s'}}".formatted(fifth))
                .expect(403);
    }

    @Test
    void whatIsAboveAndBelowIsShownAsAsked() {
        String of = "/projects/" + child;
        JsonNode ids =
                keystone.get(keystone.admin(), of + "?parents_as_ids&subtree_as_ids")
                        .expect(200)
                        .json()
                        .path("project");
        assertThat(ids.at("/parents/" + root + "/default").isNull()).isTrue();
        assertThat(ids.path("parents").path(root).has("default")).isTrue();
        assertThat(ids.path("subtree").has(leaf)).isTrue();
        JsonNode none =
                keystone.get(keystone.admin(), of + "?parents_as_list=0&subtree_as_ids=0")
                        .expect(200)
                        .json()
                        .path("project");
        assertThat(none.has("parents") || none.has("subtree")).isFalse();
        keystone.get(keystone.admin(), of + "?parents_as_list&parents_as_ids").expect(400);
    }

    @Test
    void theListsShowThoseInWhichOneHasARoleWithTheirLimitsOnDemand() {
        String user = keystone.user(Ids.hex(), "pw");
        keystone.grant(user, child, "reader");
        keystone.grant(user, leaf, "reader");
        String name = keystone.get(keystone.admin(), "/users/" + user).text("/user/name");
        String token = keystone.token(name, "pw", "{'project': {'id': '" + child + "'}}");
        JsonNode shown =
                keystone.get(
                                token,
                                "/projects/"
                                        + child
                                        + "?parents_as_list&subtree_as_list&include_limits")
                        .expect(200)
                        .json()
                        .path("project");
        assertThat(shown.path("parents").size()).isZero();
        assertThat(shown.at("/subtree/0/project/id").asString()).isEqualTo(leaf);
        assertThat(shown.at("/subtree/0/project/limits").isArray()).isTrue();
    }
}
