package cloud.welkin.acceptance;

import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Volumes by REST. */
final class Volumes {
    private Volumes() {}

    static JsonNode named(Rest rest, String name) {
        return rest.get(path("/volumes/detail?name=" + name))
                .expect(200)
                .json()
                .path("volumes")
                .valueStream()
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /** An empty volume, available. */
    static String available(Rest rest, int gigabytes) {
        String id =
                rest.make(
                                path("/volumes"),
                                "{\"volume\": {\"size\": %d, \"name\": \"%s\"}}"
                                        .formatted(gigabytes, Names.fresh("volume")))
                        .path("id")
                        .asString("");
        awaitStatus(rest, id, "available");
        return id;
    }

    static void awaitStatus(Rest rest, String id, String wanted) {
        Await.until(
                "volume " + id + " is " + wanted,
                Duration.ofSeconds(90),
                () -> {
                    String status =
                            rest.get(path("/volumes/" + id))
                                    .expect(200)
                                    .json()
                                    .at("/volume/status")
                                    .asString("");
                    if (status.startsWith("error")) {
                        throw new AssertionError("volume " + id + " is " + status);
                    }
                    return status.equals(wanted);
                });
    }

    static void delete(Rest rest, String id) {
        rest.delete(path("/volumes/" + id)).expect(202);
        Await.until(
                "volume " + id + " is gone",
                Duration.ofMinutes(1),
                () -> rest.get(path("/volumes/" + id)).status() == 404);
    }

    /** The project in a path is optional since Cinder 3.67. */
    static String path(String rest) {
        return "/volume/v3" + rest;
    }
}
