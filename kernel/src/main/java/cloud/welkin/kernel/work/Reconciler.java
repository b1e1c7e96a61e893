package cloud.welkin.kernel.work;

import java.time.Duration;

/**
 * Makes the world equal to what the rows intend: level-triggered, without input, idempotent. It
 * looks at the whole state each time; what woke it does not matter. Run twice, the second run
 * changes nothing.
 *
 * <p>One run at a time in the whole cluster. Pokes that come during a run cause exactly one more.
 */
public interface Reconciler {

    /** What an operator reads: {@code northbound}. Unique in the program. */
    String name();

    /** How long after a run the next one starts by itself. */
    Duration every();

    /**
     * How long it rests after a run that took so long, even when it is poked meanwhile: one whose
     * runs grow with the cloud must not take the machine from those who poke it.
     */
    default Duration restAfter(Duration took) {
        return Duration.ZERO;
    }

    Report reconcile();
}
