package cloud.welkin.kernel.doctor;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Checks every invariant. One that cannot be checked is reported as such and stops no other. */
public final class Doctor {

    private final Map<String, Invariant> invariants = new ConcurrentSkipListMap<>();

    public void register(Invariant invariant) {
        if (invariants.putIfAbsent(invariant.service() + "/" + invariant.name(), invariant)
                != null) {
            throw new IllegalArgumentException(
                    "Two invariants of %s are called '%s'"
                            .formatted(invariant.service(), invariant.name()));
        }
    }

    public void register(List<Invariant> several) {
        several.forEach(this::register);
    }

    /** By service and name. */
    public List<Invariant> invariants() {
        return List.copyOf(invariants.values());
    }

    /** Checks all, one after the other, in the order of {@link #invariants}. */
    public List<Diagnosis> examine() {
        return invariants.values().stream().map(Doctor::examine).toList();
    }

    private static Diagnosis examine(Invariant invariant) {
        long started = System.nanoTime();
        try {
            List<Finding> findings = invariant.check().get();
            return new Diagnosis(
                    invariant, List.copyOf(findings), Optional.empty(), since(started));
        } catch (RuntimeException e) {
            return new Diagnosis(invariant, List.of(), Optional.of(e.toString()), since(started));
        }
    }

    private static Duration since(long started) {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
