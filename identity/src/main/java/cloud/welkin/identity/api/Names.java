package cloud.welkin.identity.api;

import cloud.welkin.kernel.failure.Failure;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What clients may call things, and attributes of their own beside the known ones. */
final class Names {
    /**
     * Attributes that every view writes itself: one of the client's own would stand there twice.
     */
    private static final Set<String> WRITTEN =
            Set.of("id", "links", "password_expires_at", "parents", "subtree");

    private Names() {}

    /**
     * @throws Failure 400 when nothing is left of the name without the spaces around it
     */
    static String of(String name) {
        String bare = name.strip();
        if (bare.isEmpty()) {
            throw Failure.badRequest("Invalid input for field 'name': it must not be blank.");
        }
        return bare;
    }

    static Map<String, JsonNode> free(Map<String, JsonNode> extra) {
        Map<String, JsonNode> free = new HashMap<>(extra);
        free.keySet().removeAll(WRITTEN);
        return free;
    }
}
