package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which host a server comes to, and what becomes of one for which there is none. */
class PlacingServersTest {
    @TempDir Path home;
    private CloudFixture cloud;
    private String image;

    @BeforeEach
    void open() {
        cloud = new CloudFixture(home, 2);
        image = cloud.image();
    }

    @AfterEach
    void everyInvariantHolds() {
        try {
            assertThat(cloud.findings()).isEmpty();
        } finally {
            cloud.close();
        }
    }

    private Response boot(String flavor, String more) {
        return cloud.post(
                "/servers",
                "{'server': {'name': 'one', 'flavorRef': '"
                        + flavor
                        + "', 'imageRef': '"
                        + image
                        + "', "
                        + more
                        + "}}");
    }

    @Test
    void aServerWithoutAHostIsInErrorAndHoldsNothing() {
        String network = cloud.network("net", "10.1.0.0/24");
        cloud.api
                .post(CloudFixture.C + "/flavors")
                .by(cloud.admin)
                .json(
                        "{'flavor': {'name': 'huge', 'id': 'huge', 'ram': 1048576, 'vcpus': 1,"
                                + " 'disk': 1}}")
                .send()
                .expect(200);
        cloud.api
                .put(CloudFixture.C + "/os-quota-sets/" + cloud.member.requireProject())
                .by(cloud.admin)
                .json("{'quota_set': {'ram': -1}}")
                .send()
                .expect(200);
        String id =
                boot("huge", "'networks': [{'uuid': '" + network + "'}], 'config_drive': true")
                        .expect(202)
                        .text("/server/id");
        Response shown = cloud.get("/servers/" + id).expect(200);
        assertThat(shown.text("/server/status")).isEqualTo("ERROR");
        assertThat(shown.text("/server/fault/message"))
                .isEqualTo("No valid host was found. There are not enough hosts available.");
        assertThat(shown.text("/server/hostId")).isEmpty();
        Response actions = cloud.get("/servers/" + id + "/os-instance-actions").expect(200);
        assertThat(actions.text("/instanceActions/0/message")).isEqualTo("Error");
        assertThat(
                        cloud.api
                                .get("/network/v2.0/ports?device_id=" + id)
                                .by(cloud.member)
                                .send()
                                .json()
                                .at("/ports")
                                .size())
                .isZero();
        for (String action : new String[] {"{'os-start': null}", "{'reboot': {'type': 'HARD'}}"}) {
            cloud.act(id, action).expect(409);
        }
        cloud.act(id, "{'os-getConsoleOutput': {}}").expect(409);
        cloud.api
                .get(CloudFixture.C + "/servers/detail?all_tenants=1&status=ERROR")
                .by(cloud.admin)
                .send()
                .expect(200);
        cloud.delete("/servers/" + id).expect(204);
        assertThat(cloud.status(id)).isEqualTo("gone");
        assertThat(cloud.get("/limits").text("/limits/absolute/totalInstancesUsed")).isEqualTo("0");
    }

    @Test
    void membersOfAnAntiAffineGroupBeyondTheHostsAreInError() {
        String group =
                cloud.post(
                                "/os-server-groups",
                                "{'server_group': {'name': 'apart', 'policy': 'anti-affinity'}}")
                        .expect(200)
                        .text("/server_group/id");
        for (String status : new String[] {"ACTIVE", "ACTIVE", "ERROR"}) {
            String id =
                    cloud.post(
                                    "/servers",
                                    "{'server': {'name': 'x', 'flavorRef': '42', 'networks': 'none',"
                                            + " 'imageRef': '"
                                            + image
                                            + "'}, 'os:scheduler_hints': {'group': '"
                                            + group
                                            + "'}}")
                            .expect(202)
                            .text("/server/id");
            cloud.settle();
            assertThat(cloud.status(id)).isEqualTo(status);
        }
    }

    @Test
    void limitsOfOneUserAreRefusedInPlaceOfLimitingTheProject() {
        String set = CloudFixture.C + "/os-quota-sets/" + cloud.member.requireProject();
        cloud.api
                .put(set + "?user_id=someone")
                .by(cloud.admin)
                .json("{'quota_set': {'ram': 1}}")
                .send()
                .expect(400);
        cloud.api
                .put(set)
                .by(cloud.admin)
                .json("{'quota_set': {'cores': 7, 'fixed_ips': 3}}")
                .send()
                .expect(200);
        cloud.api.delete(set + "?user_id=someone").by(cloud.admin).send().expect(202);
        Response old = cloud.api.get(set).by(cloud.admin).send().expect(200);
        assertThat(old.text("/quota_set/cores")).isEqualTo("7");
        assertThat(old.text("/quota_set/fixed_ips")).isEqualTo("3");
        Response recent = cloud.get("/os-quota-sets/" + cloud.member.requireProject());
        assertThat(recent.json().at("/quota_set").has("fixed_ips")).isFalse();
    }

    @Test
    void otherServicesTellOfEventsOfServers() {
        String id = boot("42", "'networks': 'none'").expect(202).text("/server/id");
        cloud.settle();
        var service = cloud.callers.inNewProject("service");
        String events = CloudFixture.C + "/os-server-external-events";
        String told = "{'events': [{'name': 'network-changed', 'server_uuid': '%s'}]}";
        cloud.api.post(events).by(service).json(told.formatted(id)).send().expect(200);
        Response partly =
                cloud.api
                        .post(events)
                        .by(service)
                        .json(told.formatted(java.util.UUID.randomUUID()))
                        .send()
                        .expect(207);
        assertThat(partly.text("/events/0/code")).isEqualTo("404");
        cloud.api
                .post(events)
                .by(service)
                .json(told.formatted(id).replace("changed", "odd"))
                .send()
                .expect(400);
        cloud.api.post(events).by(cloud.member).json(told.formatted(id)).send().expect(403);
    }
}
