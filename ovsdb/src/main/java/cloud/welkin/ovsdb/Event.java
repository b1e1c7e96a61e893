package cloud.welkin.ovsdb;

import java.util.List;

/** What a listener of {@link Ovsdb#listen} is told, in order. */
public sealed interface Event {

    /**
     * Rows of the tables that are listened to changed together, in one transaction or by a
     * resynchronisation.
     */
    record Changed(List<Change> changes) implements Event {
        public Changed {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The replica is the server's state again; what differed from the replica before was told just
     * before.
     */
    record Connected() implements Event {}

    /** The connection is lost: until {@link Connected} the replica is a memory. */
    record Disconnected(String reason) implements Event {}
}
