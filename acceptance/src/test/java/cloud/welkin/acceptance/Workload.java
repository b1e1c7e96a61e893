package cloud.welkin.acceptance;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Creates, deletes, attaches and floating IPs in a seeded order, and a book of what the cloud
 * acknowledged. A request whose answer did not arrive may have happened or not: what it was about
 * is then left open until it has been looked at.
 */
final class Workload {
    /**
     * A kind of thing: where it is made, what wraps it in requests, what a list of them is called.
     */
    private enum Kind {
        NETWORK("/network/v2.0/networks", "network"),
        PORT("/network/v2.0/ports", "port"),
        FLOATING_IP("/network/v2.0/floatingips", "floatingip"),
        VOLUME("/volume/v3/volumes", "volume"),
        SERVER("/compute/v2.1/servers", "server");

        private final String path;
        private final String wrapper;

        Kind(String path, String wrapper) {
            this.path = path;
            this.wrapper = wrapper;
        }

        String path(String id) {
            return path + "/" + id;
        }
    }

    private final Rest rest;
    private final Random random;
    private final String prefix = Names.fresh("crash");
    private final String image;
    private final String flavor;
    private final String external;
    private final String network;
    private final int most;
    private final Map<String, Kind> there = new LinkedHashMap<>();

    /**
     * Volumes that an acknowledged request attached to a server, or detached: then no server is
     * named.
     */
    private final Map<String, Optional<String>> attached = new HashMap<>();

    private final Set<String> open = new HashSet<>();
    private final Map<String, Kind> gone = new LinkedHashMap<>();
    private int number;
    private int acknowledged;

    /**
     * @param most servers and other things of a kind at a time
     */
    Workload(Scene scene, Random random, int most) {
        this.rest = scene.rest();
        this.random = random;
        this.most = most;
        this.image = scene.image();
        this.flavor = scene.flavor();
        this.network = scene.network();
        this.external = scene.first("/network/v2.0/networks?router:external=true", "networks");
    }

    int acknowledged() {
        return acknowledged;
    }

    /** One request; false when the program was not there to answer. */
    boolean step() {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        List<String> ids = idsOf(kind);
        try {
            if (kind == Kind.VOLUME && !ids.isEmpty() && random.nextInt(2) == 0) {
                attachOrDetach(ids.get(random.nextInt(ids.size())));
            } else if (kind == Kind.FLOATING_IP && !ids.isEmpty() && random.nextInt(2) == 0) {
                moveAddress(ids.get(random.nextInt(ids.size())));
            } else if (ids.size() >= most || (!ids.isEmpty() && random.nextInt(3) == 0)) {
                delete(ids.get(random.nextInt(ids.size())), kind);
            } else {
                create(kind);
            }
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private List<String> idsOf(Kind kind) {
        return there.entrySet().stream()
                .filter(entry -> entry.getValue() == kind)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void create(Kind kind) {
        String name = prefix + "-" + number++;
        String members =
                switch (kind) {
                    case FLOATING_IP ->
                            "\"floating_network_id\": \"%s\", \"description\": \"%s\""
                                    .formatted(external, name);
                    case SERVER ->
                            "\"name\": \"%s\", \"flavorRef\": \"%s\", \"networks\": [{\"uuid\": \"%s\"}], %s"
                                    .formatted(name, flavor, network, boot());
                    case PORT ->
                            "\"name\": \"%s\", \"network_id\": \"%s\"".formatted(name, network);
                    case VOLUME ->
                            "\"name\": \"%s\", \"size\": 1%s"
                                    .formatted(
                                            name,
                                            random.nextInt(3) == 0
                                                    ? ", \"imageRef\": \"" + image + "\""
                                                    : "");
                    case NETWORK -> "\"name\": \"" + name + "\"";
                };
        Rest.Answer answer =
                judged(rest.post(kind.path, "{\"%s\": {%s}}".formatted(kind.wrapper, members)));
        if (answer.success()) {
            there.put(answer.json().path(kind.wrapper).path("id").asString(""), kind);
            acknowledged++;
        }
    }

    /**
     * From the image, or now and then from a volume that is made of it and goes with the server.
     */
    private String boot() {
        return random.nextInt(4) > 0
                ? "\"imageRef\": \"" + image + "\""
                : "\"block_device_mapping_v2\": [{\"boot_index\": 0, \"uuid\": \"%s\", \"source_type\": \"image\", \"destination_type\": \"volume\", \"volume_size\": 1, \"delete_on_termination\": true}]"
                        .formatted(image);
    }

    private void delete(String id, Kind kind) {
        open.add(id);
        Rest.Answer answer = judged(rest.delete(kind.path(id)));
        if (answer.success() || answer.status() == 404) {
            there.remove(id);
            gone.put(id, kind);
            acknowledged++;
            if (kind == Kind.SERVER) {
                attached.replaceAll(
                        (volume, server) ->
                                server.equals(Optional.of(id)) ? Optional.empty() : server);
            }
        }
        open.remove(id);
    }

    private void attachOrDetach(String volume) {
        JsonNode shown = rest.get(Kind.VOLUME.path(volume)).json().path("volume");
        Optional<String> server =
                shown.path("attachments")
                        .valueStream()
                        .findFirst()
                        .map(each -> each.path("server_id").asString(""));
        List<String> servers = idsOf(Kind.SERVER);
        if (server.isEmpty() && servers.isEmpty()) {
            return;
        }
        String to = server.orElseGet(() -> servers.get(random.nextInt(servers.size())));
        String path = Kind.SERVER.path(to) + "/os-volume_attachments";
        attached.remove(volume); // until the answer is there, either may be so
        Rest.Answer answer =
                judged(
                        server.isPresent()
                                ? rest.delete(path + "/" + volume)
                                : rest.post(
                                        path,
                                        "{\"volumeAttachment\": {\"volumeId\": \"%s\"}}"
                                                .formatted(volume)));
        if (answer.success()) {
            attached.put(volume, server.isPresent() ? Optional.empty() : Optional.of(to));
            acknowledged++;
        }
    }

    /** Gives a floating IP to a server's port or takes it away. */
    private void moveAddress(String id) {
        List<String> servers = idsOf(Kind.SERVER);
        String port = "null";
        if (!servers.isEmpty() && random.nextInt(3) > 0) {
            String server = servers.get(random.nextInt(servers.size()));
            port =
                    rest.get("/network/v2.0/ports?device_id=" + server)
                            .json()
                            .path("ports")
                            .valueStream()
                            .findFirst()
                            .map(each -> "\"" + each.path("id").asString("") + "\"")
                            .orElse("null");
        }
        if (judged(
                        rest.put(
                                Kind.FLOATING_IP.path(id),
                                "{\"floatingip\": {\"port_id\": " + port + "}}"))
                .success()) {
            acknowledged++;
        }
    }

    private static Rest.Answer judged(Rest.Answer answer) {
        if (answer.status() >= 500) {
            throw new AssertionError("a failure: " + answer);
        }
        return answer;
    }

    /**
     * After a restart: what was acknowledged as there is there, what was deleted is not or goes.
     */
    void mustHold() {
        there.forEach(
                (id, kind) -> {
                    int status = rest.get(kind.path(id)).status();
                    if (status != 200 && !(status == 404 && open.contains(id))) {
                        throw new AssertionError(
                                "%s %s was acknowledged and answers %d"
                                        .formatted(kind, id, status));
                    }
                });
    }

    /** All of it comes to rest, in the state that was acknowledged. */
    void mustSettle(Duration limit) {
        List<String> last = new ArrayList<>();
        try {
            Await.until(
                    "everything is in a final state",
                    limit,
                    () -> {
                        last.clear();
                        last.addAll(unsettled());
                        return last.isEmpty();
                    });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + last, e);
        }
        mustHold();
        there.entrySet()
                .removeIf(
                        entry ->
                                open.contains(entry.getKey())
                                        && rest.get(entry.getValue().path(entry.getKey())).status()
                                                == 404);
        gone.forEach(
                (id, kind) -> {
                    if (rest.get(kind.path(id)).status() != 404) {
                        throw new AssertionError(
                                "%s %s was deleted and is there".formatted(kind, id));
                    }
                });
        attached.forEach(this::mustBeAttached);
        attached.clear();
        gone.clear();
        open.clear();
    }

    private void mustBeAttached(String volume, Optional<String> server) {
        if (there.get(volume) != Kind.VOLUME
                || (server.isPresent() && !there.containsKey(server.get()))) {
            return;
        }
        JsonNode shown = rest.get(Kind.VOLUME.path(volume)).expect(200).json().path("volume");
        Optional<String> holder =
                shown.path("attachments")
                        .valueStream()
                        .findFirst()
                        .map(each -> each.path("server_id").asString(""));
        if (!holder.equals(server)) {
            throw new AssertionError(
                    "volume %s: acknowledged %s, is %s".formatted(volume, server, shown));
        }
    }

    /** Everything of the project that is on its way; ERROR is no rest that a crash may lead to. */
    List<String> unsettled() {
        List<String> moving = new ArrayList<>();
        listed("/compute/v2.1/servers/detail", "servers")
                .forEach(
                        server -> {
                            String status = server.path("status").asString("");
                            if (!status.equals("ACTIVE")
                                    || !server.path("OS-EXT-STS:task_state")
                                            .asString("")
                                            .isEmpty()) {
                                moving.add(
                                        "server %s %s %s %s"
                                                .formatted(
                                                        server.path("id").asString(""),
                                                        status,
                                                        server.path("OS-EXT-STS:task_state"),
                                                        server.path("fault")));
                            }
                        });
        listed(Volumes.path("/volumes/detail"), "volumes")
                .forEach(
                        volume -> {
                            String status = volume.path("status").asString("");
                            if (!status.equals("available") && !status.equals("in-use")) {
                                moving.add(
                                        "volume %s %s"
                                                .formatted(volume.path("id").asString(""), status));
                            }
                        });
        return moving;
    }

    private JsonNode listed(String path, String list) {
        return rest.get(path).expect(200).json().path(list);
    }

    /** Removes all, the unacknowledged too; nothing of it may be left. */
    void clear(Duration limit) {
        mustSettle(limit);
        removeAll(Kind.SERVER, "/compute/v2.1/servers", limit);
        Await.until("volumes are at rest", limit, () -> unsettled().isEmpty());
        removeAll(Kind.VOLUME, Volumes.path("/volumes"), limit);
        removeAll(Kind.FLOATING_IP, Kind.FLOATING_IP.path, limit);
        removeAll(Kind.PORT, Kind.PORT.path + "?device_owner=", limit);
        for (JsonNode each : listed(Kind.NETWORK.path, "networks")) {
            if (each.path("name").asString("").startsWith(prefix)) {
                rest.delete(Kind.NETWORK.path(each.path("id").asString(""))).expect(204);
            }
        }
        there.clear();
    }

    private void removeAll(Kind kind, String list, Duration limit) {
        String name = kind.wrapper + "s";
        listed(list, name)
                .forEach(
                        each ->
                                rest.delete(kind.path(each.path("id").asString("")))
                                        .expect(202, 204, 404));
        Await.until("all " + name + " are gone", limit, () -> listed(list, name).isEmpty());
    }
}
