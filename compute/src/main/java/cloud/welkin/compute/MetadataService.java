package cloud.welkin.compute;

import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Database;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.Networks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What guests find at 169.254.169.254 and fe80::a9fe:a9fe. Who asks is told by the network it asks
 * from and its address there, both written by the proxy of the host, never by the guest.
 */
public final class MetadataService {
    /** An answer: 200 with a body. What there is not is an empty Optional, for the caller's 404. */
    public record Answer(String contentType, byte[] body) {}

    private record Asker(Server server, List<Nic> nics, List<VolumeAttachment> volumes) {}

    private final Database database;
    private final Networks networks;
    private final ServerStore servers;
    private final PlugStore plugs;

    MetadataService(Database database, Networks networks, ServerStore servers, PlugStore plugs) {
        this.database = database;
        this.networks = networks;
        this.servers = servers;
        this.plugs = plugs;
    }

    /**
     * @param networkId the proxy's header X-OVN-Network-ID
     * @param address the guest's address in that network, X-Forwarded-For
     * @param path the request's path, without the query
     */
    public Optional<Answer> answer(String networkId, String address, String path) {
        Optional<UUID> network = Ids.uuid(networkId);
        if (network.isEmpty()) {
            return Optional.empty();
        }
        return database.read(
                        tx ->
                                networks.deviceAt(tx, network.get(), address)
                                        .flatMap(id -> servers.find(tx, id))
                                        .map(
                                                server ->
                                                        new Asker(
                                                                server,
                                                                plugs.nics(tx, server.id()),
                                                                plugs.attachments(
                                                                        tx, server.id()))))
                .flatMap(asker -> answer(asker, parts(path)));
    }

    private static Optional<Answer> answer(Asker asker, List<String> path) {
        if (path.isEmpty()) {
            List<String> versions = new ArrayList<>(GuestMetadata.EC2_VERSIONS);
            versions.add("latest");
            return text(String.join("\n", versions));
        }
        if (path.getFirst().equals("openstack")) {
            return openstack(asker, path.subList(1, path.size()));
        }
        boolean known =
                path.getFirst().equals("latest")
                        || GuestMetadata.EC2_VERSIONS.contains(path.getFirst());
        return known ? ec2(asker, path.subList(1, path.size())) : Optional.empty();
    }

    private static Optional<Answer> openstack(Asker asker, List<String> path) {
        if (path.isEmpty()) {
            return text(String.join("\n", GuestMetadata.VERSIONS));
        }
        if (!GuestMetadata.VERSIONS.contains(path.getFirst())) {
            return Optional.empty();
        }
        Optional<byte[]> userData = GuestMetadata.userData(asker.server());
        if (path.size() == 1) {
            List<String> names = new ArrayList<>(List.of("meta_data.json"));
            userData.ifPresent(data -> names.add("user_data"));
            names.addAll(List.of("vendor_data.json", "vendor_data2.json", "network_data.json"));
            return text(String.join("\n", names));
        }
        if (path.size() > 2) {
            return Optional.empty();
        }
        return switch (path.get(1)) {
            case "meta_data.json" ->
                    json(GuestMetadata.metaData(asker.server(), asker.nics(), asker.volumes()));
            case "network_data.json" -> json(GuestMetadata.networkData(asker.nics()));
            case "vendor_data.json", "vendor_data2.json" -> json(Map.of());
            case "user_data" -> userData.map(data -> new Answer("application/octet-stream", data));
            default -> Optional.empty();
        };
    }

    private static Optional<Answer> ec2(Asker asker, List<String> path) {
        Optional<byte[]> userData = GuestMetadata.userData(asker.server());
        if (path.isEmpty()) {
            return text(userData.isPresent() ? "meta-data/\nuser-data" : "meta-data/");
        }
        if (path.getFirst().equals("user-data")) {
            return userData.map(data -> new Answer("application/octet-stream", data));
        }
        if (!path.getFirst().equals("meta-data")) {
            return Optional.empty();
        }
        Map<String, Object> tree = GuestMetadata.ec2(asker.server(), asker.nics());
        Object found = tree;
        for (String part : path.subList(1, path.size())) {
            if (!(found instanceof Map<?, ?> folder)) {
                return Optional.empty();
            }
            // EC2 lists keys as 0=name; either spelling leads to the key.
            Object next =
                    folder.get(part.contains("=") ? part.substring(0, part.indexOf('=')) : part);
            if (next == null) {
                return Optional.empty();
            }
            found = next;
        }
        if (found instanceof Map<?, ?> folder) {
            boolean keys = path.getLast().equals("public-keys");
            return text(
                    String.join(
                            "\n",
                            folder.entrySet().stream()
                                    .map(
                                            entry ->
                                                    keys
                                                            ? entry.getKey()
                                                                    + "="
                                                                    + asker.server()
                                                                            .key()
                                                                            .map(Server.Key::name)
                                                                            .orElse("")
                                                            : entry.getValue() instanceof Map
                                                                    ? entry.getKey() + "/"
                                                                    : String.valueOf(
                                                                            entry.getKey()))
                                    .toList()));
        }
        return text(String.valueOf(found));
    }

    private static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/")) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static Optional<Answer> text(String text) {
        return Optional.of(
                new Answer("text/plain; charset=UTF-8", text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<Answer> json(Object value) {
        return Optional.of(new Answer("application/json", Json.bytes(value)));
    }
}
