package cloud.welkin.kernel.work;

import java.time.Instant;
import java.util.Optional;

/**
 * A saga as its row says.
 *
 * @param position index of the step or undo that is next; the number of steps when only the end is
 *     left; -1 when only the end of an unwound saga is left
 * @param step the name of the step at the position, empty when only the end is left: the name
 *     counts, not the position, when the program's steps have changed since
 */
record SagaRow(
        SagaId id,
        String name,
        Subject subject,
        SagaState state,
        int position,
        String step,
        int attempt,
        Instant stepStartedAt,
        String input,
        String notebook,
        Optional<SagaFailure> failure,
        Optional<String> cancelled,
        long signals,
        long revision) {}
