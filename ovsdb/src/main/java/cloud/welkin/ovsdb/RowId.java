package cloud.welkin.ovsdb;

import java.util.UUID;

/** The {@code _uuid} of a row: chosen by the server, unique within its database, never reused. */
public record RowId(UUID uuid) implements Comparable<RowId> {

    public static RowId of(String text) {
        return new RowId(UUID.fromString(text));
    }

    @Override
    public int compareTo(RowId other) {
        return uuid.compareTo(other.uuid);
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
