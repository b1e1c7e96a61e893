package cloud.welkin.compute.domain;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** What somebody did to a server: Nova's instance action. */
public record ActionRecord(
        UUID server,
        String requestId,
        String action,
        String project,
        String user,
        Optional<String> message,
        Instant startedAt,
        Instant updatedAt) {

    /** A part of an action, with its end and result once it has ended. */
    public record Event(
            String event,
            Instant startedAt,
            Optional<Instant> finishedAt,
            Optional<String> result,
            Optional<String> details,
            String host) {}
}
