package cloud.welkin.kernel.work;

import java.util.Locale;

/** Where a saga is. The last two are final. */
public enum SagaState {
    RUNNING,
    UNWINDING,
    SUCCEEDED,
    FAILED;

    public boolean ended() {
        return switch (this) {
            case RUNNING, UNWINDING -> false;
            case SUCCEEDED, FAILED -> true;
        };
    }

    String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    static SagaState parse(String column) {
        return valueOf(column.toUpperCase(Locale.ROOT));
    }
}
