package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.ObservedGuest;
import java.time.Instant;
import java.util.Optional;

/**
 * What an agent keeps in mind of a guest between two looks, and may forget: another agent only asks
 * or tries once more. Used by the guest's worker alone.
 */
final class GuestMemory {
    private Optional<Instant> asked = Optional.empty();
    private Optional<Instant> lastAsked = Optional.empty();
    private Optional<ObservedGuest> reported = Optional.empty();
    private Optional<ObservedGuest.Fault> fault = Optional.empty();
    private long triedGeneration = -1;
    private int failures;

    /** When the guest was first asked to power off since it last started. */
    Optional<Instant> asked() {
        return asked;
    }

    Optional<Instant> lastAsked() {
        return lastAsked;
    }

    void askedToPowerOff(Instant now) {
        asked = Optional.of(asked.orElse(now));
        lastAsked = Optional.of(now);
    }

    void isOffOrStarted() {
        asked = Optional.empty();
        lastAsked = Optional.empty();
    }

    /** Counts anew for a new intent. */
    void trying(long generation) {
        if (generation != triedGeneration) {
            triedGeneration = generation;
            succeeded();
        }
    }

    /** How often it has failed in a row, this time included. */
    int failed() {
        return ++failures;
    }

    void ended(ObservedGuest.Fault why) {
        fault = Optional.of(why);
    }

    void succeeded() {
        failures = 0;
        fault = Optional.empty();
    }

    /** Why this intent was given up, if it was. */
    Optional<ObservedGuest.Fault> gaveUp() {
        return fault.filter(why -> !why.retries());
    }

    boolean hasReported(ObservedGuest report) {
        return reported.filter(report::equals).isPresent();
    }

    void reported(ObservedGuest report) {
        reported = Optional.of(report);
    }

    /** The desk may not have the last report. */
    void forgetReport() {
        reported = Optional.empty();
    }
}
