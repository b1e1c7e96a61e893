package cloud.welkin.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs of PostgreSQL: the host's package where there is one (it brings pg_dump and
 * pg_upgrade as well), else those that come with us from Maven Central. As root they run as the
 * user postgres, or nobody where there is none.
 */
final class PostgresPrograms {
    static final Path PACKAGED = Path.of("/usr/lib/postgresql");
    private static final int OLDEST = 15;

    private final Path home;
    private final String bin;
    private final int major;
    private final boolean root;
    // Whether the server's account cannot get to the home, say below /root.
    private final boolean hidden;
    private final String uid;
    private final String gid;

    private PostgresPrograms(Path home, String bin, int major) {
        this.home = home;
        this.bin = bin;
        this.major = major;
        this.root = "root".equals(System.getProperty("user.name"));
        this.hidden = root && !isReachable(home);
        String[] account = account();
        this.uid = account[0];
        this.gid = account[1];
    }

    /**
     * Programs for the data that are in the home, or the newest there are for a home that is new.
     */
    static PostgresPrograms of(Path home, Path packages) throws IOException {
        Path version = home.resolve("data/PG_VERSION");
        Optional<Integer> wanted =
                Files.exists(version)
                        ? Optional.of(Integer.parseInt(Files.readString(version).strip()))
                        : Optional.empty();
        Optional<Integer> packaged =
                packagedVersions(packages).stream()
                        .filter(v -> wanted.map(v::equals).orElse(v >= OLDEST))
                        .max(Comparator.naturalOrder());
        if (packaged.isPresent()) {
            return new PostgresPrograms(
                    home, packages.resolve(packaged.get() + "/bin").toString(), packaged.get());
        }
        int brought = unpack(home);
        if (wanted.isPresent() && wanted.get() != brought) {
            throw new IllegalStateException(
                    "the data in "
                            + home
                            + " are of PostgreSQL "
                            + wanted.get()
                            + ", which is not installed: apt-get install postgresql-"
                            + wanted.get());
        }
        return new PostgresPrograms(home, home.resolve("programs/bin").toString(), brought);
    }

    int major() {
        return major;
    }

    /**
     * The command that runs a program; paths of the home in its arguments are written by {@link
     * #path}.
     */
    List<String> command(String program, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (hidden) {
            // What is unmounted outside must go inside as well ("slave"), or it stays busy for
            // ever.
            command.addAll(
                    List.of(
                            "unshare",
                            "--mount",
                            "--propagation",
                            "slave",
                            "bash",
                            script().toString(),
                            home.toString(),
                            uid,
                            gid));
        } else if (root) {
            command.addAll(
                    List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups"));
        }
        command.add(
                bin.startsWith(home.toString())
                        ? path(bin.substring(home.toString().length() + 1) + "/" + program)
                        : bin + "/" + program);
        command.addAll(arguments);
        return command;
    }

    /** How a program sees a path of the home. */
    String path(String inHome) {
        return (hidden ? "/mnt/postgres" : home.toString()) + "/" + inHome;
    }

    /** Makes a folder that only the server's account may enter. */
    void folder(String inHome) throws IOException, InterruptedException {
        Path folder = home.resolve(inHome);
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        if (root) {
            finish(List.of("chown", "-R", uid + ":" + gid, folder.toString()));
        }
    }

    /** Runs a command to its end; its output is in the failure. */
    static void finish(List<String> command) throws IOException, InterruptedException {
        Process process = builder(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(command + " failed: " + output);
        }
    }

    static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        // One that every account may enter.
                        .directory(Path.of("/").toFile())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        return builder;
    }

    /** Whether every account may go through all folders on the way. */
    private static boolean isReachable(Path home) {
        try {
            for (Path folder = home; folder != null; folder = folder.getParent()) {
                if (!Files.getPosixFilePermissions(folder)
                        .contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path script() {
        Path script = home.resolve("run-postgres");
        try (InputStream in = PostgresPrograms.class.getResourceAsStream("run-postgres")) {
            if (in == null) {
                throw new IllegalStateException("run-postgres is not in the program");
            }
            Path fresh = home.resolve("run-postgres.new");
            Files.copy(in, fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> packagedVersions(Path packages) throws IOException {
        if (!Files.isDirectory(packages)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(packages)) {
            return versions.filter(path -> Files.isExecutable(path.resolve("bin/postgres")))
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .map(Integer::valueOf)
                    .toList();
        }
    }

    /** Unpacks the server that we bring, once; returns its major version. */
    private static int unpack(Path home) throws IOException {
        Path programs = home.resolve("programs");
        String archive = "postgres-linux-x86_64.txz";
        if (!Files.exists(programs)) {
            Path fresh = home.resolve("programs-new");
            Path packed = home.resolve(archive);
            try (InputStream in =
                    PostgresPrograms.class.getClassLoader().getResourceAsStream(archive)) {
                if (in == null) {
                    throw new IOException("no PostgreSQL: apt-get install postgresql");
                }
                finish(List.of("rm", "-rf", fresh.toString()));
                Files.createDirectories(fresh);
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.copy(in, packed, StandardCopyOption.REPLACE_EXISTING);
                finish(List.of("tar", "xJf", packed.toString(), "-C", fresh.toString()));
                Files.delete(packed);
                Files.move(fresh, programs, StandardCopyOption.ATOMIC_MOVE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
        // The version of io.zonky.test.postgres in the parent pom.
        return 18;
    }

    private static String[] account() {
        try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
            List<String[]> accounts = lines.map(line -> line.split(":")).toList();
            for (String name : List.of("postgres", "nobody")) {
                for (String[] account : accounts) {
                    if (account[0].equals(name)) {
                        return new String[] {account[2], account[3]};
                    }
                }
            }
            return new String[] {"65534", "65534"};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
