package cloud.welkin.kernel.work;

/**
 * One step of a saga, or the undo of one. Idempotent; blocks as long as it likes (virtual thread),
 * heedful of interrupts.
 */
@FunctionalInterface
public interface Step<I> {

    StepResult run(SagaContext<I> context);
}
