package cloud.welkin.image.domain;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * One definition of a namespace.
 *
 * @param body its fields but for the name
 */
public record MetadefItem(
        Kind kind, String name, Map<String, JsonNode> body, Instant createdAt, Instant updatedAt) {

    /** What is defined. */
    public enum Kind {
        OBJECT("objects"),
        PROPERTY("properties"),
        TAG("tags");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public String plural() {
            return plural;
        }
    }
}
