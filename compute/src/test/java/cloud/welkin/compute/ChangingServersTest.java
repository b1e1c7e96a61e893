package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rebuilds, and what lists are narrowed by. */
class ChangingServersTest {
    @TempDir Path home;
    private CloudFixture cloud;
    private String image;
    private String id;

    @BeforeEach
    void open() {
        cloud = new CloudFixture(home, 1);
        image = cloud.image();
        String network = cloud.network("net", "10.1.0.0/24");
        id =
                cloud.booted(
                        "'imageRef': '"
                                + image
                                + "', 'networks': [{'uuid': '"
                                + network
                                + "'}], 'config_drive': true, 'accessIPv6': '::babe:220.12.22.2'");
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
    void aRebuiltServerKeepsItsAddressAndHasANewDisk() {
        String address = cloud.get("/servers/" + id).text("/server/addresses/net/0/addr");
        String other = cloud.image();
        Response rebuilt =
                cloud.act(
                                id,
                                "{'rebuild': {'imageRef': '"
                                        + other
                                        + "', 'name': 'anew', 'metadata': {'a': 'b'},"
                                        + " 'description': 'again', 'adminPass': 'secret'}}")
                        .expect(202);
        assertThat(rebuilt.text("/server/status")).isEqualTo("REBUILD");
        assertThat(rebuilt.text("/server/adminPass")).isEqualTo("secret");
        cloud.settle();
        Response shown = cloud.get("/servers/" + id);
        assertThat(shown.text("/server/status")).isEqualTo("ACTIVE");
        assertThat(shown.text("/server/name")).isEqualTo("anew");
        assertThat(shown.text("/server/image/id")).isEqualTo(other);
        assertThat(shown.text("/server/metadata/a")).isEqualTo("b");
        assertThat(shown.text("/server/addresses/net/0/addr")).isEqualTo(address);
        assertThat(password()).isZero();
    }

    private int password() {
        return cloud.database
                .database()
                .read(
                        tx ->
                                tx.sql()
                                        .fetch(
                                                "select 1 from compute.server where admin_pass is"
                                                        + " not null")
                                        .size());
    }

    @Test
    void aStoppedServerIsStoppedAgainAfterItsRebuild() {
        cloud.act(id, "{'os-stop': null}").expect(202);
        cloud.settle();
        cloud.act(id, "{'rebuild': {'imageRef': '" + image + "'}}").expect(202);
        cloud.settle();
        assertThat(cloud.status(id)).isEqualTo("SHUTOFF");
    }

    @Test
    void aRebuildThatCannotBeIsRefusedAndChangesNothing() {
        String before = cloud.get("/servers/" + id).text("/server/updated");
        for (String body :
                new String[] {
                    "{}",
                    "{'imageRef': 'x'}",
                    "{'imageRef': '" + UUID.randomUUID() + "'}",
                    "{'imageRef': '" + image + "', 'preserve_ephemeral': true}",
                    "{'imageRef': '" + image + "', 'key_name': 'none'}",
                    "{'imageRef': '" + image + "', 'name': ' '}",
                    "{'imageRef': '" + image + "', 'user_data': '%'}",
                    "{'imageRef': '" + image + "', 'unknown': 1}",
                    "null",
                }) {
            assertThat(cloud.act(id, "{'rebuild': " + body + "}").status()).as(body).isEqualTo(400);
        }
        cloud.act(UUID.randomUUID().toString(), "{'rebuild': {'imageRef': '" + image + "'}}")
                .expect(404);
        cloud.act(UUID.randomUUID().toString(), "{'shelve': null}").expect(404);
        cloud.act(id, "{'shelve': null}").expect(400);
        cloud.act(id, "{'restore': null}").expect(409);
        assertThat(cloud.task(id)).isEmpty();
        assertThat(cloud.get("/servers/" + id).text("/server/updated")).isEqualTo(before);
    }

    @Test
    void updatesBefore275TellNothingOfWhatOnceWereExtensions() {
        Response old =
                cloud.api
                        .put(CloudFixture.C + "/servers/" + id)
                        .by(cloud.member)
                        .json("{'server': {'name': 'other'}}")
                        .send()
                        .expect(200);
        assertThat(old.json().at("/server").has("OS-EXT-STS:vm_state")).isFalse();
        assertThat(old.text("/server/accessIPv6")).isEqualTo("::babe:dc0c:1602");
        assertThat(old.headers()).containsKey("x-compute-request-id");
    }

    @Test
    void theConsolesLastLinesAreCountedAsNovaCounts() {
        assertThat(console("{'length': 2}")).isEqualTo("login:\n");
        assertThat(console("{'length': 0}")).isEmpty();
        assertThat(console("{'length': -1}")).isEqualTo("one\ntwo\nlogin:\n");
        assertThat(console("{}")).isEqualTo("one\ntwo\nlogin:\n");
    }

    private String console(String wanted) {
        return cloud.act(id, "{'os-getConsoleOutput': " + wanted + "}").expect(200).text("/output");
    }

    @Test
    void aRebuildTellsUserDataByItsOwnName() {
        Response rebuilt =
                cloud.api
                        .post(CloudFixture.C + "/servers/" + id + "/action")
                        .by(cloud.admin)
                        .header("OpenStack-API-Version", "compute 2.75")
                        .json("{'rebuild': {'imageRef': '" + image + "'}}")
                        .send()
                        .expect(202);
        assertThat(rebuilt.json().at("/server").has("OS-EXT-SRV-ATTR:host")).isTrue();
        assertThat(rebuilt.json().at("/server").has("user_data")).isTrue();
        assertThat(rebuilt.json().at("/server").has("OS-EXT-SRV-ATTR:user_data")).isFalse();
        cloud.settle();
    }

    @Test
    void listsAreNarrowedByWhatAdminsMayAskFor() {
        for (String one :
                new String[] {
                    "access_ip_v6=babe",
                    "launch_index=0",
                    "root_device_name=vda",
                    "progress=100",
                    "auto_disk_config=false",
                    "created_at=20..-",
                    "node=host1",
                    "kernel_id=",
                }) {
            assertThat(count(one)).as(one).isEqualTo(one.equals("kernel_id=") ? 0 : 1);
        }
        for (String none :
                new String[] {
                    "access_ip_v4=10",
                    "access_ip_v6=cafe",
                    "launch_index=1",
                    "root_device_name=sda",
                    "progress=^0$",
                    "auto_disk_config=true",
                    "launched_at=1999",
                    "ramdisk_id=a",
                    "locked_by=owner",
                }) {
            assertThat(count(none)).as(none).isZero();
        }
        cloud.get("/servers?sort_key=host").expect(403);
        admin("metadata=x").expect(400);
        admin("changes-since=2030-01-01&changes-before=2020-01-01").expect(400);
        assertThat(cloud.get("/servers?access_ip_v4=10").json().at("/servers").size())
                .as("members' own filters are passed over")
                .isEqualTo(1);
    }

    private int count(String query) {
        return admin(query).expect(200).json().at("/servers").size();
    }

    private Response admin(String query) {
        return cloud.api
                .get(CloudFixture.C + "/servers?all_tenants=1&" + query)
                .by(cloud.admin)
                .header("OpenStack-API-Version", "compute latest")
                .send();
    }
}
