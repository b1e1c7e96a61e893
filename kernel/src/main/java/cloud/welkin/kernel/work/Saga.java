package cloud.welkin.kernel.work;

/**
 * A piece of work that takes more than one transaction: steps that go forward and undos that take
 * them back. A saga is persisted in the transaction that starts it, survives any crash and is
 * resumed by whichever replica is there.
 *
 * <p>What is promised: after the start commits, either every step is done and {@link
 * Steps#finallyRecord} has run, or every step that was begun is undone and {@link
 * Steps#orOnFailure} has run; each of the two runs exactly once, in the transaction that ends the
 * saga. What is asked for: every step and every undo is idempotent, because a crash between the
 * deed and its record makes it run again, and every undo copes with a step that did nothing, or
 * half.
 *
 * @param <I> the input: a record, kept as JSON in the saga's row. Fields may be added between
 *     releases, not renamed.
 */
public interface Saga<I> {

    /**
     * What an operator reads: {@code create server}. Unique in the program; kept in rows, so it
     * stays across releases.
     */
    String name();

    Class<I> inputType();

    /** The same steps each time it is called. */
    Steps<I> steps();

    /** Whether a second saga of this name on the same subject is refused while one is active. */
    default boolean onePerSubject() {
        return false;
    }
}
