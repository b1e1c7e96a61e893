package cloud.welkin.identity;

import cloud.welkin.identity.domain.AuditEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Refusals of one round, a minute, told of so that nobody fills the audit from outside: the first
 * of each kind at once, with all there is to know; how many more there were, when the round ends;
 * of kinds beyond the {@value #MOST}th only how many. What a flood costs is a look into a map.
 */
final class Refusals {
    static final int MOST = 100;

    /**
     * @param peer the address that it came from
     * @param who the user's id, as far as it is known
     * @param what was asked
     * @param status of the answer
     */
    record Kind(String peer, String who, String what, int status) {}

    private static final class Count {
        private final AuditEvent first;
        private long more;

        Count(AuditEvent first) {
            this.first = first;
        }
    }

    private final Map<Kind, Count> counts = new LinkedHashMap<>();
    private long others;
    private Instant othersSince = Instant.MAX;

    /**
     * Counts one more.
     *
     * @param event made only of the first of a kind
     * @return what is to be told at once: one event, or none
     */
    synchronized List<AuditEvent> one(Kind kind, Instant now, Supplier<AuditEvent> event) {
        Count known = counts.get(kind);
        if (known != null) {
            known.more++;
            return List.of();
        }
        if (counts.size() >= MOST) {
            others++;
            othersSince = now.isBefore(othersSince) ? now : othersSince;
            return List.of();
        }
        AuditEvent first = event.get();
        counts.put(kind, new Count(first));
        return List.of(first);
    }

    /** Ends the round: what is to be told of those that were only counted. */
    synchronized List<AuditEvent> end(Instant now) {
        List<AuditEvent> told = new ArrayList<>();
        for (Count count : counts.values()) {
            if (count.more > 0) {
                told.add(AuditEvents.repeated(now, count.first, count.more));
            }
        }
        if (others > 0) {
            told.add(AuditEvents.others(now, othersSince, others));
        }
        counts.clear();
        others = 0;
        othersSince = Instant.MAX;
        return told;
    }
}
