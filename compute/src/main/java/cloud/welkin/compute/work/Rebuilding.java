package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerAction;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.image.Images.ImageFacts;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.Power;
import cloud.welkin.kernel.json.Json;
import java.util.Optional;

/**
 * Makes a server's root disk anew from an image: the server keeps its id, host, ports, volumes and
 * addresses, and loses what its old root disk held.
 */
public final class Rebuilding {
    private final ServerStore servers;
    private final ServerLife life;
    private final Disks disks;

    public Rebuilding(ServerStore servers, Images images, ServerLife life) {
        this.servers = servers;
        this.life = life;
        this.disks = new Disks(images);
    }

    /**
     * What the server is from now on besides its description.
     *
     * @param key as it shall be, or as it is
     */
    public record Anew(
            String image,
            Optional<Server.Key> key,
            Optional<String> userData,
            Optional<String> adminPass) {}

    /**
     * Begins it on a locked server; a server that was stopped is stopped again when it is done.
     *
     * @throws Failure 409 when the state does not allow it, 400 when the image does not fit or the
     *     server boots from a volume
     */
    public void begin(Tx tx, Ask ask, Server server, Anew anew) {
        Guest guest = life.begin(tx, ask, server, ServerAction.REBUILD);
        if (guest.root() instanceof RootDisk.FromVolume) {
            throw Failure.badRequest(
                            "Image %s is unacceptable: Unable to rebuild a volume-backed server.",
                            anew.image())
                    .as("ImageUnacceptable");
        }
        Flavor flavor = Json.read(server.flavorJson(), Flavor.Embedded.class).of(server.flavorId());
        ImageFacts image = disks.usable(tx, ask.caller(), anew.image());
        Disks.fits(image, flavor, Optional.empty(), true);
        servers.rebuilt(
                tx,
                server.id(),
                image.id(),
                image.properties(),
                anew.key(),
                anew.userData(),
                anew.adminPass().filter(password -> server.configDrive()));
        life.want(
                tx,
                guest,
                guest.rebuilt(
                        disks.rootDisk(tx, ask.caller(), image, flavor),
                        Disks.hardware(flavor, Optional.of(image)),
                        server.state().vm() == VmState.STOPPED ? Power.STOPPED : Power.RUNNING),
                ask.now());
    }
}
