package cloud.welkin.kernel.quota;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A request would take more than a project may have. Nothing was taken; the service answers with
 * its own 403 or 413.
 */
public final class QuotaExceeded extends RuntimeException {

    /**
     * One resource that would go over. {@code requested} is what the call asked for on top of
     * {@code used}.
     */
    public record Refusal(QuotaResource resource, long limit, long used, long requested) {}

    private final transient List<Refusal> refusals;

    QuotaExceeded(List<Refusal> refusals) {
        super(
                refusals.stream()
                        .map(
                                r ->
                                        "%s: %d wanted, %d of %d used"
                                                .formatted(
                                                        r.resource().name(),
                                                        r.requested(),
                                                        r.used(),
                                                        r.limit()))
                        .collect(Collectors.joining("; ", "Quota exceeded: ", "")));
        this.refusals = List.copyOf(refusals);
    }

    /** Every resource that would go over, by name; at least one. */
    public List<Refusal> refusals() {
        return refusals;
    }
}
