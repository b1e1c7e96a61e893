package cloud.welkin.acceptance;

import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** A server of a scene. */
record Server(Scene scene, String id, String name) {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    String path() {
        return "/compute/v2.1/servers/" + id;
    }

    JsonNode shown() {
        return scene.rest().get(path()).expect(200).json().path("server");
    }

    String status() {
        return shown().path("status").asString("");
    }

    /** Waits for the status; ERROR ends the waiting. */
    Server awaited(String wanted) {
        Await.until(
                name + " is " + wanted,
                LIMIT,
                () -> {
                    JsonNode shown = shown();
                    String status = shown.path("status").asString("");
                    if (status.equals("ERROR") && !wanted.equals("ERROR")) {
                        throw new AssertionError(name + " failed: " + shown.path("fault"));
                    }
                    return status.equals(wanted)
                            && shown.path("OS-EXT-STS:task_state").asString("").isEmpty();
                });
        return this;
    }

    /** Waits until it is made, well or in ERROR. */
    Server ended() {
        Await.until(name + " is made", LIMIT, () -> !status().equals("BUILD"));
        return this;
    }

    void act(String action) {
        scene.rest().post(path() + "/action", "{" + action + "}").expect(200, 202);
    }

    void attach(String volume) {
        scene.rest()
                .post(
                        path() + "/os-volume_attachments",
                        "{\"volumeAttachment\": {\"volumeId\": \"%s\"}}".formatted(volume))
                .expect(200);
        Volumes.awaitStatus(scene.rest(), volume, "in-use");
    }

    void detach(String volume) {
        scene.rest().delete(path() + "/os-volume_attachments/" + volume).expect(202);
        Volumes.awaitStatus(scene.rest(), volume, "available");
    }

    /** Its first address on the scene's networks. */
    String address(int version) {
        for (JsonNode addresses : shown().path("addresses")) {
            for (JsonNode address : addresses) {
                if (address.path("version").asInt(0) == version
                        && address.path("OS-EXT-IPS:type").asString("").equals("fixed")) {
                    return address.path("addr").asString("");
                }
            }
        }
        throw new AssertionError(name + " has no address of version " + version);
    }

    String console() {
        return scene.rest()
                .post(path() + "/action", "{\"os-getConsoleOutput\": {}}")
                .expect(200)
                .json()
                .path("output")
                .asString("");
    }

    void awaitConsole(String line) {
        Await.until(name + "'s console says " + line, LIMIT, () -> console().contains(line));
    }

    void delete() {
        scene.rest().delete(path()).expect(204, 404);
        Await.until(name + " is gone", LIMIT, () -> scene.rest().get(path()).status() == 404);
    }
}
