package cloud.welkin.compute.domain;

import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A host as it last said it is, with what the operator has decided about it. */
public record Host(
        int number,
        UUID id,
        UUID serviceId,
        String zone,
        HostFacts facts,
        boolean disabled,
        Optional<String> disabledReason,
        boolean forcedDown,
        Instant seenAt,
        Optional<Instant> updatedAt) {
    /** The availability zone of hosts that no aggregate puts elsewhere. */
    public static final String USUAL_ZONE = "nova";

    /** After how long without a word a host counts as down, as Nova's service_down_time. */
    public static final Duration SILENCE = Duration.ofSeconds(60);

    public HostName name() {
        return facts.name();
    }

    public boolean isUp(Instant now) {
        return !forcedDown && seenAt.plus(SILENCE).isAfter(now);
    }

    /** UP, DOWN or MAINTENANCE: Nova's host_status. */
    public String status(Instant now) {
        return !isUp(now) ? "DOWN" : disabled ? "MAINTENANCE" : "UP";
    }
}
