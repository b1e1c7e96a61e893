package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Ports without devices, and taps without ports. */
final class Unplugged {

    private Unplugged() {}

    static List<Leftover> find(VSwitch vswitch, Inside inside) {
        var leftovers = new ArrayList<Leftover>();
        var ports =
                vswitch.ports().stream().map(VSwitch.Plugged::device).collect(Collectors.toSet());
        try (var files = Files.list(inside.devices())) {
            var devices =
                    files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
            ports.stream()
                    .filter(port -> port.startsWith("tap") && !devices.contains(port))
                    .forEach(port -> leftovers.add(new Leftover(Leftover.Kind.PORT, port)));
            devices.stream()
                    .filter(device -> device.startsWith("tap") && !ports.contains(device))
                    .forEach(device -> leftovers.add(new Leftover(Leftover.Kind.DEVICE, device)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return leftovers;
    }
}
