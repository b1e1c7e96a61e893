package cloud.welkin.server;

import cloud.welkin.database.EmbeddedPostgres;
import cloud.welkin.kernel.settings.Settings;
import cloud.welkin.kernel.settings.SettingsRefused;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** The life of the program: what happens before the cloud is put together and after it ended. */
final class Program {
    /** Variables that the launcher and its scripts read, and one secret that is no setting. */
    private static final Set<String> NO_SETTINGS =
            Set.of(
                    "WELKIN_HOME",
                    "WELKIN_LISTEN",
                    "WELKIN_ADMIN_PASSWORD",
                    "WELKIN_MEMORY",
                    "WELKIN_START_TIMEOUT");

    private Program() {}

    static void serve(Path folder, String listen, List<String> sets)
            throws IOException, InterruptedException {
        Home home = Home.at(folder);
        System.setProperty("welkin.log", home.log("welkin.log").toString());
        Settings settings = settings(home, sets);
        Listen address = Listen.parse(listen);
        CountDownLatch ended = new CountDownLatch(1);
        Cloud cloud = start(home, settings, address);
        // For the next start; only now, because with some settings there is none.
        SettingsFile.remember(home.settings(), sets);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    cloud.close();
                                    ended.countDown();
                                },
                                "shutdown"));
        Home.write(home.run("ready"), cloud.origin() + "\n", "rw-r--r--");
        ended.await();
    }

    private static Cloud start(Home home, Settings settings, Listen listen)
            throws IOException, InterruptedException {
        Files.deleteIfExists(home.run("ready"));
        try {
            return Cloud.start(home, settings, listen);
        } catch (BindException e) {
            throw new Refused("the address " + listen + " is in use or not of this machine", e);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()), e);
        }
    }

    private static Settings settings(Home home, List<String> sets) throws IOException {
        try {
            return Settings.load(
                    WelkinSettings.ALL, home.settings(), System.getenv(), NO_SETTINGS, sets);
        } catch (SettingsRefused e) {
            throw new Refused(String.join("\nwelkin: ", e.problems()), e);
        }
    }

    /** Removes what a stopped cloud has left on the machine: host, database, data. */
    static void purge(Path folder) throws IOException, InterruptedException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Home home = Home.at(folder);
        System.setProperty("welkin.log", home.log("welkin.log").toString());
        Settings settings = settings(home, List.of());
        LocalHost.purge(
                home,
                settings.get(WelkinSettings.HOST_MODE),
                settings.get(WelkinSettings.COMPUTE_DRIVER));
        EmbeddedPostgres.stop(home.postgres());
        for (String part :
                List.of("postgres", "images", "objects", "volumes", "guests", "host", "secrets")) {
            Process removal =
                    new ProcessBuilder("rm", "-rf", home.root().resolve(part).toString())
                            .inheritIO()
                            .start();
            if (removal.waitFor() != 0) {
                throw new IOException("cannot remove " + home.root().resolve(part));
            }
        }
        for (String file : List.of("settings", "policy.yaml", "openrc", "clouds.yaml")) {
            Files.deleteIfExists(home.root().resolve(file));
        }
    }
}
