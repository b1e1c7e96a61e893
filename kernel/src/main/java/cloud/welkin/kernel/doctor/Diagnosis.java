package cloud.welkin.kernel.doctor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the check of one invariant found.
 *
 * @param failure why the check itself could not be made; findings are empty then
 */
public record Diagnosis(
        Invariant invariant, List<Finding> findings, Optional<String> failure, Duration took) {

    public boolean healthy() {
        return findings.isEmpty() && failure.isEmpty();
    }
}
