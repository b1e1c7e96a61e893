package cloud.welkin.kernel.work;

/** Told of each run of a reconciler: telemetry listens here. */
@FunctionalInterface
public interface ReconcilerObserver {

    ReconcilerObserver NONE = status -> {};

    void ran(ReconcilerStatus status);

    /** Both are told, this one first. */
    default ReconcilerObserver and(ReconcilerObserver other) {
        return status -> {
            ran(status);
            other.ran(status);
        };
    }
}
