package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a host has, before anything is taken off for the program itself.
 *
 * @param memory in bytes
 * @param disk in bytes, of the file system that holds the home
 * @param diskFree in bytes
 * @param hypervisorVersion QEMU's as libvirt counts it: 1,000,000 × major + 1,000 × minor + micro
 * @param kvm whether guests really run under it ({@link KvmProbe})
 */
public record HostFacts(
        String hostname,
        String architecture,
        String cpuModel,
        int cpus,
        long memory,
        long disk,
        long diskFree,
        String hypervisorType,
        int hypervisorVersion,
        boolean kvm) {

    private static final Path CPUS = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)\\.(\\d+)");

    /** Looks; takes seconds when whether KVM works is not known yet. */
    public static HostFacts of(String hostname, Path home, KvmProbe probe) {
        try {
            var store = Files.getFileStore(home);
            boolean kvm = probe.works();
            return new HostFacts(
                    hostname,
                    machine(),
                    first(CPUS, "model name\\s*:\\s*(.+)").orElse("unknown"),
                    Runtime.getRuntime().availableProcessors(),
                    first(MEMORY, "MemTotal:\\s*(\\d+) kB").map(Long::parseLong).orElse(0L) * 1024,
                    store.getTotalSpace(),
                    store.getUsableSpace(),
                    kvm ? "KVM" : "QEMU",
                    version(Command.of("qemu-system-x86_64", "--version").run()),
                    kvm);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String machine() {
        var java = System.getProperty("os.arch", "");
        return java.equals("amd64") ? "x86_64" : java;
    }

    private static Optional<String> first(Path file, String pattern) throws IOException {
        var matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
    }

    static int version(String printed) {
        var matcher = VERSION.matcher(printed);
        return matcher.find()
                ? Integer.parseInt(matcher.group(1)) * 1_000_000
                        + Integer.parseInt(matcher.group(2)) * 1_000
                        + Integer.parseInt(matcher.group(3))
                : 0;
    }
}
