package cloud.welkin.compute.domain;

import java.util.HashMap;
import java.util.Map;

/**
 * What is being done to a server: Nova's task_state. Every one of them ends by a report of the host
 * or of a saga.
 */
public enum TaskState {
    BLOCK_DEVICE_MAPPING("block_device_mapping"),
    SPAWNING("spawning"),
    DELETING("deleting"),
    POWERING_OFF("powering-off"),
    POWERING_ON("powering-on"),
    REBOOTING("rebooting"),
    REBOOTING_HARD("rebooting_hard"),
    PAUSING("pausing"),
    UNPAUSING("unpausing"),
    SUSPENDING("suspending"),
    RESUMING("resuming"),
    REBUILDING("rebuilding"),
    IMAGE_SNAPSHOT("image_snapshot");

    private static final Map<String, TaskState> BY_TEXT = new HashMap<>();

    static {
        for (TaskState state : values()) {
            BY_TEXT.put(state.text, state);
        }
    }

    private final String text;

    TaskState(String text) {
        this.text = text;
    }

    /** As rows and answers spell it. */
    public String text() {
        return text;
    }

    public static TaskState of(String text) {
        TaskState state = BY_TEXT.get(text);
        if (state == null) {
            throw new IllegalArgumentException("not a task state: " + text);
        }
        return state;
    }
}
