package cloud.welkin.host.contained;

import cloud.welkin.ovsdb.Remote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * A host in namespaces of its own: nothing of the machine's network or libvirt is touched, and any
 * number of them stand side by side. The architecture page says why; {@code init.sh} and {@link
 * Namespace} say how.
 *
 * <p>Everything it starts outlives the program. {@link #start} finds what an earlier run, however
 * it ended, has left, and brings up what is missing; a supervisor then does the same every second.
 * Nothing but {@link #stop} and {@link #purge} ends anything.
 */
public final class ContainedHost implements HostEngines {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final HostFolder folder;
    private final Namespace namespace;
    private final ExternalNetwork outside;
    private final OvnCentral central;
    private final Chassis chassis;
    private final LibvirtDaemon libvirt;
    private final TapPorts taps;
    private final MetadataProxies metadata;
    private Optional<VSwitch> vswitch = Optional.empty();
    private Optional<Supervisor> supervisor = Optional.empty();

    private ContainedHost(Path home, ContainedSettings settings) {
        this.folder = new HostFolder(home, settings.name());
        this.namespace = new Namespace(folder);
        this.outside = new ExternalNetwork(folder, settings, namespace);
        this.central = new OvnCentral(folder);
        this.chassis = new Chassis(folder, settings);
        this.libvirt = new LibvirtDaemon(folder);
        this.taps = new TapPorts(namespace, this::vswitch, settings.mtu());
        this.metadata = new MetadataProxies(folder, namespace, this::vswitch, settings.mtu());
    }

    /**
     * Brings the host up, or adopts it, and returns when all of it runs.
     *
     * @param home where it keeps its state, in {@code host/NAME}, and its logs, in {@code log/NAME}
     */
    public static ContainedHost start(Path home, ContainedSettings settings) {
        var host = new ContainedHost(home, settings);
        try {
            host.folder.create();
            host.reconcile();
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
        host.supervisor = Optional.of(new Supervisor(settings.name(), INTERVAL, host::reconcile));
        return host;
    }

    /**
     * Ends the engines and all guests and removes every namespace; the state in the home stays.
     * Needs no host to be up.
     */
    public static void stop(Path home, ContainedSettings settings) {
        var folder = new HostFolder(home, settings.name());
        var namespace = new Namespace(folder);
        new ExternalNetwork(folder, settings, namespace).unplugMachine();
        namespace.stop();
    }

    /** As {@link #stop}, and removes the state and the logs too. */
    public static void purge(Path home, ContainedSettings settings) {
        stop(home, settings);
        var folder = new HostFolder(home, settings.name());
        HostFolder.remove(folder.state());
        HostFolder.remove(folder.logs());
        HostFolder.remove(execFile(folder));
    }

    private static Path execFile(HostFolder folder) {
        return folder.home().resolve("host/exec-prefix");
    }

    @Override
    public synchronized void reconcile() {
        namespace.ensure();
        outside.ensure();
        HostFolder.write(execFile(folder), String.join("\n", outside.exec()) + "\n");
        libvirt.prepare(namespace);
        together(
                this::ensureSwitch,
                () -> central.ensureNorthbound(namespace),
                () -> central.ensureSouthbound(namespace),
                () -> libvirt.ensure(namespace));
        together(
                () -> central.ensureNorthd(namespace),
                () -> chassis.ensureController(namespace),
                metadata::reconcile);
    }

    private void ensureSwitch() {
        chassis.ensureDatabase(namespace);
        vswitch = Optional.of(vswitch.orElseGet(() -> new VSwitch(chassis.remote())));
        chassis.configure(vswitch.get(), southbound().toString());
        chassis.ensureSwitch(namespace);
    }

    private static void together(Runnable... steps) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Boolean>>();
            for (var step : steps) {
                tasks.add(
                        () -> {
                            step.run();
                            return true;
                        });
            }
            for (var done : executor.invokeAll(tasks)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a host was put right", e);
        }
    }

    private VSwitch vswitch() {
        return vswitch.orElseThrow(() -> new IllegalStateException("the host is not up"));
    }

    /** Asks for a look at once, and does not wait for it. */
    public void wake() {
        supervisor.ifPresent(Supervisor::wake);
    }

    @Override
    public Path libvirtSocket() {
        return libvirt.socket();
    }

    @Override
    public Remote openVSwitch() {
        return chassis.remote();
    }

    @Override
    public Remote northbound() {
        return central.northbound();
    }

    @Override
    public Remote southbound() {
        return central.southbound();
    }

    @Override
    public String chassis() {
        return folder.name();
    }

    /** The machine's, and that of the host's first process within it. */
    @Override
    public String bootId() {
        return Boot.ofTheMachine() + "/" + namespace.incarnation();
    }

    @Override
    public List<String> exec() {
        return outside.exec();
    }

    /** The command, without what it shall run, that runs something inside the host itself. */
    public List<String> inside() {
        return namespace.enter(List.of());
    }

    @Override
    public GuestAccount guests() {
        return libvirt.guests();
    }

    @Override
    public boolean finishesChecksums() {
        return !chassis.datapath().equals("netdev");
    }

    @Override
    public TapPorts taps() {
        return taps;
    }

    @Override
    public MetadataProxies metadata() {
        return metadata;
    }

    @Override
    public Map<String, Boolean> parts() {
        var parts = new LinkedHashMap<String, Boolean>();
        boolean alive = namespace.isAlive();
        parts.put("namespaces", alive);
        for (var daemon : daemons()) {
            parts.put(daemon.name(), alive && daemon.running(namespace).isPresent());
        }
        return parts;
    }

    private List<Daemon> daemons() {
        var daemons = new ArrayList<>(libvirt.daemons());
        daemons.addAll(chassis.daemons());
        daemons.addAll(central.daemons());
        return daemons;
    }

    /**
     * The process numbers of the engines as seen inside, by their names: for whoever wants to
     * disturb them.
     */
    Map<String, Long> processes() {
        var processes = new LinkedHashMap<String, Long>();
        daemons()
                .forEach(
                        daemon ->
                                daemon.running(namespace)
                                        .ifPresent(
                                                process ->
                                                        processes.put(
                                                                daemon.name(), process.pid())));
        return processes;
    }

    @Override
    public List<Leftover> leftovers() {
        var leftovers = new ArrayList<Leftover>();
        var known = new ArrayList<>(metadata.namespaces());
        known.add(namespace.tag());
        known.add(namespace.tag() + "-ext");
        for (var name : Networks.beginningWith(namespace.tag())) {
            if (!known.contains(name)) {
                leftovers.add(new Leftover(Leftover.Kind.NAMESPACE, name));
            }
        }
        leftovers.addAll(Unplugged.find(vswitch(), namespace));
        return leftovers;
    }

    @Override
    public void close() {
        supervisor.ifPresent(Supervisor::close);
        synchronized (this) {
            vswitch.ifPresent(VSwitch::close);
        }
    }

    String tag() {
        return namespace.tag();
    }

    boolean hasState() {
        return Files.exists(folder.state());
    }
}
