package cloud.welkin.kernel.work;

import java.util.UUID;

/** Id of one run of a saga. */
public record SagaId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}
