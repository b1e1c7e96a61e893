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
    void anAggregateWithAZonePutsItsHostsThere() {
        String aggregate = admin("", "{'aggregate': {'name': 'fast'}}", 200).text("/aggregate/id");
        admin("", "{'aggregate': {'name': 'fast'}}", 409);
        admin("", "{'aggregate': {'name': ''}}", 400);
        String act = "/" + aggregate + "/action";
        admin(act, "{'add_host': {'host': 'host2'}}", 200);
        admin(act, "{'add_host': {'host': 'host2'}}", 409);
        admin(act, "{'add_host': {'host': 'nowhere'}}", 404);
        admin(act, "{'set_metadata': {'metadata': {'availability_zone': 'z2', 'ssd': 'y'}}}", 200);
        admin(act, "{'set_metadata': {'metadata': {'availability_zone': null}}}", 400);
        assertThat(
                        admin(act, "{'set_metadata': {'metadata': {'ssd': null}}}", 200)
                                .text("/aggregate/metadata"))
                .doesNotContain("ssd");
        assertThat(cloud.get("/os-availability-zone").text("/availabilityZoneInfo/1/zoneName"))
                .isEqualTo("z2");
        String there =
                boot("42", "'networks': 'none', 'availability_zone': 'z2'")
                        .expect(202)
                        .text("/server/id");
        cloud.settle();
        assertThat(cloud.get("/servers/" + there).text("/server/OS-EXT-AZ:availability_zone"))
                .isEqualTo("z2");
        admin(act, "{'set_metadata': {'metadata': {'availability_zone': 'z3'}}}", 400);
        admin(act, "{'remove_host': {'host': 'host2'}}", 409);
        admin(act, "{'remove_host': {'host': 'host1'}}", 404);
        cloud.delete("/servers/" + there).expect(204);
        cloud.settle();
        cloud.api
                .delete(CloudFixture.C + "/os-aggregates/" + aggregate)
                .by(cloud.admin)
                .send()
                .expect(400);
        admin(act, "{'remove_host': {'host': 'host2'}}", 200);
        cloud.api
                .delete(CloudFixture.C + "/os-aggregates/" + aggregate)
                .by(cloud.admin)
                .send()
                .expect(200);
        boot("42", "'networks': 'none', 'availability_zone': 'z2'").expect(400);
    }

    @Test
    void aHostIsInOneZoneOnly() {
        String one =
                admin("", "{'aggregate': {'name': 'one', 'availability_zone': 'z1'}}", 200)
                        .text("/aggregate/id");
        String two =
                admin("", "{'aggregate': {'name': 'two', 'availability_zone': 'z2'}}", 200)
                        .text("/aggregate/id");
        admin("/" + one + "/action", "{'add_host': {'host': 'host1'}}", 200);
        admin("/" + two + "/action", "{'add_host': {'host': 'host1'}}", 409);
        cloud.get("/os-aggregates").expect(403);
    }

    private Response admin(String path, String json, int status) {
        return cloud.api
                .post(CloudFixture.C + "/os-aggregates" + path)
                .by(cloud.admin)
                .json(json)
                .send()
                .expect(status);
    }
}
