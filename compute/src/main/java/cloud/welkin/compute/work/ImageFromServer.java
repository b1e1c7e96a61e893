package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerAction;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.work.Sagas;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Begins to save a server's root disk as an image: the image exists, queued, when this returns. */
public final class ImageFromServer {
    private final Images images;
    private final ServerLife life;
    private final Sagas sagas;
    private final CreateImage saga;

    public ImageFromServer(Images images, ServerLife life, Sagas sagas, CreateImage saga) {
        this.images = images;
        this.life = life;
        this.sagas = sagas;
        this.saga = saga;
    }

    public UUID begin(Tx tx, Ask ask, Server server, String name, Map<String, String> metadata) {
        Guest guest = life.guest(tx, server);
        if (guest.root() instanceof RootDisk.FromVolume) {
            throw Failure.badRequest(
                            "Instance %s is volume-backed: snapshot its volume in place of it.",
                            server.id())
                    .as("InstanceIsVolumeBacked");
        }
        life.begin(tx, ask, server, ServerAction.CREATE_IMAGE);
        Flavor.Embedded flavor = Json.read(server.flavorJson(), Flavor.Embedded.class);
        Map<String, String> properties = new TreeMap<>(Rows.texts(server.imageJson()));
        properties
                .keySet()
                .removeIf(key -> key.startsWith("image_") || key.equals("base_image_ref"));
        properties.putAll(metadata);
        properties.put("image_type", "snapshot");
        properties.put("instance_uuid", server.id().toString());
        server.image().ifPresent(base -> properties.put("base_image_ref", base.toString()));
        UUID image =
                images.create(
                        tx,
                        ask.caller(),
                        new Images.NewImage(name, "qcow2", "bare", flavor.disk(), 0, properties));
        sagas.start(
                tx,
                saga,
                ServerLife.subject(server.id()),
                new CreateImage.Input(server.id(), image, UUID.randomUUID()));
        return image;
    }
}
