package cloud.welkin.host.agent;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Where a guest's files are: {@code HOME/guests/ID}. Root disk and config drive are named by the
 * count of rebuilds, so that a rebuild has other files, and nobody has to remember whether they
 * were made.
 */
record GuestFolder(Path path) {

    static GuestFolder of(Path home, UUID guest) {
        return new GuestFolder(all(home).resolve(guest.toString()));
    }

    /** The folder of all guests' folders. */
    static Path all(Path home) {
        return home.toAbsolutePath().normalize().resolve("guests");
    }

    Path root(long rebuilds) {
        return path.resolve("disk-" + rebuilds);
    }

    /** The place of an ephemeral or swap disk; its number, as names are not for paths. */
    Path local(int number) {
        return path.resolve("local-" + number);
    }

    Path configDrive(long rebuilds) {
        return path.resolve("config-" + rebuilds + ".iso");
    }

    Path consoleLog() {
        return path.resolve("console.log");
    }

    Path consoleSocket() {
        return path.resolve("console");
    }

    Path vncSocket() {
        return path.resolve("vnc");
    }
}
