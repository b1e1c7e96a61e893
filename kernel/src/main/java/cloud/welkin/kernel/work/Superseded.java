package cloud.welkin.kernel.work;

/**
 * Another runner has recorded for this saga since we read it: whatever we did, we have no say any
 * more.
 */
final class Superseded extends RuntimeException {

    Superseded(SagaId id) {
        super("Saga " + id + " is run by another runner");
    }
}
