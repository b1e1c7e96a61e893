package cloud.welkin.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SubnetPoolsTest {
    private static final NetworkCloud cloud = new NetworkCloud();

    @AfterAll
    static void close() {
        assertThat(cloud.findings()).isEmpty();
        cloud.close();
    }

    private static String pool(String more) {
        return cloud.post(
                        cloud.member,
                        "/subnetpools",
                        "{'subnetpool': {'name': 'pool'" + more + "}}")
                .expect(201)
                .text("/subnetpool/id");
    }

    private static cloud.welkin.testing.ApiTester.Response cut(String network, String more) {
        return cloud.post(
                cloud.member,
                "/subnets",
                "{'subnet': {'network_id': '" + network + "', 'ip_version': 4" + more + "}}");
    }

    @Test
    void aPoolIsMadeShownChangedAndDeleted() {
        String id = pool(", 'prefixes': ['10.0.1.0/24', '10.0.0.0/24']");
        var shown = cloud.get(cloud.member, "/subnetpools/" + id).expect(200);
        assertThat(shown.text("/subnetpool/prefixes/0")).isEqualTo("10.0.0.0/23");
        assertThat(shown.text("/subnetpool/default_prefixlen")).isEqualTo("8");
        assertThat(shown.text("/subnetpool/max_prefixlen")).isEqualTo("32");
        cloud.get(cloud.other, "/subnetpools/" + id).expect(404);
        cloud.put(
                        cloud.member,
                        "/subnetpools/" + id,
                        "{'subnetpool': {'prefixes': ['10.0.0.0/24']}}")
                .expect(400);
        assertThat(
                        cloud.put(
                                        cloud.member,
                                        "/subnetpools/" + id,
                                        "{'subnetpool': {'prefixes': ['10.0.0.0/22'], 'name': 'b'}}")
                                .expect(200)
                                .text("/subnetpool/prefixes/0"))
                .isEqualTo("10.0.0.0/22");
        cloud.put(cloud.member, "/subnetpools/" + id + "/tags", "{'tags': ['red']}").expect(200);
        assertThat(cloud.get(cloud.member, "/subnetpools?tags=red").json().at("/subnetpools"))
                .hasSize(1);
        cloud.delete(cloud.member, "/subnetpools/" + id).expect(204);
        cloud.get(cloud.member, "/subnetpools/" + id).expect(404);
    }

    @Test
    void subnetsAreCutOfAPoolUntilItIsFull() {
        String id = pool(", 'prefixes': ['10.7.0.0/24'], 'default_prefixlen': 25");
        String from = ", 'subnetpool_id': '" + id + "'";
        var one = cut(cloud.network(cloud.member), from).expect(201);
        assertThat(one.text("/subnet/cidr")).isEqualTo("10.7.0.0/25");
        assertThat(one.text("/subnet/subnetpool_id")).isEqualTo(id);
        assertThat(one.text("/subnet/gateway_ip")).isEqualTo("10.7.0.1");
        cut(cloud.network(cloud.member), from + ", 'cidr': '10.7.0.64/26'").expect(409);
        cut(cloud.network(cloud.member), from + ", 'cidr': '10.7.0.128/26'").expect(201);
        String network = cloud.network(cloud.member);
        cut(network, from + ", 'prefixlen': 26").expect(201);
        assertThat(cut(network, from + ", 'prefixlen': 28").expect(409).text("/NeutronError/type"))
                .isEqualTo("SubnetAllocationError");
        assertThat(
                        cloud.delete(cloud.member, "/subnetpools/" + id)
                                .expect(400)
                                .text("/NeutronError/type"))
                .isEqualTo("SubnetPoolDeleteError");
    }

    @Test
    void theQuotaOfAPoolIsKept() {
        String id =
                pool(
                        ", 'prefixes': ['10.8.0.0/16'], 'default_prefixlen': 26, 'default_quota': 100");
        String from = ", 'subnetpool_id': '" + id + "'";
        cut(cloud.network(cloud.member), from).expect(201);
        assertThat(cut(cloud.network(cloud.member), from).expect(409).text("/NeutronError/type"))
                .isEqualTo("SubnetPoolQuotaExceeded");
    }

    @Test
    void subnetsOfANetworkComeFromOnePool() {
        String network = cloud.network(cloud.member);
        cloud.subnet(cloud.member, network, "10.1.0.0/24");
        String id = pool(", 'prefixes': ['10.9.0.0/16'], 'default_prefixlen': 26");
        assertThat(
                        cut(network, ", 'subnetpool_id': '" + id + "'")
                                .expect(400)
                                .text("/NeutronError/type"))
                .isEqualTo("NetworkSubnetPoolAffinityError");
    }

    @Test
    void onlyAdminsShareAPoolAndMakeItTheDefault() {
        String body = "{'subnetpool': {'name': 'p', 'prefixes': ['10.5.0.0/16'],";
        cloud.post(cloud.member, "/subnetpools", body + "'shared': true}}").expect(403);
        cloud.post(cloud.member, "/subnetpools", body + "'is_default': true}}").expect(403);
        String unserved = ", 'use_default_subnetpool': true, 'prefixlen': 24";
        cut(cloud.network(cloud.member), unserved).expect(400);
        String id =
                cloud.post(
                                cloud.admin,
                                "/subnetpools",
                                body + "'shared': true, 'is_default': true}}")
                        .expect(201)
                        .text("/subnetpool/id");
        cloud.post(cloud.admin, "/subnetpools", body + "'is_default': true}}").expect(400);
        assertThat(
                        cut(cloud.network(cloud.member), unserved)
                                .expect(201)
                                .text("/subnet/subnetpool_id"))
                .isEqualTo(id);
        cloud.get(cloud.other, "/subnetpools/" + id).expect(200);
        cloud.put(cloud.other, "/subnetpools/" + id, "{'subnetpool': {'name': 'x'}}").expect(403);
    }
}
