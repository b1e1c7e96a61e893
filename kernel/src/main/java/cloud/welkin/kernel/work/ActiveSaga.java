package cloud.welkin.kernel.work;

import java.time.Instant;
import java.util.Optional;

/** A saga that has not ended. {@code step} is empty when only its end is left to be recorded. */
public record ActiveSaga(
        SagaId id,
        String name,
        Subject subject,
        SagaState state,
        String step,
        int attempt,
        Instant stepStartedAt,
        Optional<SagaFailure> failure) {}
