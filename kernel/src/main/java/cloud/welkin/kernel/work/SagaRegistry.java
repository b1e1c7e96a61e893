package cloud.welkin.kernel.work;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The sagas that this program knows, by name, and how their runners are woken. */
final class SagaRegistry {

    private final Map<String, Saga<?>> sagas = new ConcurrentHashMap<>();
    private final Runnable wake;

    SagaRegistry(Runnable wake) {
        this.wake = wake;
    }

    void add(Saga<?> saga) {
        if (sagas.putIfAbsent(saga.name(), saga) != null) {
            throw new IllegalArgumentException("Two sagas are called " + saga.name());
        }
    }

    Optional<Saga<?>> find(String name) {
        return Optional.ofNullable(sagas.get(name));
    }

    /** Called after a commit that made a saga due. */
    void wake() {
        wake.run();
    }
}
