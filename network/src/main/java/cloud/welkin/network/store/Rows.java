package cloud.welkin.network.store;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** What the stores share: between columns and values. */
final class Rows {
    private Rows() {}

    static <T> T get(Record row, Field<T> field) {
        T value = row.get(field);
        if (value == null) {
            throw new IllegalStateException(field + " is null");
        }
        return value;
    }

    static <T> Optional<T> maybe(Record row, Field<T> field) {
        return Optional.ofNullable(row.get(field));
    }

    static <T> List<T> list(Record row, Field<T[]> field) {
        T[] array = row.get(field);
        return array == null ? List.of() : Arrays.asList(array);
    }

    static JSONB json(Object value) {
        return JSONB.valueOf(Json.text(value));
    }

    static <T> List<T> listOf(JSONB json, TypeReference<List<T>> type) {
        return json.data().equals("[]") ? List.of() : Json.mapper().readValue(json.data(), type);
    }

    static String[] texts(List<String> list) {
        return list.toArray(String[]::new);
    }

    static ProjectId project(Record row, Field<String> field) {
        return new ProjectId(get(row, field));
    }

    static Stamp stamp(
            Record row, Field<Long> revision, Field<Instant> created, Field<Instant> updated) {
        return new Stamp(get(row, revision), get(row, created), get(row, updated));
    }

    static <T> @Nullable T orNull(Optional<T> value) {
        return value.orElse(null);
    }
}
