package cloud.welkin.acceptance;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
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
 * acknowledged. A request whose answer did not arrive may have happened or not: its name or id is
 * then left open.
 */
final class Workload {
    /** A kind of thing: where it is made, what wraps it. */
    private enum Kind {
        NETWORK("/network/v2.0/networks", "network", ""),
        FLOATING_IP("/network/v2.0/floatingips", "floatingip", ""),
        VOLUME("/volume/v3/volumes", "volume", ", \"size\": 1"),
        SERVER("/compute/v2.1/servers", "server", "");

        private final String path;
        private final String wrapper;
        private final String members;

        Kind(String path, String wrapper, String members) {
            this.path = path;
            this.wrapper = wrapper;
            this.members = members;
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
    private final Set<String> open = new HashSet<>();
    private final Set<String> gone = new HashSet<>();
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
            if (kind == Kind.VOLUME && !ids.isEmpty() && random.nextInt(3) == 0) {
                return attachOrDetach(ids.get(random.nextInt(ids.size())));
            }
            if (ids.size() >= most || (!ids.isEmpty() && random.nextInt(3) == 0)) {
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
        List<String> ids = new ArrayList<>();
        there.forEach(
                (id, of) -> {
                    if (of == kind) {
                        ids.add(id);
                    }
                });
        return ids;
    }

    private void create(Kind kind) {
        String name = prefix + "-" + number++;
        String members =
                switch (kind) {
                    case FLOATING_IP ->
                            "\"floating_network_id\": \"%s\", \"description\": \"%s\""
                                    .formatted(external, name);
                    case SERVER ->
                            "\"name\": \"%s\", \"imageRef\": \"%s\", \"flavorRef\": \"%s\", \"networks\": [{\"uuid\": \"%s\"}]"
                                    .formatted(name, image, flavor, network);
                    case NETWORK, VOLUME -> "\"name\": \"" + name + "\"" + kind.members;
                };
        Rest.Answer answer =
                rest.post(kind.path, "{\"%s\": {%s}}".formatted(kind.wrapper, members));
        if (answer.success()) {
            there.put(answer.json().path(kind.wrapper).path("id").asString(""), kind);
            acknowledged++;
        } else if (answer.status() >= 500) {
            throw new AssertionError("a failure: " + answer);
        }
    }

    private void delete(String id, Kind kind) {
        open.add(id);
        Rest.Answer answer = rest.delete(kind.path + "/" + id);
        if (answer.success() || answer.status() == 404) {
            there.remove(id);
            gone.add(id);
            acknowledged++;
        } else if (answer.status() < 500) {
            open.remove(id);
        } else {
            throw new AssertionError("a failure: " + answer);
        }
    }

    private boolean attachOrDetach(String volume) {
        JsonNode shown = rest.get(Volumes.path("/volumes/" + volume)).json().path("volume");
        Optional<String> server =
                shown.path("attachments")
                        .valueStream()
                        .findFirst()
                        .map(each -> each.path("server_id").asString(""));
        Rest.Answer answer;
        if (server.isPresent()) {
            answer =
                    rest.delete(
                            "/compute/v2.1/servers/"
                                    + server.get()
                                    + "/os-volume_attachments/"
                                    + volume);
        } else {
            List<String> servers = idsOf(Kind.SERVER);
            if (servers.isEmpty()) {
                return true;
            }
            String to = servers.get(random.nextInt(servers.size()));
            answer =
                    rest.post(
                            "/compute/v2.1/servers/" + to + "/os-volume_attachments",
                            "{\"volumeAttachment\": {\"volumeId\": \"%s\"}}".formatted(volume));
        }
        if (answer.status() >= 500) {
            throw new AssertionError("a failure: " + answer);
        }
        return true;
    }

    /**
     * After a restart: what was acknowledged is there, what was deleted is not or goes, and all of
     * it comes to rest.
     */
    void mustHold(Duration limit) {
        Await.until(
                "everything is in a final state: " + unsettled(),
                limit,
                () -> unsettled().isEmpty());
        there.forEach(
                (id, kind) -> {
                    int status = rest.get(kind.path + "/" + id).status();
                    if (status != 200 && !(status == 404 && open.contains(id))) {
                        throw new AssertionError(
                                "%s %s was acknowledged and answers %d"
                                        .formatted(kind, id, status));
                    }
                });
        there.keySet()
                .removeIf(
                        id ->
                                open.contains(id)
                                        && rest.get(kindOf(id).path + "/" + id).status() == 404);
        for (String id : gone) {
            for (Kind kind : Kind.values()) {
                if (rest.get(kind.path + "/" + id).status() == 200) {
                    throw new AssertionError("%s %s was deleted and is there".formatted(kind, id));
                }
            }
        }
        gone.clear();
        open.clear();
    }

    private Kind kindOf(String id) {
        return Optional.ofNullable(there.get(id)).orElseThrow();
    }

    /** Everything of the project that is on its way; ERROR is no rest that a crash may lead to. */
    List<String> unsettled() {
        List<String> moving = new ArrayList<>();
        rest.get("/compute/v2.1/servers/detail")
                .expect(200)
                .json()
                .path("servers")
                .forEach(
                        server -> {
                            String status = server.path("status").asString("");
                            if (!status.equals("ACTIVE")
                                    || !server.path("OS-EXT-STS:task_state")
                                            .asString("")
                                            .isEmpty()) {
                                moving.add(
                                        "server %s %s %s"
                                                .formatted(
                                                        server.path("id").asString(""),
                                                        status,
                                                        server.path("OS-EXT-STS:task_state")));
                            }
                        });
        rest.get(Volumes.path("/volumes/detail"))
                .expect(200)
                .json()
                .path("volumes")
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

    /** Removes all, the unacknowledged too; nothing of it may be left. */
    void clear(Duration limit) {
        rest.get("/compute/v2.1/servers/detail")
                .json()
                .path("servers")
                .forEach(
                        each ->
                                rest.delete(
                                        "/compute/v2.1/servers/" + each.path("id").asString("")));
        Await.until(
                "all servers are gone",
                limit,
                () -> rest.get("/compute/v2.1/servers").json().path("servers").isEmpty());
        Await.until("volumes are at rest", limit, () -> unsettled().isEmpty());
        rest.get(Volumes.path("/volumes/detail"))
                .json()
                .path("volumes")
                .forEach(
                        each ->
                                rest.delete(
                                        Volumes.path("/volumes/" + each.path("id").asString(""))));
        Await.until(
                "all volumes are gone",
                limit,
                () -> rest.get(Volumes.path("/volumes")).json().path("volumes").isEmpty());
        rest.get("/network/v2.0/floatingips")
                .json()
                .path("floatingips")
                .forEach(
                        each ->
                                rest.delete(
                                        "/network/v2.0/floatingips/"
                                                + each.path("id").asString("")));
        rest.get("/network/v2.0/networks")
                .json()
                .path("networks")
                .forEach(
                        each -> {
                            if (each.path("name").asString("").startsWith(prefix)) {
                                rest.delete(
                                                "/network/v2.0/networks/"
                                                        + each.path("id").asString(""))
                                        .expect(204);
                            }
                        });
        there.clear();
    }
}
