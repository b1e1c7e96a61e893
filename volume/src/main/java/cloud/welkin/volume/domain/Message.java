package cloud.welkin.volume.domain;

import java.time.Instant;
import java.util.UUID;

/**
 * Why something failed, told to its owner; Cinder's user messages with its numbers.
 *
 * @param action what was being done: 001 placing, 002 attaching … (Cinder's message_field)
 * @param detail Cinder's number of the reason; 001 is one that has no number
 */
public record Message(
        UUID id,
        String project,
        String request,
        UUID volume,
        Action action,
        String detail,
        String text,
        Instant createdAt,
        Instant expiresAt) {

    /** What was being done. */
    public enum Action {
        PLACE("001", "schedule allocate volume"),
        CREATE("005", "create volume from backend storage"),
        EXTEND("007", "extend volume"),
        DELETE("022", "delete volume");

        private final String number;
        private final String words;

        Action(String number, String words) {
            this.number = number;
            this.words = words;
        }

        public String number() {
            return number;
        }

        public String words() {
            return words;
        }

        public static Action of(String number) {
            for (Action action : values()) {
                if (action.number.equals(number)) {
                    return action;
                }
            }
            throw new IllegalArgumentException("no such action: " + number);
        }
    }

    /** As Cinder words it. */
    public String words() {
        return action.words() + ":" + text;
    }

    public String event() {
        return "VOLUME_VOLUME_" + action.number() + "_" + detail;
    }
}
