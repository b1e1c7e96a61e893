package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether KVM runs an ordinary Linux kernel, by trying. That {@code /dev/kvm} is there,
 * answers and even runs a firmware proves nothing: under some nested hypervisors a kernel then
 * hangs before its first line.
 *
 * <p>The answer is kept in the home and holds for the machine's kernel that it was found with.
 * Without a guest kernel to try nothing is proven and nothing kept: the answer is no.
 *
 * @param guestKernel a bzImage with a serial console
 * @param limit how long the first line may take
 */
public record KvmProbe(Path home, Optional<Path> guestKernel, Duration limit) {

    private static final String FIRST_LINE = "Linux version";

    public static KvmProbe with(Path home, Optional<Path> guestKernel) {
        return new KvmProbe(home, guestKernel, Duration.ofSeconds(5));
    }

    public boolean works() {
        if (guestKernel.isEmpty() || !Files.isWritable(Path.of("/dev/kvm"))) {
            return false;
        }
        try {
            var machine = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
            var kept = home.resolve("host/kvm");
            if (Files.exists(kept)) {
                var words = Files.readString(kept).strip().split(" ");
                if (words.length == 2 && words[0].equals(machine)) {
                    return Boolean.parseBoolean(words[1]);
                }
            }
            boolean works = boots(guestKernel.get());
            HostFolder.write(kept, "%s %s%n".formatted(machine, works));
            return works;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean boots(Path kernel) throws IOException {
        var output = Files.createTempFile("welkin", ".kvm");
        var process =
                Command.of(
                                List.of(
                                        "qemu-system-x86_64",
                                        "-accel",
                                        "kvm",
                                        "-machine",
                                        "pc",
                                        "-m",
                                        "128",
                                        "-nodefaults",
                                        "-display",
                                        "none",
                                        "-no-reboot",
                                        "-serial",
                                        "stdio",
                                        "-kernel",
                                        kernel.toString(),
                                        "-append",
                                        "console=ttyS0 earlyprintk=ttyS0 panic=-1"))
                        .start(output);
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < deadline) {
                if (Files.readString(output, StandardCharsets.ISO_8859_1).contains(FIRST_LINE)) {
                    return true;
                }
                if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                    return Files.readString(output, StandardCharsets.ISO_8859_1)
                            .contains(FIRST_LINE);
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(output);
        }
    }
}
