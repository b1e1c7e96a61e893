package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * One namespace per network with the network's localport and a haproxy, which hands guests'
 * requests for metadata to the program's unix socket. The header {@code X-OVN-Network-ID} tells the
 * network, {@code X-Forwarded-For} the guest's address; what a guest sends under these names is
 * dropped. While the program is away guests are answered 503.
 */
public final class MetadataProxies {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HostFolder folder;
    private final Inside inside;
    private final Supplier<VSwitch> vswitch;
    private final int mtu;

    MetadataProxies(HostFolder folder, Inside inside, Supplier<VSwitch> vswitch, int mtu) {
        this.folder = folder;
        this.inside = inside;
        this.vswitch = vswitch;
        this.mtu = mtu;
    }

    /** Makes the proxy as described, or changes it to that; idempotent. */
    public synchronized void ensure(MetadataProxy proxy) {
        boolean known = read(recordOf(proxy.networkId())).equals(Optional.of(proxy));
        if (!known || !isComplete(proxy)) {
            HostFolder.write(recordOf(proxy.networkId()), JSON.writeValueAsString(proxy));
            make(proxy);
        }
        daemon(proxy.networkId()).ensure(inside);
    }

    public synchronized void remove(String networkId) {
        daemon(networkId).stop(inside);
        vswitch.get().unplug(device(networkId));
        Networks.remove(namespace(networkId));
        HostFolder.remove(place(networkId));
    }

    /** Those that shall be, whether they are complete or not. */
    public synchronized List<MetadataProxy> list() {
        var all = folder.state().resolve("metadata");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (var places = Files.list(all)) {
            var proxies = new ArrayList<MetadataProxy>();
            places.sorted()
                    .forEach(place -> read(place.resolve("proxy.json")).ifPresent(proxies::add));
            return proxies;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Mends what is broken of those that shall be. */
    void reconcile() {
        list().forEach(this::ensure);
    }

    List<String> namespaces() {
        return list().stream().map(proxy -> namespace(proxy.networkId())).toList();
    }

    private boolean isComplete(MetadataProxy proxy) {
        var device = device(proxy.networkId());
        return Networks.exists(namespace(proxy.networkId()))
                && Files.exists(inside.devices().resolve(device))
                && vswitch.get()
                        .plugged(device)
                        .filter(port -> proxy.portId().equals(port.externalIds().get("iface-id")))
                        .isPresent();
    }

    private void make(MetadataProxy proxy) {
        var namespace = namespace(proxy.networkId());
        var device = device(proxy.networkId());
        Networks.ensure(namespace);
        Cable.ensure(inside, device, namespace, "eth0");
        Command.of(inside.ip("link", "set", device, "mtu", Integer.toString(mtu))).run();
        var lines = new ArrayList<String>();
        lines.add("addr flush dev eth0");
        lines.add("link set eth0 address %s mtu %d up".formatted(proxy.mac(), mtu));
        lines.add("addr replace 169.254.169.254/32 dev eth0");
        lines.add("addr replace fe80::a9fe:a9fe/64 dev eth0 nodad");
        for (var address : proxy.addresses()) {
            lines.add(
                    "addr replace %s dev eth0%s"
                            .formatted(address, address.contains(":") ? " nodad" : ""));
        }
        Command.of("ip", "-n", namespace, "-batch", "-").withInput(lines).run();
        HostFolder.write(place(proxy.networkId()).resolve("haproxy.cfg"), configuration(proxy));
        vswitch.get()
                .plug(
                        Chassis.INTEGRATION_BRIDGE,
                        device,
                        Map.of("iface-id", proxy.portId(), "attached-mac", proxy.mac()));
    }

    private String configuration(MetadataProxy proxy) {
        return """
        global
            maxconn 1024
            nbthread 1
        defaults
            mode http
            timeout connect 5s
            timeout client 30s
            timeout server 30s
            timeout http-request 10s
            retries 3
            option redispatch
        listen metadata
            bind 169.254.169.254:80
            bind fe80::a9fe:a9fe:80 interface eth0
            http-request set-header X-OVN-Network-ID %s
            http-request set-header X-Forwarded-For %%[src]
            http-request del-header X-Instance-ID
            http-request del-header X-Tenant-ID
            server program unix@%s
        """
                .formatted(proxy.networkId(), folder.metadataSocket());
    }

    private Daemon daemon(String networkId) {
        var place = place(networkId);
        return new Daemon(
                        "haproxy-" + networkId,
                        List.of(
                                "haproxy",
                                "-D",
                                "-f",
                                place.resolve("haproxy.cfg").toString(),
                                "-p",
                                place.resolve("haproxy.pid").toString()),
                        place.resolve("haproxy.pid"))
                .in(namespace(networkId));
    }

    private Path place(String networkId) {
        return folder.state().resolve("metadata").resolve(Networks.digest(networkId, 10));
    }

    private Path recordOf(String networkId) {
        return place(networkId).resolve("proxy.json");
    }

    private String namespace(String networkId) {
        return inside.tag() + "-md-" + Networks.digest(networkId, 10);
    }

    private static String device(String networkId) {
        return "md" + Networks.digest(networkId, 10);
    }

    private static Optional<MetadataProxy> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readString(file), MetadataProxy.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
