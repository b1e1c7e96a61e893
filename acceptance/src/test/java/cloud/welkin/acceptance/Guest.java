package cloud.welkin.acceptance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** A guest's shell, over SSH to its floating IP from where {@code ./welkin exec} runs. */
record Guest(Server server, Path key, String address) {
    private static final Duration BOOT = Duration.ofMinutes(3);

    /** Waits until the guest lets us in. */
    Guest answering() {
        AtomicReference<String> last = new AtomicReference<>("");
        try {
            Await.until(
                    "SSH to " + address,
                    BOOT,
                    () -> {
                        Command.Output output = attempt("true");
                        last.set(output.err());
                        return output.ok();
                    });
        } catch (AssertionError e) {
            throw new AssertionError(
                    "%s; ssh said: %s; its console:%n%s"
                            .formatted(e.getMessage(), last.get(), server.console()),
                    e);
        }
        return this;
    }

    String run(String shell) {
        return attempt(shell).text();
    }

    Command.Output attempt(String shell) {
        return server.scene()
                .cloud()
                .inside(
                        "ssh",
                        "-o",
                        "LogLevel=ERROR",
                        "-i",
                        key.toString(),
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "IdentitiesOnly=yes",
                        "-o",
                        "ConnectTimeout=5",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "cirros@" + address,
                        shell)
                .within(Duration.ofSeconds(40))
                .run();
    }

    /** Whether it answers to ping from outside. */
    boolean pings() {
        return server.scene().cloud().inside("ping", "-c", "1", "-W", "2", address).run().ok();
    }

    /** Waits until the volume is a disk inside: its device. */
    String disk(String volume) {
        String device = "/dev/disk/by-id/virtio-" + volume.substring(0, 20);
        Await.until(
                device + " appears",
                Duration.ofMinutes(1),
                () -> attempt("test -b " + device).ok());
        return device;
    }
}
