package cloud.welkin.host.contained;

import java.nio.file.Files;
import java.util.List;

/** A namespace that stands for the outside world: it has the public network's gateway address, and a cable to the host. */
final class ExternalNetwork {

    private final ContainedSettings settings;
    private final Inside inside;
    private final String name;

    ExternalNetwork(ContainedSettings settings, Inside inside) {
        this.settings = settings;
        this.inside = inside;
        this.name = inside.tag() + "-ext";
    }

    /** The command, without what it shall run, that runs something in the outside world. */
    List<String> exec() {
        return List.of("nsenter", "--net=" + Networks.file(name), "--");
    }

    boolean isThere() {
        return Networks.exists(name) && Files.exists(inside.devices().resolve(Chassis.EXTERNAL_DEVICE));
    }

    void ensure() {
        Networks.ensure(name);
        Cable.ensure(inside, Chassis.EXTERNAL_DEVICE, name, "eth0");
        Command.of("ip", "-n", name, "-batch", "-")
                .withInput(List.of(
                        "link set eth0 up",
                        "addr replace " + settings.gateway4() + " dev eth0",
                        "addr replace " + settings.gateway6() + " dev eth0 nodad"))
                .run();
    }
}
