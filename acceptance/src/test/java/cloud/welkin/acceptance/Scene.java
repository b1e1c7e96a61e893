package cloud.welkin.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A project's usual furniture, made by REST: a network with a way out, a security group that lets
 * SSH and ping in, a key; and servers on it. Closing it removes everything, newest first.
 */
final class Scene implements AutoCloseable {
    private static final Duration REMOVAL = Duration.ofSeconds(90);

    private final CloudUnderTest cloud;
    private final Rest rest;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final Path key;
    private final String keyName = Names.fresh("key");
    private final String image;
    private final String flavor;
    private final String group;
    private final String network;
    private final String external;

    Scene(CloudUnderTest cloud, String range) {
        this.cloud = cloud;
        this.rest = cloud.rest();
        key = sshKey();
        image = first("/image/v2/images?name=welkin-guest", "images");
        external = first("/network/v2.0/networks?router:external=true", "networks");
        flavor =
                made(
                        "/compute/v2.1/flavors",
                        "{\"flavor\": {\"name\": \"%s\", \"ram\": 192, \"vcpus\": 1, \"disk\": 1}}"
                                .formatted(Names.fresh("flavor")));
        group =
                made(
                        "/network/v2.0/security-groups",
                        "{\"security_group\": {\"name\": \"%s\"}}".formatted(Names.fresh("group")));
        allow("\"protocol\": \"icmp\"");
        allow("\"protocol\": \"tcp\", \"port_range_min\": 22, \"port_range_max\": 22");
        network = network(range);
        route(network);
    }

    CloudUnderTest cloud() {
        return cloud;
    }

    Rest rest() {
        return rest;
    }

    String network() {
        return network;
    }

    String image() {
        return image;
    }

    String flavor() {
        return flavor;
    }

    String group() {
        return group;
    }

    String keyName() {
        return keyName;
    }

    /** Lets something in: the members of a security group rule. */
    String allow(String what) {
        return rest.make(
                        "/network/v2.0/security-group-rules",
                        "{\"security_group_rule\": {\"security_group_id\": \"%s\", \"direction\": \"ingress\", %s}}"
                                .formatted(group, what))
                .path("id")
                .asString("");
    }

    /** A network with one subnet. */
    String network(String range) {
        String id =
                made(
                        "/network/v2.0/networks",
                        "{\"network\": {\"name\": \"%s\"}}".formatted(Names.fresh("net")));
        rest.make(
                "/network/v2.0/subnets",
                "{\"subnet\": {\"network_id\": \"%s\", \"ip_version\": 4, \"cidr\": \"%s\"}}"
                        .formatted(id, range));
        return id;
    }

    private void route(String to) {
        String router =
                made(
                        "/network/v2.0/routers",
                        "{\"router\": {\"name\": \"%s\", \"external_gateway_info\": {\"network_id\": \"%s\"}}}"
                                .formatted(Names.fresh("router"), external));
        interfaceOf(router, first("/network/v2.0/subnets?network_id=" + to, "subnets"));
    }

    /** Connects a subnet to a router, until closing. */
    void interfaceOf(String router, String subnet) {
        String body = "{\"subnet_id\": \"" + subnet + "\"}";
        String path = "/network/v2.0/routers/" + router;
        rest.put(path + "/add_router_interface", body).expect(200);
        undo.push(() -> rest.put(path + "/remove_router_interface", body).expect(200, 404));
    }

    /** A server on the scene's network, with further members of the request; not waited for. */
    Server server(String more) {
        return server("\"networks\": [{\"uuid\": \"%s\"}]".formatted(network), more);
    }

    Server server(String networks, String more) {
        String name = Names.fresh("server");
        boolean own = more.contains("imageRef") || more.contains("block_device_mapping_v2");
        String boot = own ? "" : "\"imageRef\": \"" + image + "\", ";
        String id =
                made(
                        "/compute/v2.1/servers",
                        """
                        {"server": {"name": "%s", %s"flavorRef": "%s", "key_name": "%s", %s,
                         "security_groups": [{"name": "%s"}]%s}}
                        """
                                .formatted(
                                        name,
                                        boot,
                                        flavor,
                                        keyName,
                                        networks,
                                        group,
                                        more.isEmpty() ? "" : ", " + more));
        return new Server(this, id, name);
    }

    /** Gives the server's first port a floating IP, and the shell behind it. */
    Guest reached(Server server) {
        String port = first("/network/v2.0/ports?device_id=" + server.id(), "ports");
        JsonNode made =
                rest.make(
                        "/network/v2.0/floatingips",
                        "{\"floatingip\": {\"floating_network_id\": \"%s\", \"port_id\": \"%s\"}}"
                                .formatted(external, port));
        removedLater("/network/v2.0/floatingips/" + made.path("id").asString(""));
        return new Guest(server, key, made.path("floating_ip_address").asString(""));
    }

    static String userData(String script) {
        return "\"user_data\": \""
                + Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8))
                + "\"";
    }

    /** Makes something that closing removes again: its id. */
    String made(String path, String body) {
        String id = rest.make(path, body).path("id").asString("");
        removedLater(path + "/" + id);
        return id;
    }

    void removedLater(String path) {
        undo.push(() -> remove(path));
    }

    private void remove(String path) {
        rest.delete(path).expect(200, 202, 204, 404);
        Await.until(path + " is gone", REMOVAL, () -> rest.get(path).status() == 404);
    }

    String first(String path, String list) {
        return rest.get(path)
                .expect(200)
                .json()
                .path(list)
                .valueStream()
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing in " + path))
                .path("id")
                .asString("");
    }

    private Path sshKey() {
        try {
            Path folder = Files.createTempDirectory("welkin-key");
            Path file = folder.resolve("key");
            Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString())
                    .run()
                    .mustSucceed();
            rest.make(
                    "/compute/v2.1/os-keypairs",
                    "{\"keypair\": {\"name\": \"%s\", \"type\": \"ssh\", \"public_key\": \"%s\"}}"
                            .formatted(
                                    keyName, Files.readString(folder.resolve("key.pub")).strip()));
            undo.push(() -> Command.of("rm", "-rf", folder.toString()).run());
            removedLater("/compute/v2.1/os-keypairs/" + keyName);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        List<AssertionError> failures = new ArrayList<>();
        while (!undo.isEmpty()) {
            try {
                undo.pop().run();
            } catch (AssertionError e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            AssertionError first = failures.removeFirst();
            failures.forEach(first::addSuppressed);
            throw first;
        }
    }
}
