package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerPortsTest {
    @TempDir Path home;
    private CloudFixture cloud;
    private String network;
    private String plain;

    @BeforeEach
    void open() {
        cloud = new CloudFixture(home, 1);
        network = cloud.network("net", "10.1.0.0/24");
        plain = "'imageRef': '%s', 'networks': [{'uuid': '%s'}]".formatted(cloud.image(), network);
    }

    @AfterEach
    void everyInvariantHolds() {
        try {
            assertThat(cloud.findings()).isEmpty();
        } finally {
            cloud.close();
        }
    }

    @Test
    void securityGroupsAreGivenToAServersPortsAndTakenBack() {
        String id = cloud.booted(plain);
        cloud.api
                .post("/network/v2.0/security-groups")
                .by(cloud.member)
                .json("{'security_group': {'name': 'web'}}")
                .send()
                .expect(201);
        assertThat(
                        cloud.api
                                .get("/compute/v2.1/os-security-groups")
                                .by(cloud.member)
                                .send()
                                .expect(200)
                                .json()
                                .at("/security_groups")
                                .findValuesAsString("name"))
                .contains("default", "web");
        cloud.get("/os-security-groups").expect(404);
        cloud.act(id, "{'addSecurityGroup': {'name': 'web'}}").expect(202);
        assertThat(groupsOf(id)).contains("default", "web");
        cloud.act(id, "{'removeSecurityGroup': {'name': 'web'}}").expect(202);
        assertThat(groupsOf(id)).contains("default").doesNotContain("web");
        cloud.act(id, "{'removeSecurityGroup': {'name': 'web'}}").expect(404);
        cloud.act(id, "{'addSecurityGroup': {'name': 'unknown'}}").expect(404);
    }

    private String groupsOf(String id) {
        return cloud.get("/servers/" + id).json().at("/server/security_groups").toString();
    }

    @Test
    void oldClientsGiveAndTakeFixedAddresses() {
        String id = cloud.booted(plain);
        oldAct(id, "{'addFixedIp': {'networkId': '" + network + "'}}").expect(202);
        Response shown = cloud.get("/servers/" + id);
        assertThat(shown.json().at("/server/addresses/net").size()).isEqualTo(2);
        String second = shown.text("/server/addresses/net/1/addr");
        String remove = "{'removeFixedIp': {'address': '" + second + "'}}";
        oldAct(id, remove).expect(202);
        assertThat(cloud.get("/servers/" + id).json().at("/server/addresses/net").size())
                .isEqualTo(1);
        oldAct(id, remove).expect(400);
        cloud.act(id, remove).expect(400);
    }

    private Response oldAct(String id, String json) {
        return cloud.api
                .post("/compute/v2.1/servers/" + id + "/action")
                .by(cloud.member)
                .json(json)
                .send();
    }
}
