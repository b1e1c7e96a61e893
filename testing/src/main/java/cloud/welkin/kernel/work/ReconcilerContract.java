package cloud.welkin.kernel.work;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What every reconciler must stand: run twice, the second run changes nothing. */
public interface ReconcilerContract {

    /** A reconciler in a world that needs something changed. */
    Reconciler reconcilerWithSomethingToDo();

    @Test
    default void theSecondRunChangesNothing() {
        Reconciler reconciler = reconcilerWithSomethingToDo();
        assertThat(reconciler.reconcile().changed()).as("the first run").isPositive();
        assertThat(reconciler.reconcile().changed()).as("the second run").isZero();
    }
}
