package cloud.welkin.compute;

import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.Networks.FixedIp;
import cloud.welkin.network.Networks.PortFacts;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a guest may read of itself, by path: the same for the config drive and the metadata service.
 * OpenStack's form ({@code openstack/latest/meta_data.json} …) and EC2's ({@code
 * latest/meta-data/…}). Pure.
 */
public final class GuestMetadata {
    /** The versions that Nova names; the newest are all alike here. */
    static final List<String> VERSIONS =
            List.of(
                    "2012-08-10",
                    "2013-04-04",
                    "2013-10-17",
                    "2015-10-15",
                    "2016-06-30",
                    "2016-10-06",
                    "2017-02-22",
                    "2018-08-27",
                    "2020-10-14",
                    "latest");

    static final List<String> EC2_VERSIONS =
            List.of(
                    "1.0",
                    "2007-01-19",
                    "2007-03-01",
                    "2007-08-29",
                    "2007-10-10",
                    "2007-12-15",
                    "2008-02-01",
                    "2008-09-01",
                    "2009-04-04");

    private GuestMetadata() {}

    /** The files of the config drive. */
    public static Map<String, byte[]> files(
            Server server, List<Nic> nics, List<VolumeAttachment> volumes) {
        Map<String, byte[]> files = new TreeMap<>();
        byte[] metaData = json(metaData(server, nics, volumes));
        byte[] networkData = json(networkData(nics));
        for (String version : List.of("2018-08-27", "latest")) {
            String folder = "openstack/" + version + "/";
            files.put(folder + "meta_data.json", metaData);
            files.put(folder + "network_data.json", networkData);
            files.put(folder + "vendor_data.json", json(Map.of()));
            files.put(folder + "vendor_data2.json", json(Map.of()));
            userData(server).ifPresent(data -> files.put(folder + "user_data", data));
        }
        Map<String, Object> ec2 = ec2(server, nics);
        files.put("ec2/latest/meta-data.json", json(ec2));
        files.put("ec2/2009-04-04/meta-data.json", json(ec2));
        userData(server)
                .ifPresent(
                        data -> {
                            files.put("ec2/latest/user-data", data);
                            files.put("ec2/2009-04-04/user-data", data);
                        });
        return files;
    }

    static Optional<byte[]> userData(Server server) {
        return server.userData().map(text -> Base64.getMimeDecoder().decode(text));
    }

    static Map<String, Object> metaData(
            Server server, List<Nic> nics, List<VolumeAttachment> volumes) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("uuid", server.id());
        all.put("name", server.name());
        all.put("hostname", server.hostname());
        all.put("launch_index", server.launchIndex());
        all.put("availability_zone", server.zone());
        all.put("project_id", server.project().value());
        all.put("dedicated_cpus", List.of());
        Map<String, String> metadata = Rows.texts(server.metadataJson());
        if (!metadata.isEmpty()) {
            all.put("meta", metadata);
        }
        server.key()
                .ifPresent(
                        key -> {
                            all.put("public_keys", Map.of(key.name(), key.publicKey()));
                            all.put(
                                    "keys",
                                    List.of(
                                            Map.of(
                                                    "name", key.name(),
                                                    "type", key.type(),
                                                    "data", key.publicKey())));
                        });
        server.adminPass().ifPresent(password -> all.put("admin_pass", password));
        all.put("devices", devices(nics, volumes));
        return all;
    }

    /** The tagged NICs and volumes, so that the guest can tell them apart. */
    private static List<Object> devices(List<Nic> nics, List<VolumeAttachment> volumes) {
        List<Object> devices = new ArrayList<>();
        for (Nic nic : nics) {
            nic.tag()
                    .ifPresent(
                            tag ->
                                    devices.add(
                                            Map.of(
                                                    "type", "nic",
                                                    "bus", "none",
                                                    "address", "none",
                                                    "mac", nic.facts().mac(),
                                                    "tags", List.of(tag))));
        }
        for (VolumeAttachment volume : volumes) {
            volume.tag()
                    .ifPresent(
                            tag ->
                                    devices.add(
                                            Map.of(
                                                    "type",
                                                    "disk",
                                                    "bus",
                                                    "none",
                                                    "address",
                                                    "none",
                                                    "serial",
                                                    volume.volume(),
                                                    "path",
                                                    volume.device(),
                                                    "tags",
                                                    List.of(tag))));
        }
        return devices;
    }

    /** Links, networks and services, as cloud-init's network_data.json source reads them. */
    static Map<String, Object> networkData(List<Nic> nics) {
        List<Object> links = new ArrayList<>();
        List<Object> networks = new ArrayList<>();
        List<Object> services = new ArrayList<>();
        for (Nic nic : nics) {
            PortFacts port = nic.facts();
            links.add(
                    Map.of(
                            "id", port.device(),
                            "vif_id", port.id(),
                            "type", "ovs",
                            "mtu", port.mtu(),
                            "ethernet_mac_address", port.mac()));
            for (FixedIp ip : port.fixedIps()) {
                networks.add(network(port, ip, networks.size()));
                for (String dns : ip.dns()) {
                    Map<String, Object> service = Map.of("type", "dns", "address", dns);
                    if (!services.contains(service)) {
                        services.add(service);
                    }
                }
            }
        }
        return Map.of("links", links, "networks", networks, "services", services);
    }

    private static Map<String, Object> network(PortFacts port, FixedIp ip, int index) {
        Map<String, Object> network = new LinkedHashMap<>();
        network.put("id", "network" + index);
        network.put("link", port.device());
        network.put("network_id", port.network());
        if (ip.version() == 4) {
            network.put("type", ip.dhcp() ? "ipv4_dhcp" : "ipv4");
        } else {
            network.put("type", ip.dhcp() ? "ipv6_dhcp" : "ipv6");
        }
        if (!ip.dhcp()) {
            network.put("ip_address", ip.address());
            network.put("netmask", netmask(ip.cidr(), ip.version()));
            List<Object> routes = new ArrayList<>();
            ip.gateway()
                    .ifPresent(
                            gateway ->
                                    routes.add(
                                            Map.of(
                                                    "network", ip.version() == 4 ? "0.0.0.0" : "::",
                                                    "netmask", ip.version() == 4 ? "0.0.0.0" : "::",
                                                    "gateway", gateway)));
            network.put("routes", routes);
            network.put(
                    "services",
                    ip.dns().stream().map(dns -> Map.of("type", "dns", "address", dns)).toList());
        }
        return network;
    }

    static String netmask(String cidr, int version) {
        int prefix = Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
        int bits = version == 4 ? 32 : 128;
        BigInteger mask =
                BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE.shiftLeft(bits - prefix));
        byte[] bytes = new byte[bits / 8];
        byte[] raw = mask.toByteArray();
        for (int i = 0; i < Math.min(raw.length, bytes.length); i++) {
            bytes[bytes.length - 1 - i] = raw[raw.length - 1 - i];
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** EC2's tree: a text is a file, a map a folder. */
    static Map<String, Object> ec2(Server server, List<Nic> nics) {
        Map<String, Object> all = new TreeMap<>();
        String instance = String.format(Locale.ROOT, "i-%08x", server.number());
        List<FixedIp> v4 =
                nics.stream()
                        .flatMap(nic -> nic.facts().fixedIps().stream())
                        .filter(ip -> ip.version() == 4)
                        .toList();
        String local = v4.isEmpty() ? "" : v4.getFirst().address();
        String floating = v4.stream().flatMap(ip -> ip.floating().stream()).findFirst().orElse("");
        all.put(
                "ami-id",
                server.image().map(id -> "ami-" + id.toString().substring(0, 8)).orElse(""));
        all.put("ami-launch-index", Integer.toString(server.launchIndex()));
        all.put(
                "block-device-mapping",
                Map.of("ami", server.rootDevice(), "root", server.rootDevice()));
        all.put("hostname", server.hostname());
        all.put("instance-action", "none");
        all.put("instance-id", instance);
        all.put(
                "instance-type",
                Json.mapper().readTree(server.flavorJson()).path("original_name").asString());
        all.put("local-hostname", server.hostname());
        all.put("local-ipv4", local);
        all.put("placement", Map.of("availability-zone", server.zone()));
        all.put("public-hostname", server.hostname());
        all.put("public-ipv4", floating);
        all.put("reservation-id", server.reservationId());
        all.put(
                "security-groups",
                String.join(
                        "\n",
                        nics.stream()
                                .flatMap(nic -> nic.facts().securityGroups().stream())
                                .distinct()
                                .toList()));
        server.key()
                .ifPresent(
                        key ->
                                all.put(
                                        "public-keys",
                                        Map.of("0", Map.of("openssh-key", key.publicKey()))));
        return all;
    }

    private static byte[] json(Object value) {
        return Json.text(value).getBytes(StandardCharsets.UTF_8);
    }
}
