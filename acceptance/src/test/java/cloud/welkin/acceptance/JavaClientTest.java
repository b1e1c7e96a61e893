package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openstack4j.api.Builders;
import org.openstack4j.api.OSClient.OSClientV3;
import org.openstack4j.model.common.Identifier;
import org.openstack4j.model.common.Payloads;
import org.openstack4j.model.compute.Server.Status;
import org.openstack4j.model.image.v2.ContainerFormat;
import org.openstack4j.model.image.v2.DiskFormat;
import org.openstack4j.model.image.v2.Image;
import org.openstack4j.model.network.IPVersionType;
import org.openstack4j.model.network.Network;
import org.openstack4j.model.storage.block.Volume;
import org.openstack4j.openstack.OSFactory;

/**
 * openstack4j: a client in another language, by other people, with its own ideas about what must be
 * in an answer.
 */
@RealCloud
class JavaClientTest {
    private final OSClientV3 client;

    JavaClientTest(CloudUnderTest cloud) {
        client =
                OSFactory.builderV3()
                        .endpoint(cloud.origin() + "/identity/v3")
                        .credentials(
                                "admin",
                                CloudUnderTest.ADMIN_PASSWORD,
                                Identifier.byName("Default"))
                        .scopeToProject(Identifier.byName("admin"), Identifier.byName("Default"))
                        .authenticate();
    }

    @Test
    void imagesAreMadeUploadedListedAndDeleted() {
        Image image =
                client.imagesV2()
                        .create(
                                Builders.imageV2()
                                        .name(Names.fresh("image"))
                                        .containerFormat(ContainerFormat.BARE)
                                        .diskFormat(DiskFormat.RAW)
                                        .build());
        assertThat(
                        client.imagesV2()
                                .upload(
                                        image.getId(),
                                        Payloads.create(new ByteArrayInputStream(new byte[1024])),
                                        image)
                                .isSuccess())
                .isTrue();
        assertThat(client.imagesV2().get(image.getId()).getStatus())
                .isEqualTo(Image.ImageStatus.ACTIVE);
        assertThat(client.imagesV2().list().stream().map(Image::getId)).contains(image.getId());
        assertThat(client.imagesV2().delete(image.getId()).isSuccess()).isTrue();
    }

    @Test
    void volumesAreMadeListedAndDeleted() {
        Volume volume =
                client.blockStorage()
                        .volumes()
                        .create(Builders.volume().name(Names.fresh("volume")).size(1).build());
        Await.until(
                "the volume is available",
                Duration.ofMinutes(1),
                () ->
                        client.blockStorage().volumes().get(volume.getId()).getStatus()
                                == Volume.Status.AVAILABLE);
        assertThat(client.blockStorage().volumes().list().stream().map(Volume::getId))
                .contains(volume.getId());
        assertThat(client.blockStorage().volumes().delete(volume.getId()).isSuccess()).isTrue();
    }

    @Test
    void serversAreMadeOnANetworkListedAndDeleted() {
        Network network =
                client.networking()
                        .network()
                        .create(
                                Builders.network()
                                        .name(Names.fresh("net"))
                                        .adminStateUp(true)
                                        .build());
        client.networking()
                .subnet()
                .create(
                        Builders.subnet()
                                .networkId(network.getId())
                                .ipVersion(IPVersionType.V4)
                                .cidr("10.92.0.0/24")
                                .build());
        String image =
                client.imagesV2().list().stream()
                        .filter(each -> each.getName().equals("welkin-guest"))
                        .findFirst()
                        .orElseThrow()
                        .getId();
        var flavor =
                client.compute()
                        .flavors()
                        .create(
                                Builders.flavor()
                                        .name(Names.fresh("flavor"))
                                        .ram(192)
                                        .vcpus(1)
                                        .disk(1)
                                        .build());
        var server =
                client.compute()
                        .servers()
                        .boot(
                                Builders.server()
                                        .name(Names.fresh("server"))
                                        .image(image)
                                        .flavor(flavor.getId())
                                        .networks(List.of(network.getId()))
                                        .build());
        Await.until(
                "the server is ACTIVE",
                Duration.ofMinutes(2),
                () -> client.compute().servers().get(server.getId()).getStatus() == Status.ACTIVE);
        assertThat(client.compute().servers().list().stream().map(each -> each.getId()))
                .contains(server.getId());
        assertThat(client.compute().servers().delete(server.getId()).isSuccess()).isTrue();
        Await.until(
                "the network can be deleted",
                Duration.ofMinutes(1),
                () -> client.networking().network().delete(network.getId()).isSuccess());
        assertThat(client.compute().flavors().delete(flavor.getId()).isSuccess()).isTrue();
    }
}
