package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.SimulatedHost;
import cloud.welkin.testing.ApiTester.Response;
import cloud.welkin.testing.Eventually;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersTest {
    @TempDir Path home;
    private CloudFixture cloud;
    private String image;
    private String network;

    @BeforeEach
    void open() {
        cloud = new CloudFixture(home, 1);
        image = cloud.image();
        network = cloud.network("net", "10.1.0.0/24");
    }

    @AfterEach
    void everyInvariantHolds() {
        try {
            assertThat(cloud.findings()).isEmpty();
        } finally {
            cloud.close();
        }
    }

    private String plain() {
        return "'imageRef': '" + image + "', 'networks': [{'uuid': '" + network + "'}]";
    }

    @Test
    void aServerBecomesActiveWithAnAddressAndGoesWithEverythingItHeld() {
        Response made = cloud.boot(plain()).expect(202);
        String id = made.text("/server/id");
        assertThat(made.text("/server/adminPass")).isNotEmpty();
        assertThat(cloud.status(id)).isEqualTo("BUILD");
        assertThat(cloud.task(id)).isEqualTo("spawning");
        cloud.settle();
        Response shown = cloud.get("/servers/" + id).expect(200);
        assertThat(shown.text("/server/status")).isEqualTo("ACTIVE");
        assertThat(shown.text("/server/addresses/net/0/addr")).startsWith("10.1.0.");
        assertThat(shown.text("/server/security_groups/0/name")).isEqualTo("default");
        assertThat(shown.text("/server/flavor/original_name")).isEqualTo("m1.nano");
        cloud.delete("/servers/" + id).expect(204);
        assertThat(cloud.task(id)).isEqualTo("deleting");
        cloud.settle();
        assertThat(cloud.status(id)).isEqualTo("gone");
        assertThat(cloud.hosts.getFirst().guests()).isEmpty();
        assertThat(
                        cloud.api
                                .get("/network/v2.0/ports?device_id=" + id)
                                .by(cloud.member)
                                .send()
                                .json()
                                .at("/ports")
                                .size())
                .isZero();
        assertThat(
                        cloud.get("/servers/" + id + "/os-instance-actions")
                                .expect(200)
                                .json()
                                .at("/instanceActions")
                                .size())
                .isEqualTo(2);
    }

    @Test
    void oldClientsSeeTheOldForm() {
        String id = cloud.booted(plain());
        Response old =
                cloud.api
                        .get(CloudFixture.C + "/servers/" + id)
                        .by(cloud.member)
                        .send()
                        .expect(200);
        assertThat(old.text("/server/flavor/id")).isEqualTo("42");
        assertThat(old.json().at("/server").has("tags")).isFalse();
        assertThat(old.json().at("/server").has("locked")).isFalse();
        assertThat(old.json().at("/server/image").has("properties")).isFalse();
        assertThat(cloud.get("/servers/" + id).json().at("/server/image").has("properties"))
                .isTrue();
    }

    @Test
    void anotherProjectsServerDoesNotExist() {
        String id = cloud.booted(plain());
        for (String path : new String[] {"", "/metadata", "/os-interface", "/ips"}) {
            cloud.api
                    .get(CloudFixture.C + "/servers/" + id + path)
                    .by(cloud.other)
                    .send()
                    .expect(404);
        }
        cloud.api
                .post(CloudFixture.C + "/servers/" + id + "/action")
                .by(cloud.other)
                .json("{'os-stop': null}")
                .send()
                .expect(404);
        cloud.api.delete(CloudFixture.C + "/servers/" + id).by(cloud.other).send().expect(404);
        assertThat(
                        cloud.api
                                .get(CloudFixture.C + "/servers/detail")
                                .by(cloud.other)
                                .send()
                                .expect(200)
                                .json()
                                .at("/servers")
                                .size())
                .isZero();
        cloud.api
                .get(CloudFixture.C + "/servers/detail?all_tenants=1")
                .by(cloud.other)
                .send()
                .expect(403);
        assertThat(
                        cloud.api
                                .get(CloudFixture.C + "/servers/detail?all_tenants=1")
                                .by(cloud.admin)
                                .send()
                                .expect(200)
                                .text("/servers/0/OS-EXT-SRV-ATTR:host"))
                .isEqualTo("host1");
    }

    @Test
    void powerGoesRoundAndWhatCannotBeIsRefused() {
        String id = cloud.booted(plain());
        go(id, "{'os-stop': null}", "SHUTOFF");
        cloud.act(id, "{'os-stop': null}").expect(409);
        go(id, "{'os-start': null}", "ACTIVE");
        go(id, "{'pause': null}", "PAUSED");
        go(id, "{'unpause': null}", "ACTIVE");
        go(id, "{'suspend': null}", "SUSPENDED");
        go(id, "{'resume': null}", "ACTIVE");
        go(id, "{'reboot': {'type': 'SOFT'}}", "ACTIVE");
        go(id, "{'reboot': {'type': 'HARD'}}", "ACTIVE");
        cloud.act(id, "{'reboot': {'type': 'odd'}}").expect(400);
        cloud.act(id, "{'nothing': null}").expect(400);
        cloud.act(id, "{}").expect(400);
        cloud.act(id, "{'lock': {'locked_reason': 'mine'}}").expect(202);
        cloud.api
                .post(CloudFixture.C + "/servers/" + id + "/action")
                .by(cloud.member)
                .json("{'os-stop': null}")
                .send()
                .expect(409);
        cloud.act(id, "{'unlock': null}").expect(202);
        go(id, "{'os-stop': null}", "SHUTOFF");
    }

    private void go(String id, String action, String status) {
        cloud.act(id, action).expect(202);
        cloud.settle();
        assertThat(cloud.status(id)).isEqualTo(status);
        assertThat(cloud.task(id)).isEmpty();
    }

    @Test
    void aGuestThatStopsByItselfStaysStoppedUntilItsOwnerStartsIt() {
        String id = cloud.booted(plain());
        SimulatedHost host = cloud.hosts.getFirst();
        assertThat(host.powerOff(UUID.fromString(id))).isTrue();
        assertThat(cloud.status(id)).isEqualTo("SHUTOFF");
        cloud.settle();
        host.look(true);
        assertThat(cloud.status(id)).isEqualTo("SHUTOFF");
        go(id, "{'os-start': null}", "ACTIVE");
    }

    @Test
    void aGuestThatCannotStartIsInErrorWithItsFaultAndAHardRebootTriesAgain() {
        SimulatedHost host = cloud.hosts.getFirst();
        host.failBy(
                new SimulatedHost.Faults() {
                    @Override
                    public Optional<ObservedGuest.Fault> start(DesiredGuest guest) {
                        return Optional.of(
                                new ObservedGuest.Fault(
                                        "DomainStart", "It did not start.", "", false));
                    }
                });
        String id = cloud.booted(plain());
        assertThat(cloud.status(id)).isEqualTo("ERROR");
        assertThat(cloud.get("/servers/" + id).text("/server/fault/message"))
                .isEqualTo("It did not start.");
        host.failBy(SimulatedHost.Faults.NONE);
        go(id, "{'reboot': {'type': 'HARD'}}", "ACTIVE");
        cloud.delete("/servers/" + id).expect(204);
        cloud.settle();
        assertThat(cloud.status(id)).isEqualTo("gone");
    }

    @Test
    void aServerBootsFromAVolumeMadeFromAnImageAndTakesItAlong() {
        String id =
                cloud.boot(
                                "'networks': 'none', 'block_device_mapping_v2': [{'boot_index': 0,"
                                        + " 'uuid': '"
                                        + image
                                        + "', 'source_type': 'image', 'destination_type': 'volume',"
                                        + " 'volume_size': 1, 'delete_on_termination': true}]")
                        .expect(202)
                        .text("/server/id");
        assertThat(cloud.task(id)).isEqualTo("block_device_mapping");
        cloud.settle();
        Response shown = cloud.get("/servers/" + id).expect(200);
        assertThat(shown.text("/server/status")).isEqualTo("ACTIVE");
        assertThat(shown.text("/server/image")).isEmpty();
        String volume = shown.text("/server/os-extended-volumes:volumes_attached/0/id");
        assertThat(volumeStatus(volume)).isEqualTo("in-use");
        cloud.delete("/servers/" + id).expect(204);
        cloud.settle();
        assertThat(cloud.status(id)).isEqualTo("gone");
        cloud.api.get("/volume/v3/volumes/" + volume).by(cloud.member).send().expect(404);
    }

    @Test
    void aServerCanBeDeletedWhileItsVolumeIsBeingMade() {
        String id =
                cloud.boot(
                                "'networks': 'none', 'block_device_mapping_v2': [{'boot_index': 0,"
                                        + " 'uuid': '"
                                        + image
                                        + "', 'source_type': 'image', 'destination_type': 'volume',"
                                        + " 'volume_size': 1, 'delete_on_termination': true}]")
                        .expect(202)
                        .text("/server/id");
        cloud.delete("/servers/" + id).expect(204);
        assertThat(cloud.status(id)).isEqualTo("gone");
        cloud.settle();
        assertThat(
                        cloud.api
                                .get("/volume/v3/volumes")
                                .by(cloud.member)
                                .send()
                                .json()
                                .at("/volumes")
                                .size())
                .isZero();
    }

    private String volumeStatus(String volume) {
        return cloud.api
                .get("/volume/v3/volumes/" + volume)
                .by(cloud.member)
                .send()
                .expect(200)
                .text("/volume/status");
    }

    @Test
    void volumesComeAndGoWhileTheGuestRuns() {
        String id = cloud.booted(plain());
        String volume = cloud.volume(1);
        cloud.post(
                        "/servers/" + id + "/os-volume_attachments",
                        "{'volumeAttachment': {'volumeId': '" + volume + "'}}")
                .expect(202);
        cloud.settle();
        assertThat(volumeStatus(volume)).isEqualTo("in-use");
        assertThat(
                        cloud.get("/servers/" + id + "/os-volume_attachments/" + volume)
                                .expect(200)
                                .text("/volumeAttachment/device"))
                .isEqualTo("/dev/vdb");
        assertThat(cloud.hosts.getFirst().plugged(UUID.fromString(id)))
                .contains(UUID.fromString(volume));
        cloud.delete("/servers/" + id + "/os-volume_attachments/" + volume).expect(202);
        assertThat(volumeStatus(volume)).isEqualTo("detaching");
        cloud.settle();
        assertThat(volumeStatus(volume)).isEqualTo("available");
        cloud.get("/servers/" + id + "/os-volume_attachments/" + volume).expect(404);
        assertThat(cloud.status(id)).isEqualTo("ACTIVE");
    }

    @Test
    void aVolumeThatCannotBePluggedIsFreeAgainAndTheServerIsWell() {
        String id = cloud.booted(plain());
        String volume = cloud.volume(1);
        cloud.hosts
                .getFirst()
                .failBy(
                        new SimulatedHost.Faults() {
                            @Override
                            public Optional<ObservedGuest.Fault> plug(
                                    DesiredGuest guest, UUID thing) {
                                return thing.toString().equals(volume)
                                        ? Optional.of(
                                                new ObservedGuest.Fault(
                                                        "Plug", "no slot", "", false))
                                        : Optional.empty();
                            }
                        });
        cloud.post(
                        "/servers/" + id + "/os-volume_attachments",
                        "{'volumeAttachment': {'volumeId': '" + volume + "'}}")
                .expect(202);
        cloud.settle();
        assertThat(volumeStatus(volume)).isEqualTo("available");
        assertThat(cloud.status(id)).isEqualTo("ACTIVE");
        assertThat(
                        cloud.get("/servers/" + id + "/os-volume_attachments")
                                .json()
                                .at("/volumeAttachments")
                                .size())
                .isZero();
    }

    @Test
    void interfacesComeAndGoWhileTheGuestRuns() {
        String id = cloud.booted(plain());
        String second = cloud.network("second", "10.2.0.0/24");
        String port =
                cloud.post(
                                "/servers/" + id + "/os-interface",
                                "{'interfaceAttachment': {'net_id': '" + second + "'}}")
                        .expect(200)
                        .text("/interfaceAttachment/port_id");
        cloud.settle();
        assertThat(cloud.get("/servers/" + id).text("/server/addresses/second/0/addr"))
                .startsWith("10.2.0.");
        cloud.delete("/servers/" + id + "/os-interface/" + port).expect(202);
        cloud.settle();
        assertThat(cloud.get("/servers/" + id).json().at("/server/addresses").has("second"))
                .isFalse();
    }

    @Test
    void aFloatingIpIsSeenInTheServerAtOnceAndNoMoreWhenItIsGone() {
        cloud.database
                .database()
                .change(tx -> cloud.networks.bootstrap(tx, cloud.admin.requireProject()));
        String id = cloud.booted(plain());
        String external =
                cloud.api
                        .get("/network/v2.0/networks?router:external=true")
                        .by(cloud.member)
                        .send()
                        .text("/networks/0/id");
        String subnet =
                cloud.api
                        .get("/network/v2.0/subnets?network_id=" + network)
                        .by(cloud.member)
                        .send()
                        .text("/subnets/0/id");
        String router =
                cloud.api
                        .post("/network/v2.0/routers")
                        .by(cloud.member)
                        .json(
                                "{'router': {'external_gateway_info': {'network_id': '"
                                        + external
                                        + "'}}}")
                        .send()
                        .expect(201)
                        .text("/router/id");
        cloud.api
                .put("/network/v2.0/routers/" + router + "/add_router_interface")
                .by(cloud.member)
                .json("{'subnet_id': '" + subnet + "'}")
                .send()
                .expect(200);
        String port =
                cloud.get("/servers/" + id + "/os-interface")
                        .text("/interfaceAttachments/0/port_id");
        Response floating =
                cloud.api
                        .post("/network/v2.0/floatingips")
                        .by(cloud.member)
                        .json(
                                "{'floatingip': {'floating_network_id': '"
                                        + external
                                        + "', 'port_id': '"
                                        + port
                                        + "'}}")
                        .send()
                        .expect(201);
        Response shown = cloud.get("/servers/" + id);
        assertThat(shown.text("/server/addresses/net/1/addr"))
                .isEqualTo(floating.text("/floatingip/floating_ip_address"));
        assertThat(shown.text("/server/addresses/net/1/OS-EXT-IPS:type")).isEqualTo("floating");
        cloud.api
                .delete("/network/v2.0/floatingips/" + floating.text("/floatingip/id"))
                .by(cloud.member)
                .send()
                .expect(204);
        assertThat(cloud.get("/servers/" + id).json().at("/server/addresses/net").size())
                .isEqualTo(1);
    }

    @Test
    void aPortOfTheUsersOutlivesTheServer() {
        String port =
                cloud.api
                        .post("/network/v2.0/ports")
                        .by(cloud.member)
                        .json("{'port': {'network_id': '" + network + "'}}")
                        .send()
                        .expect(201)
                        .text("/port/id");
        String id =
                cloud.booted("'imageRef': '" + image + "', 'networks': [{'port': '" + port + "'}]");
        assertThat(cloud.status(id)).isEqualTo("ACTIVE");
        cloud.delete("/servers/" + id).expect(204);
        cloud.settle();
        assertThat(
                        cloud.api
                                .get("/network/v2.0/ports/" + port)
                                .by(cloud.member)
                                .send()
                                .expect(200)
                                .text("/port/device_id"))
                .isEmpty();
    }

    @Test
    void quotaIsCountedAndRefusedBefore() {
        String id = cloud.booted(plain());
        assertThat(cloud.get("/limits").expect(200).text("/limits/absolute/totalInstancesUsed"))
                .isEqualTo("1");
        cloud.post(
                        "/servers",
                        "{'server': {'name': 'many', 'flavorRef': '42', 'min_count': 10, 'max_count':"
                                + " 10, "
                                + plain()
                                + "}}")
                .expect(403);
        cloud.post(
                        "/servers",
                        "{'server': {'name': 'many', 'flavorRef': '42', 'min_count': 3, 'max_count': 3,"
                                + " 'return_reservation_id': true, "
                                + plain()
                                + "}}")
                .expect(202);
        cloud.settle();
        assertThat(cloud.get("/servers?status=ACTIVE").json().at("/servers").size()).isEqualTo(4);
        cloud.delete("/servers/" + id).expect(204);
        cloud.settle();
        assertThat(cloud.get("/limits").expect(200).text("/limits/absolute/totalInstancesUsed"))
                .isEqualTo("3");
    }

    @Test
    void listsArePagedAndFiltered() {
        for (int i = 0; i < 5; i++) {
            cloud.post(
                            "/servers",
                            "{'server': {'name': 'web"
                                    + i
                                    + "', 'flavorRef': '42', "
                                    + plain()
                                    + "}}")
                    .expect(202);
        }
        Response first =
                cloud.get("/servers?limit=2&sort_key=display_name&sort_dir=asc").expect(200);
        assertThat(first.text("/servers/0/name")).isEqualTo("web0");
        String next = first.text("/servers_links/0/href");
        Response second = cloud.get(next.substring(next.indexOf("/servers"))).expect(200);
        assertThat(second.text("/servers/0/name")).isEqualTo("web2");
        assertThat(cloud.get("/servers?limit=2").expect(200).text("/servers/0/name"))
                .isEqualTo("web4");
        assertThat(cloud.get("/servers?name=web[12]").json().at("/servers").size()).isEqualTo(2);
        cloud.get("/servers?name=web[").expect(400);
        cloud.get("/servers?marker=" + UUID.randomUUID()).expect(400);
        cloud.get("/servers?sort_key=secret").expect(400);
        cloud.get("/servers?limit=-1").expect(400);
        cloud.get("/servers?unknown=1").expect(400);
        cloud.api.get(CloudFixture.C + "/servers?unknown=1").by(cloud.member).send().expect(200);
        assertThat(cloud.get("/servers?status=ODD").json().at("/servers").size()).isZero();
        assertThat(cloud.get("/servers?ip=10.1.").json().at("/servers").size()).isEqualTo(5);
        cloud.settle();
    }

    @Test
    void badRequestsAreRefusedInNovasWordsAndChangeNothing() {
        String[] wrong = {
            "{'server': {'name': 'x', 'flavorRef': '42', 'networks': 'none'}}",
            "{'server': {'name': 'x', 'flavorRef': 'none-such', " + plain() + "}}",
            "{'server': {'name': '', 'flavorRef': '42', " + plain() + "}}",
            "{'server': {'name': ' ', 'flavorRef': '42', " + plain() + "}}",
            "{'server': {'flavorRef': '42', " + plain() + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'unknown': 1, " + plain() + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'user_data': '%%%', " + plain() + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'key_name': 'none', " + plain() + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'min_count': 0, " + plain() + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'min_count': 9223372036854775808, "
                    + plain()
                    + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'metadata': {'a': null}, "
                    + plain()
                    + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'metadata': {'a': 1}, " + plain() + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'availability_zone': 'mars', "
                    + plain()
                    + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'security_groups': [{'name': 'none'}], "
                    + plain()
                    + "}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'imageRef': 'x', 'networks': 'none'}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'imageRef': '"
                    + image
                    + "', 'networks': [{'uuid': 'x'}]}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'imageRef': '"
                    + image
                    + "', 'networks': 'some'}}",
            "{'server': {'name': 'x', 'flavorRef': '42', 'imageRef': '"
                    + image
                    + "', 'networks': 3}}",
            "{'server': null}",
            "{'server': []}",
            "[]",
            "{}",
        };
        for (String body : wrong) {
            Response response = cloud.post("/servers", body);
            assertThat(response.status()).as(body).isEqualTo(400);
            assertThat(response.json().has("badRequest")).isTrue();
        }
        assertThat(cloud.get("/servers").json().at("/servers").size()).isZero();
        cloud.get("/servers/not-an-id").expect(404);
    }

    @Test
    void aServerIsSavedAsAnImage() {
        String id = cloud.booted(plain());
        cloud.work.start();
        String saved =
                cloud.act(id, "{'createImage': {'name': 'saved'}}").expect(202).text("/image_id");
        assertThat(cloud.task(id)).isEqualTo("image_snapshot");
        Eventually.holds(
                "the image is active and the server does nothing",
                () -> {
                    cloud.settle();
                    return cloud.task(id).isEmpty()
                            && cloud.api
                                    .get("/image/v2/images/" + saved)
                                    .by(cloud.member)
                                    .send()
                                    .expect(200)
                                    .text("/status")
                                    .equals("active");
                });
    }

    @Test
    void metadataTellsTheGuestOfItself() {
        String id = cloud.booted(plain() + ", 'metadata': {'role': 'web'}");
        String address = cloud.get("/servers/" + id).text("/server/addresses/net/0/addr");
        MetadataService metadata = cloud.compute.metadata();
        assertThat(text(metadata, address, "/openstack/latest/meta_data.json")).contains(id, "web");
        assertThat(text(metadata, address, "/latest/meta-data/local-ipv4")).isEqualTo(address);
        assertThat(text(metadata, address, "/latest/meta-data/")).contains("instance-id");
        assertThat(text(metadata, address, "/openstack")).contains("latest");
        assertThat(metadata.answer(network, "10.1.0.250", "/latest/meta-data/")).isEmpty();
        assertThat(metadata.answer(network, address, "/latest/user-data")).isEmpty();
        assertThat(metadata.answer("x", address, "/")).isEmpty();
    }

    private String text(MetadataService metadata, String address, String path) {
        return new String(
                metadata.answer(network, address, path).orElseThrow().body(),
                java.nio.charset.StandardCharsets.UTF_8);
    }
}
