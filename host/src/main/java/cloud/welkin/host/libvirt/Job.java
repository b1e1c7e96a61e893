package cloud.welkin.host.libvirt;

import java.time.Duration;

/**
 * A long job of a domain (virDomainGetJobStats): save, migration, backup …
 *
 * @param elapsed since its start
 * @param dataTotal bytes in all, as far as known; 0 if not told
 * @param dataProcessed bytes done
 * @param dataRemaining bytes to do
 * @param downtime how long the guest stood still, or is expected to; zero if not told
 * @param error why a failed job failed; empty if it did not or libvirt does not say
 */
public record Job(
        Type type,
        Operation operation,
        Duration elapsed,
        long dataTotal,
        long dataProcessed,
        long dataRemaining,
        Duration downtime,
        String error) {

    /** virDomainJobType, in its order. */
    public enum Type {
        NONE,
        BOUNDED,
        UNBOUNDED,
        COMPLETED,
        FAILED,
        CANCELLED
    }

    /** virDomainJobOperation, in its order. */
    public enum Operation {
        UNKNOWN,
        START,
        SAVE,
        RESTORE,
        MIGRATION_IN,
        MIGRATION_OUT,
        SNAPSHOT,
        SNAPSHOT_REVERT,
        DUMP,
        BACKUP,
        SNAPSHOT_DELETE
    }

    static Job of(int type, TypedValues values) {
        int operation = (int) values.number("operation", 0);
        return new Job(
                Numbered.at(Type.values(), type, Type.UNBOUNDED),
                Numbered.at(Operation.values(), operation, Operation.UNKNOWN),
                Duration.ofMillis(values.number("time_elapsed", 0)),
                values.number("data_total", 0),
                values.number("data_processed", 0),
                values.number("data_remaining", 0),
                Duration.ofMillis(values.number("downtime", 0)),
                values.text("errmsg"));
    }
}
