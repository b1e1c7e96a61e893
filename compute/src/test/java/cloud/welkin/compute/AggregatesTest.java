package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AggregatesTest {
    private static final String PATH = "/compute/v2.1/os-aggregates";

    @TempDir Path home;
    private CloudFixture cloud;

    @BeforeEach
    void open() {
        cloud = new CloudFixture(home, 2);
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    @Test
    void anAggregateWithAZoneTakesItsHostsThereAndGivesThemBack() {
        String id = made("racks", "'east'");
        act(id, "{'add_host': {'host': 'host1'}}").expect(200);
        assertThat(zoneOf("host1")).isEqualTo("east");
        assertThat(zoneOf("host2")).isEqualTo("nova");
        act(id, "{'add_host': {'host': 'host1'}}").expect(409);
        act(id, "{'add_host': {'host': 'nowhere'}}").expect(404);
        Response shown = cloud.api.get(PATH + "/" + id).by(cloud.admin).send().expect(200);
        assertThat(shown.text("/aggregate/hosts/0")).isEqualTo("host1");
        assertThat(shown.text("/aggregate/metadata/availability_zone")).isEqualTo("east");
        cloud.api.delete(PATH + "/" + id).by(cloud.admin).send().expect(400);
        act(id, "{'remove_host': {'host': 'host1'}}").expect(200);
        act(id, "{'remove_host': {'host': 'host1'}}").expect(404);
        assertThat(zoneOf("host1")).isEqualTo("nova");
        cloud.api.delete(PATH + "/" + id).by(cloud.admin).send().expect(200);
        cloud.api.get(PATH + "/" + id).by(cloud.admin).send().expect(404);
    }

    @Test
    void aHostIsInOneZoneOnly() {
        String east = made("east", "'east'");
        String west = made("west", "'west'");
        String fast = made("fast", "null");
        act(east, "{'add_host': {'host': 'host1'}}").expect(200);
        act(west, "{'add_host': {'host': 'host1'}}").expect(409);
        act(fast, "{'add_host': {'host': 'host1'}}").expect(200);
        assertThat(zoneOf("host1")).isEqualTo("east");
        act(fast, "{'set_metadata': {'metadata': {'availability_zone': 'west'}}}").expect(409);
    }

    @Test
    void aHostWithServersKeepsItsZone() {
        cloud.booted(
                "'imageRef': '%s', 'networks': [{'uuid': '%s'}]"
                        .formatted(cloud.image(), cloud.network("net", "10.1.0.0/24")));
        String busy = cloud.hosts.getFirst().guests().isEmpty() ? "host2" : "host1";
        String id = made("east", "'east'");
        act(id, "{'add_host': {'host': '" + busy + "'}}").expect(409);
        assertThat(zoneOf(busy)).isEqualTo("nova");
    }

    @Test
    void metadataAndNameChangeAndNamesAreUnique() {
        String id = made("one", "null");
        made("two", "null");
        create("two", "null").expect(409);
        act(id, "{'set_metadata': {'metadata': {'disk': 'ssd', 'net': 'fast'}}}").expect(200);
        Response changed = act(id, "{'set_metadata': {'metadata': {'disk': null}}}").expect(200);
        assertThat(changed.json().at("/aggregate/metadata").toString())
                .isEqualTo("{\"net\":\"fast\"}");
        put(id, "{'aggregate': {'name': 'two'}}").expect(409);
        put(id, "{'aggregate': {}}").expect(400);
        assertThat(put(id, "{'aggregate': {'name': 'three'}}").expect(200).text("/aggregate/name"))
                .isEqualTo("three");
        cloud.api.get(PATH).by(cloud.member).send().expect(403);
    }

    private Response create(String name, String zone) {
        return cloud.api
                .post(PATH)
                .by(cloud.admin)
                .json(
                        "{'aggregate': {'name': '%s', 'availability_zone': %s}}"
                                .formatted(name, zone))
                .send();
    }

    private String made(String name, String zone) {
        return create(name, zone).expect(200).json().at("/aggregate/id").toString();
    }

    private Response put(String id, String json) {
        return cloud.api.put(PATH + "/" + id).by(cloud.admin).json(json).send();
    }

    private Response act(String id, String json) {
        return cloud.api.post(PATH + "/" + id + "/action").by(cloud.admin).json(json).send();
    }

    private String zoneOf(String host) {
        return cloud.api
                .get("/compute/v2.1/os-services?host=" + host)
                .by(cloud.admin)
                .send()
                .expect(200)
                .text("/services/0/zone");
    }
}
