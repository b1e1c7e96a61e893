package cloud.welkin.kernel.work;

/** Told of each run of a reconciler: telemetry listens here. */
@FunctionalInterface
public interface ReconcilerObserver {

    ReconcilerObserver NONE = status -> {};

    void ran(ReconcilerStatus status);
}
