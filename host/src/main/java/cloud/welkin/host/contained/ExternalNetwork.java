package cloud.welkin.host.contained;

import java.nio.file.Files;
import java.util.List;

/**
 * A namespace that stands for the outside world: it has the public network's gateway address, and a
 * cable to the host.
 */
final class ExternalNetwork {

    private final HostFolder folder;
    private final ContainedSettings settings;
    private final Inside inside;
    private final String name;
    private final Exposure exposure;

    ExternalNetwork(HostFolder folder, ContainedSettings settings, Inside inside) {
        this.folder = folder;
        this.settings = settings;
        this.inside = inside;
        this.name = inside.tag() + "-ext";
        this.exposure = new Exposure(settings, name, inside.tag());
    }

    /** The command, without what it shall run, that runs something in the outside world. */
    List<String> exec() {
        return List.of("nsenter", "--net=" + Networks.file(name), "--");
    }

    /**
     * Makes and configures what is missing; a note tells whether it was done to the end for this
     * start of the host.
     */
    void ensure() {
        ensureThere();
        exposure.ensure();
    }

    private void ensureThere() {
        var note = folder.run().resolve("external.done");
        var wanted =
                "%s%s %s\n"
                        .formatted(
                                HostFolder.text(folder.state().resolve("init.pid")),
                                settings.gateway4(),
                                settings.gateway6());
        if (Networks.exists(name)
                && Files.exists(inside.devices().resolve(Chassis.EXTERNAL_DEVICE))
                && HostFolder.text(note).equals(wanted)) {
            return;
        }
        Networks.ensure(name);
        Cable.ensure(inside, Chassis.EXTERNAL_DEVICE, name, "eth0");
        Command.of("ip", "-n", name, "-batch", "-")
                .withInput(
                        List.of(
                                "link set eth0 up",
                                "addr replace " + settings.gateway4() + " dev eth0",
                                "addr replace " + settings.gateway6() + " dev eth0 nodad"))
                .run();
        HostFolder.write(note, wanted);
    }

    /** At once: the kernel takes its time with what goes with a namespace. */
    void unplugMachine() {
        exposure.remove();
    }
}
