package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EndpointFiltersTest {
    private Keystone keystone = new Keystone();
    private String admin = keystone.admin();

    @AfterEach
    void close() {
        keystone.close();
    }

    @Test
    void aTokensCatalogueShowsTheEndpointsThatItsProjectWasGiven() {
        String project = keystone.get(admin, "/auth/projects").text("/projects/0/id");
        List<String> all = seen(admin);
        String compute = endpoint("compute", "public");
        keystone.put(admin, given(project, compute)).expect(204);
        assertThat(seen(admin)).containsExactly(compute);
        assertThat(seen(keystone.admin())).containsExactly(compute);
        assertThat(issued()).containsExactly(compute);
        keystone.delete(admin, given(project, compute)).expect(204);
        assertThat(seen(admin)).isEqualTo(all);
    }

    @Test
    void theTokenThatIsValidatedShowsWhatItsOwnProjectWasGiven() {
        String project = keystone.project("filtered");
        keystone.grant(keystone.user("user", "pw"), project, "reader");
        String token = userToken();
        String compute = endpoint("compute", "public");
        keystone.put(admin, given(project, compute)).expect(204);
        var shown =
                keystone.as(admin, "GET", "/auth/tokens")
                        .header("X-Subject-Token", token)
                        .send()
                        .expect(200);
        assertThat(ids(shown.json().at("/token/catalog"))).containsExactly(compute);
        assertThat(seen(admin)).hasSizeGreaterThan(1);
    }

    @Test
    void aChangeInOneReplicaIsSeenInTheOthers() {
        String project = keystone.project("filtered");
        keystone.grant(keystone.user("user", "pw"), project, "reader");
        String token = userToken();
        try (IdentityService other = keystone.replica()) {
            var api = keystone.api(other);
            String path = Keystone.V3 + "/auth/catalog";
            api.get(path).header("X-Auth-Token", token).send().expect(200);
            String compute = endpoint("compute", "public");
            keystone.put(admin, given(project, compute)).expect(204);
            cloud.welkin.testing.Eventually.holds(
                    "the other replica shows the one endpoint",
                    () ->
                            ids(api.get(path)
                                            .header("X-Auth-Token", token)
                                            .send()
                                            .json()
                                            .at("/catalog"))
                                    .equals(List.of(compute)));
        }
    }

    /** The notice of the change may come after the first look, and let the next one read again. */
    @Test
    void whatAProjectSeesIsReadOnceAndNotForEveryRequest() {
        String project = keystone.get(admin, "/auth/projects").text("/projects/0/id");
        String compute = endpoint("compute", "public");
        keystone.put(admin, given(project, compute)).expect(204);
        Eventually.holds(
                "it is seen without a read",
                () -> {
                    assertThat(seen(admin)).containsExactly(compute);
                    return isSeenWithoutARead(compute);
                });
    }

    /** A read would wait for the lock. */
    private boolean isSeenWithoutARead(String endpoint) {
        FutureTask<List<String>> look = new FutureTask<>(() -> seen(admin));
        return keystone.database
                .database()
                .write(
                        tx -> {
                            tx.sql()
                                    .execute(
                                            "lock table identity.endpoint,"
                                                    + " identity.project_endpoint,"
                                                    + " identity.endpoint_group,"
                                                    + " identity.project_endpoint_group"
                                                    + " in access exclusive mode");
                            Thread.ofVirtual().start(look);
                            try {
                                return look.get(5, TimeUnit.SECONDS).equals(List.of(endpoint));
                            } catch (TimeoutException e) {
                                return false;
                            } catch (InterruptedException | ExecutionException e) {
                                throw new AssertionError(e);
                            }
                        });
    }

    @Test
    void aGroupGivesTheEndpointsThatMeetAllItsFilters() {
        String project = keystone.project("filtered");
        keystone.grant(keystone.user("user", "pw"), project, "reader");
        String token = userToken();
        String group =
                group("{'interface': 'internal', 'service_id': '" + service("compute") + "'}");
        keystone.put(admin, givenGroup(project, group)).expect(204);
        String internal = endpoint("compute", "internal");
        assertThat(seen(token)).containsExactly(internal);
        assertThat(listed("/OS-EP-FILTER/endpoint_groups/" + group + "/endpoints", "endpoints"))
                .containsExactly(internal);
        assertThat(listed("/OS-EP-FILTER/projects/" + project + "/endpoints", "endpoints"))
                .containsExactly(internal);
        keystone.put(admin, given(project, endpoint("compute", "public"))).expect(204);
        assertThat(seen(token)).hasSize(2);
        keystone.patch(
                        admin,
                        "/OS-EP-FILTER/endpoint_groups/" + group,
                        "{'endpoint_group': {'filters': {'region_id': 'RegionOne'}}}")
                .expect(200);
        assertThat(seen(token)).hasSizeGreaterThan(5);
        keystone.delete(admin, "/OS-EP-FILTER/endpoint_groups/" + group).expect(204);
        assertThat(seen(token)).hasSize(1);
    }

    @Test
    void aDisabledEndpointIsAFilterButIsNotShown() {
        String project = keystone.project("filtered");
        keystone.grant(keystone.user("user", "pw"), project, "reader");
        String off =
                keystone.post(
                                admin,
                                "/endpoints",
                                "{'endpoint': {'service_id': '"
                                        + service("compute")
                                        + "', 'interface': 'public', 'url': 'http://off', 'enabled':"
                                        + " false}}")
                        .expect(201)
                        .text("/endpoint/id");
        String group = group("{'enabled': false}");
        keystone.put(admin, givenGroup(project, group)).expect(204);
        assertThat(listed("/OS-EP-FILTER/projects/" + project + "/endpoints", "endpoints"))
                .containsExactly(off);
        assertThat(seen(userToken())).isEmpty();
        keystone.delete(admin, "/endpoints/" + off).expect(204);
        assertThat(seen(userToken())).isNotEmpty();
    }

    @Test
    void whereNothingIsShownUnlessGivenOthersSeeNothing() {
        keystone.close();
        keystone = Keystone.withFilteredEndpointsOnly();
        admin = keystone.admin();
        String project = keystone.get(admin, "/auth/projects").text("/projects/0/id");
        assertThat(seen(admin)).isEmpty();
        String system = keystone.token("admin", "secret", "{'system': {'all': true}}");
        assertThat(seen(system)).isEmpty();
        String compute = endpoint("compute", "public");
        keystone.put(admin, given(project, compute)).expect(204);
        assertThat(seen(admin)).containsExactly(compute);
        assertThat(seen(system)).isEmpty();
    }

    @Test
    void whatAProjectWasGivenIsListedFromBothSides() {
        String project = keystone.project("filtered");
        String compute = endpoint("compute", "public");
        keystone.get(admin, given(project, compute)).expect(404);
        keystone.put(admin, given(project, compute)).expect(204);
        keystone.put(admin, given(project, compute)).expect(409);
        keystone.as(admin, "HEAD", given(project, compute)).send().expect(204);
        assertThat(listed("/OS-EP-FILTER/endpoints/" + compute + "/projects", "projects"))
                .containsExactly(project);
        String group = group("{'interface': 'admin'}");
        String of = "/OS-EP-FILTER/endpoint_groups/" + group;
        keystone.get(admin, givenGroup(project, group)).expect(404);
        keystone.put(admin, givenGroup(project, group)).expect(204);
        keystone.put(admin, givenGroup(project, group)).expect(409);
        assertThat(
                        keystone.get(admin, givenGroup(project, group))
                                .expect(200)
                                .text("/project_endpoint_group/project_id"))
                .isEqualTo(project);
        assertThat(listed(of + "/projects", "projects")).containsExactly(project);
        assertThat(
                        listed(
                                "/OS-EP-FILTER/projects/" + project + "/endpoint_groups",
                                "endpoint_groups"))
                .containsExactly(group);
        keystone.delete(admin, "/projects/" + project).expect(204);
        assertThat(listed("/OS-EP-FILTER/endpoints/" + compute + "/projects", "projects"))
                .isEmpty();
        assertThat(listed(of + "/projects", "projects")).isEmpty();
    }

    @Test
    void onlyWhatThereIsCanBeGiven() {
        String project = keystone.project("filtered");
        String compute = endpoint("compute", "public");
        String group = group("{'interface': 'admin'}");
        keystone.put(admin, given("none", compute)).expect(404);
        keystone.put(admin, given("default", compute)).expect(404);
        keystone.put(admin, given(project, "none")).expect(404);
        keystone.put(admin, givenGroup("none", group)).expect(404);
        keystone.put(admin, givenGroup(project, "none")).expect(404);
        keystone.delete(admin, given(project, compute)).expect(404);
        keystone.delete(admin, givenGroup(project, group)).expect(404);
    }

    @Test
    void aGroupHasANameAndFiltersThatThereAre() {
        for (String wrong :
                List.of(
                        "{}",
                        "{'colour': 'red'}",
                        "{'interface': 'side'}",
                        "{'interface': 1}",
                        "{'enabled': 'yes'}",
                        "{'service_id': null}")) {
            make(wrong).expect(400);
        }
        String group = group("{'region_id': null}");
        String one = "/OS-EP-FILTER/endpoint_groups/" + group;
        keystone.patch(admin, one, "{'endpoint_group': {'filters': {'colour': 'red'}}}")
                .expect(400);
        keystone.patch(admin, one, "{'endpoint_group': {'name': null}}").expect(400);
        keystone.patch(admin, one, "{'endpoint_group': {}}").expect(400);
        keystone.patch(admin, one, "{'endpoint_group': {'description': 'd'}}").expect(200);
        assertThat(keystone.get(admin, one).text("/endpoint_group/description")).isEqualTo("d");
        assertThat(listed("/OS-EP-FILTER/endpoint_groups?name=group", "endpoint_groups"))
                .containsExactly(group);
        assertThat(listed("/OS-EP-FILTER/endpoint_groups?name=none", "endpoint_groups")).isEmpty();
        keystone.get(admin, "/OS-EP-FILTER/endpoint_groups/none/projects").expect(404);
    }

    private String userToken() {
        return keystone.token(
                "user", "pw", "{'project': {'name': 'filtered', 'domain': {'id': 'default'}}}");
    }

    private static String given(String project, String endpoint) {
        return "/OS-EP-FILTER/projects/" + project + "/endpoints/" + endpoint;
    }

    private static String givenGroup(String project, String group) {
        return "/OS-EP-FILTER/endpoint_groups/" + group + "/projects/" + project;
    }

    private String group(String filters) {
        return make(filters).expect(201).text("/endpoint_group/id");
    }

    private cloud.welkin.testing.ApiTester.Response make(String filters) {
        return keystone.post(
                admin,
                "/OS-EP-FILTER/endpoint_groups",
                "{'endpoint_group': {'name': 'group', 'filters': " + filters + "}}");
    }

    private String service(String type) {
        return keystone.get(admin, "/services?type=" + type).text("/services/0/id");
    }

    private String endpoint(String type, String side) {
        return keystone.get(admin, "/endpoints?service_id=" + service(type) + "&interface=" + side)
                .text("/endpoints/0/id");
    }

    private List<String> listed(String path, String what) {
        return keystone.get(admin, path).expect(200).json().at("/" + what).findValuesAsString("id");
    }

    private List<String> issued() {
        return ids(
                keystone.login(
                                "admin",
                                "secret",
                                "{'project': {'name': 'admin', 'domain': {'id': 'default'}}}")
                        .json()
                        .at("/token/catalog"));
    }

    private List<String> seen(String token) {
        return ids(keystone.get(token, "/auth/catalog").expect(200).json().at("/catalog"));
    }

    /** The endpoints' ids of a catalogue. */
    private static List<String> ids(JsonNode catalog) {
        List<String> ids = new ArrayList<>();
        catalog.forEach(
                service -> service.get("endpoints").forEach(e -> ids.add(e.get("id").asString())));
        return ids;
    }
}
