package cloud.welkin.server;

import cloud.welkin.host.agent.AgentSettings;
import cloud.welkin.host.agent.HostAgent;
import cloud.welkin.host.agent.HostShape;
import cloud.welkin.host.agent.HostVolumes;
import cloud.welkin.host.contained.ContainedHost;
import cloud.welkin.host.contained.ContainedSettings;
import cloud.welkin.host.contained.HostEngines;
import cloud.welkin.host.contained.HostFacts;
import cloud.welkin.host.contained.KvmProbe;
import cloud.welkin.host.contained.MachineHost;
import cloud.welkin.host.contained.MachineSettings;
import cloud.welkin.host.contained.MetadataProxy;
import cloud.welkin.host.volume.LocalVolumes;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.ObservedVolume;
import cloud.welkin.network.work.Northbound;
import cloud.welkin.network.work.OvnBackbone;
import cloud.welkin.server.WelkinSettings.Driver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The host that the program drives itself: its engines, and the agent that works on them. */
final class LocalHost implements AutoCloseable {
    /** The only contained host of a home; its folder is HOME/host/main. */
    private static final String NAME = "main";

    private final Home home;
    private final HostEngines engines;
    private final HostFacts facts;
    private final String driver;

    private LocalHost(Home home, HostEngines engines, HostFacts facts, String driver) {
        this.home = home;
        this.engines = engines;
        this.facts = facts;
        this.driver = driver;
    }

    /** Brings the engines up, or finds them running. */
    static LocalHost start(Home home, WelkinSettings.HostMode mode, Driver driver, boolean exposed)
            throws IOException {
        HostEngines engines =
                switch (mode) {
                    case CONTAINED ->
                            ContainedHost.start(home.root(), contained().withExposed(exposed));
                    case MACHINE -> new MachineHost(home.root(), MachineSettings.usual());
                };
        // Root disks stand on the images' content.
        engines.guests().gate(home.images());
        HostFacts facts =
                HostFacts.of(
                        "welkin",
                        home.root(),
                        driver == Driver.QEMU
                                ? KvmProbe.with(home.root(), Optional.empty())
                                : KvmProbe.with(home.root(), guestKernel()));
        return new LocalHost(home, engines, facts, chosen(driver, facts));
    }

    /**
     * Before anything is started: whether this machine's libvirt can serve the driver at all.
     *
     * @throws Refused when it cannot, with what would help
     */
    static void check(Driver driver) throws IOException {
        Map<Driver, String> modules = Map.of(Driver.XEN, "libxl", Driver.LXC, "lxc");
        String module = modules.get(driver);
        if (module == null) {
            return;
        }
        String name = driver.name().toLowerCase(Locale.ROOT);
        String file = "libvirt_driver_" + module + ".so";
        try (Stream<Path> found =
                Files.find(Path.of("/usr/lib"), 4, (path, _) -> path.endsWith(file))) {
            if (found.findAny().isEmpty()) {
                throw new Refused(
                        "compute.driver=%s: this machine's libvirt has no driver for it; on Debian: apt-get"
                                        .formatted(name)
                                + " install libvirt-daemon-driver-"
                                + name);
            }
        }
        if (driver == Driver.XEN && !Files.exists(Path.of("/proc/xen/capabilities"))) {
            throw new Refused("compute.driver=xen: this machine does not run under Xen");
        }
    }

    private static String chosen(Driver driver, HostFacts facts) {
        return switch (driver) {
            case AUTO -> facts.kvm() ? "kvm" : "qemu";
            case QEMU -> "qemu";
            case KVM -> {
                if (!facts.kvm()) {
                    throw new Refused(
                            "compute.driver=kvm: KVM does not run guests on this machine; use qemu");
                }
                yield "kvm";
            }
            case XEN -> "xen";
            case LXC -> "lxc";
            case SIMULATED -> throw new IllegalStateException("simulated hosts have no engines");
        };
    }

    /** The kernel that the guest image was built from, to see whether KVM really runs one. */
    private static Optional<Path> guestKernel() {
        return Optional.ofNullable(System.getProperty("welkin.top"))
                .map(top -> Path.of(top).resolve("guest/target/vmlinuz"))
                .filter(Files::exists);
    }

    private static ContainedSettings contained() {
        return ContainedSettings.named(NAME);
    }

    HostName name() {
        return new HostName(engines.chassis());
    }

    HostEngines engines() {
        return engines;
    }

    Northbound.Addresses ovn() {
        return ovn(engines);
    }

    private static Northbound.Addresses ovn(HostEngines engines) {
        return new Northbound.Addresses(engines.northbound(), engines.southbound());
    }

    /**
     * The agent, not yet started.
     *
     * @param cloud the id of the cloud, without which nothing is removed
     * @param images where the image store keeps the content of a SHA-512
     */
    HostAgent agent(
            HostDesk desk,
            String cloud,
            Function<String, Path> images,
            Supplier<List<MetadataProxy>> metadata) {
        return new HostAgent(
                AgentSettings.of(name(), cloud),
                shape(home, engines, driver, images),
                new HostAgent.Parts(
                        desk,
                        engines,
                        new Volumes(
                                new LocalVolumes(
                                        home.root().resolve("volumes"), engines.guests(), images)),
                        metadata,
                        facts,
                        Clock.systemUTC()));
    }

    private static HostShape shape(
            Home home, HostEngines engines, String driver, Function<String, Path> images) {
        return new HostShape(
                home.root(),
                driver,
                "pc",
                engines.finishesChecksums(),
                "br-int",
                engines.guests(),
                images);
    }

    /** Removes every trace of a home's host from the machine; the program must not run any more. */
    static void purge(Home home, WelkinSettings.HostMode mode, Driver driver) {
        switch (mode) {
            case CONTAINED -> ContainedHost.purge(home.root(), contained());
            case MACHINE -> {
                if (driver == Driver.SIMULATED) {
                    return;
                }
                try (MachineHost machine = new MachineHost(home.root(), MachineSettings.usual())) {
                    HostAgent.removeGuests(shape(home, machine, "qemu", _ -> home.root()), machine);
                    machine.purge();
                    OvnBackbone.clear(ovn(machine));
                }
            }
        }
    }

    @Override
    public void close() {
        engines.close();
    }

    /** The host's volumes as its agent wants to see them. */
    private record Volumes(LocalVolumes local) implements HostVolumes {
        @Override
        public ObservedVolume converge(DesiredVolume wanted) {
            return local.converge(wanted);
        }

        @Override
        public List<UUID> present() {
            return local.present();
        }

        @Override
        public List<UUID> removeOthers(Set<UUID> wanted) {
            return local.removeOthers(wanted);
        }
    }
}
