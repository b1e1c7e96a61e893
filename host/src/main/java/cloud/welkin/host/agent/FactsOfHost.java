package cloud.welkin.host.agent;

import cloud.welkin.host.contained.HostEngines;
import cloud.welkin.kernel.host.HostFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.function.Supplier;

/** What a host says of itself at each heartbeat: what was measured once, and what changes. */
final class FactsOfHost implements Supplier<HostFacts> {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private final AgentSettings settings;
    private final HostShape shape;
    private final HostEngines engines;
    private final cloud.welkin.host.contained.HostFacts measured;
    private final Instant started;

    FactsOfHost(
            AgentSettings settings,
            HostShape shape,
            HostEngines engines,
            cloud.welkin.host.contained.HostFacts measured,
            Instant started) {
        this.settings = settings;
        this.shape = shape;
        this.engines = engines;
        this.measured = measured;
        this.started = started;
    }

    @Override
    public HostFacts get() {
        try {
            return new HostFacts(
                    settings.host(),
                    engines.bootId(),
                    shape.driver(),
                    hypervisor(),
                    measured.hypervisorVersion(),
                    measured.cpus(),
                    measured.memory() / MIB,
                    measured.disk() / GIB,
                    Files.getFileStore(shape.home()).getUsableSpace() / GIB,
                    measured.cpuModel(),
                    settings.address(),
                    started);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** As Nova names them, after libvirt. */
    private String hypervisor() {
        return switch (shape.driver()) {
            case "xen" -> "Xen";
            case "lxc" -> "LXC";
            default -> measured.hypervisorType();
        };
    }
}
