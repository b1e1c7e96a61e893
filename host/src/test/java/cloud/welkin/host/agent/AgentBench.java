package cloud.welkin.host.agent;

import cloud.welkin.host.contained.ContainedHost;
import cloud.welkin.host.contained.ContainedSettings;
import cloud.welkin.host.contained.HostFacts;
import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.Domain;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.ObservedVolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** A contained host with the tiny guest's image, and agents on it. */
final class AgentBench implements AutoCloseable {

    static final Duration LONG = Duration.ofMinutes(2);

    final Path home;
    final ContainedHost host;
    final TestDesk desk = new TestDesk();
    final HostShape shape;
    private final ContainedSettings settings;
    private Optional<HostAgent> agent = Optional.empty();

    AgentBench(Path home) {
        this.home = home;
        this.settings = ContainedSettings.named("main");
        this.host = ContainedHost.start(home, settings);
        Path image = copied(image());
        this.shape =
                new HostShape(
                        home,
                        "qemu",
                        "pc",
                        host.finishesChecksums(),
                        "br-int",
                        host.guests(),
                        _ -> image);
    }

    /** Where guests may read it. */
    private Path copied(Path image) {
        try {
            host.guests().gate(home.resolve("images"));
            return Files.copy(image, home.resolve("images/guest"));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** The image of guest/build: in the repository, or where an earlier build has put it. */
    static Path image() {
        Path root = java.util.Objects.requireNonNull(Path.of("").toAbsolutePath().getParent());
        for (Path folder : List.of(root.resolve("guest/target"), Path.of("/tmp/guest-out"))) {
            if (Files.exists(folder.resolve("welkin-guest.qcow2"))) {
                return folder.resolve("welkin-guest.qcow2");
            }
        }
        try {
            Program.run(
                    Duration.ofMinutes(5),
                    root.resolve("guest/build").toString(),
                    root.resolve("guest/target").toString());
        } catch (IOException failed) {
            throw new AssertionError("guest/build", failed);
        }
        return root.resolve("guest/target/welkin-guest.qcow2");
    }

    /** What a script prints inside the host. */
    String inside(String script) {
        List<String> command = new ArrayList<>(host.inside());
        command.addAll(List.of("bash", "-c", script));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** The file of a volume, handed to guests as the volume's host does. */
    Path volumeFile(UUID id) throws IOException {
        Path file = home.resolve("volume-" + id);
        Qcow2.create(file, 32L << 20);
        shape.account().own(file);
        return file;
    }

    static AgentSettings settings() {
        return new AgentSettings(
                new HostName("main"),
                "test-cloud",
                "127.0.0.1",
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                4,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20));
    }

    HostAgent start() {
        return start((_, _) -> {});
    }

    HostAgent start(GuestWork.Checkpoint checkpoint) {
        var measured =
                new HostFacts(
                        "main", "x86_64", "cpu", 2, 1L << 33, 1L << 40, 1L << 39, "QEMU", 7002017,
                        false);
        HostAgent fresh =
                new HostAgent(
                        settings(),
                        shape,
                        new HostAgent.Parts(
                                desk,
                                host,
                                new NoVolumes(),
                                List::of,
                                measured,
                                InstantSource.system()),
                        checkpoint);
        agent = Optional.of(fresh);
        fresh.start();
        return fresh;
    }

    HostAgent agent() {
        return agent.orElseThrow();
    }

    Connection libvirt() {
        return Connection.open("qemu+unix:///system?socket=" + host.libvirtSocket());
    }

    Optional<String> liveXml(UUID guest) {
        try (Connection libvirt = libvirt()) {
            return libvirt.find(guest).map(Domain::liveXml);
        }
    }

    /** How often the guest has written this on its console since it was started. */
    int said(UUID guest, String words) {
        String log = agent().consoles().log(guest, OptionalInt.empty()).orElse("");
        return log.split(java.util.regex.Pattern.quote(words), -1).length - 1;
    }

    void awaitSaid(UUID guest, String words) {
        await(words, () -> said(guest, words) > 0);
    }

    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("in vain waited for: " + what);
            }
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() {
        agent.ifPresent(HostAgent::close);
        host.close();
        ContainedHost.purge(home, settings);
    }

    private static final class NoVolumes implements HostVolumes {
        @Override
        public ObservedVolume converge(DesiredVolume wanted) {
            throw new AssertionError("no volume is wanted");
        }

        @Override
        public List<UUID> present() {
            return List.of();
        }

        @Override
        public List<UUID> removeOthers(Set<UUID> wanted) {
            return List.of();
        }
    }
}
