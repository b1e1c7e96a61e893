package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServicePoliciesTest {
    private final Keystone keystone = new Keystone();
    private final String admin = keystone.admin();
    private final String service =
            keystone.post(admin, "/services", "{'service': {'type': 'stars', 'name': 'lyra'}}")
                    .expect(201)
                    .text("/service/id");

    @AfterEach
    void close() {
        keystone.close();
    }

    @Test
    void aPolicyIsKeptAsItWasGiven() {
        String id = policy("{}");
        String one = "/policies/" + id;
        assertThat(keystone.get(admin, "/policies?type=other/type").json().at("/policies"))
                .isEmpty();
        assertThat(keystone.get(admin, "/policies?type=text/plain").text("/policies/0/id"))
                .isEqualTo(id);
        var changed =
                keystone.patch(admin, one, "{'policy': {'blob': 'new', 'colour': 'red'}}")
                        .expect(200);
        assertThat(changed.text("/policy/blob")).isEqualTo("new");
        assertThat(changed.text("/policy/type")).isEqualTo("text/plain");
        assertThat(keystone.get(admin, one).expect(200).text("/policy/colour")).isEqualTo("red");
        keystone.patch(admin, one, "{'policy': {'id': 'another'}}").expect(400);
        keystone.patch(admin, one, "{'policy': {'blob': null}}").expect(400);
        keystone.patch(admin, one, "{'policy': {}}").expect(400);
        keystone.delete(admin, one).expect(204);
        keystone.get(admin, one).expect(404);
    }

    @Test
    void policiesArePagedByLimitAndMarker() {
        policy("1");
        policy("2");
        var first = keystone.get(admin, "/policies?limit=1").expect(200);
        assertThat(first.json().at("/policies")).hasSize(1);
        String next = first.text("/links/next");
        var second = keystone.get(admin, next.substring(next.indexOf("/policies")));
        assertThat(second.json().at("/policies")).hasSize(1);
        assertThat(second.text("/policies/0/id")).isNotEqualTo(first.text("/policies/0/id"));
    }

    @Test
    void anEndpointsPolicyIsItsOwnElseItsRegionsElseItsServices() {
        region("outer", "");
        region("inner", ", 'parent_region_id': 'outer'");
        String endpoint = endpoint("inner");
        String ofService = policy("service");
        String ofOuter = policy("outer");
        String ofInner = policy("inner");
        String ofEndpoint = policy("endpoint");
        keystone.get(admin, effective(endpoint)).expect(404);
        associate(ofService, "/services/" + service);
        assertThat(effectivePolicy(endpoint)).isEqualTo(ofService);
        associate(ofOuter, "/services/" + service + "/regions/outer");
        assertThat(effectivePolicy(endpoint)).isEqualTo(ofOuter);
        associate(ofInner, "/services/" + service + "/regions/inner");
        assertThat(effectivePolicy(endpoint)).isEqualTo(ofInner);
        associate(ofEndpoint, "/endpoints/" + endpoint);
        assertThat(effectivePolicy(endpoint)).isEqualTo(ofEndpoint);
        keystone.as(admin, "HEAD", effective(endpoint)).send().expect(200);
    }

    @Test
    void aThingHasOnePolicyAndANewOneTakesItsPlace() {
        String first = policy("1");
        String second = policy("2");
        associate(first, "/services/" + service);
        check(first, "/services/" + service, 204);
        check(second, "/services/" + service, 404);
        associate(second, "/services/" + service);
        check(first, "/services/" + service, 404);
        check(second, "/services/" + service, 204);
        keystone.delete(admin, associations(first) + "/services/" + service).expect(204);
        check(second, "/services/" + service, 204);
        keystone.delete(admin, associations(second) + "/services/" + service).expect(204);
        check(second, "/services/" + service, 404);
    }

    @Test
    void aPolicyOfAServiceIsNotThatOfTheServiceInARegion() {
        region("here", "");
        String policy = policy("1");
        associate(policy, "/services/" + service + "/regions/here");
        check(policy, "/services/" + service, 404);
        check(policy, "/services/" + service + "/regions/here", 204);
    }

    @Test
    void theEndpointsOfAPolicyAreThoseItIsForByAnyWay() {
        region("outer", "");
        region("inner", ", 'parent_region_id': 'outer'");
        region("elsewhere", "");
        String inner = endpoint("inner");
        String outer = endpoint("outer");
        String elsewhere = endpoint("elsewhere");
        String policy = policy("1");
        keystone.get(admin, associations(policy) + "/policy").expect(404);
        associate(policy, "/services/" + service + "/regions/outer");
        assertThat(endpointsOf(policy)).containsExactlyInAnyOrder(inner, outer);
        associate(policy, "/endpoints/" + elsewhere);
        assertThat(endpointsOf(policy)).containsExactlyInAnyOrder(inner, outer, elsewhere);
        keystone.get(admin, associations(policy) + "/policy").expect(200);
    }

    @Test
    void whatIsGoneHasNoPolicyAnyMore() {
        region("here", "");
        String policy = policy("1");
        String endpoint = endpoint("here");
        associate(policy, "/endpoints/" + endpoint);
        associate(policy, "/services/" + service);
        keystone.delete(admin, "/services/" + service).expect(204);
        assertThat(endpointsOf(policy)).isEmpty();
        check(policy, "/endpoints/" + endpoint, 404);
        associate("none", "/services/" + service, 404);
        associate(policy, "/services/" + service, 404);
        associate(policy, "/endpoints/" + endpoint, 404);
    }

    @Test
    void certificatesOfSignedTokensAreGone() {
        keystone.api.get(Keystone.V3 + "/OS-SIMPLE-CERT/ca").send().expect(410);
        keystone.api.get(Keystone.V3 + "/OS-SIMPLE-CERT/certificates").send().expect(410);
        keystone.api.get(Keystone.V3 + "/auth/tokens/OS-PKI/revoked").send().expect(410);
    }

    private String policy(String blob) {
        return keystone.post(
                        admin,
                        "/policies",
                        "{'policy': {'type': 'text/plain', 'blob': '" + blob + "'}}")
                .expect(201)
                .text("/policy/id");
    }

    private void region(String id, String more) {
        keystone.post(admin, "/regions", "{'region': {'id': '" + id + "'" + more + "}}")
                .expect(201);
    }

    private String endpoint(String region) {
        return keystone.post(
                        admin,
                        "/endpoints",
                        "{'endpoint': {'service_id': '"
                                + service
                                + "', 'interface': 'public', 'url': 'http://lyra', 'region_id': '"
                                + region
                                + "'}}")
                .expect(201)
                .text("/endpoint/id");
    }

    private static String associations(String policy) {
        return "/policies/" + policy + "/OS-ENDPOINT-POLICY";
    }

    private static String effective(String endpoint) {
        return "/endpoints/" + endpoint + "/OS-ENDPOINT-POLICY/policy";
    }

    private String effectivePolicy(String endpoint) {
        return keystone.get(admin, effective(endpoint)).expect(200).text("/policy/id");
    }

    private java.util.List<String> endpointsOf(String policy) {
        return keystone.get(admin, associations(policy) + "/endpoints")
                .expect(200)
                .json()
                .at("/endpoints")
                .findValuesAsString("id");
    }

    private void associate(String policy, String with) {
        associate(policy, with, 204);
    }

    private void associate(String policy, String with, int status) {
        keystone.put(admin, associations(policy) + with).expect(status);
    }

    private void check(String policy, String with, int status) {
        keystone.get(admin, associations(policy) + with).expect(status);
        keystone.as(admin, "HEAD", associations(policy) + with).send().expect(status);
    }
}
