package cloud.welkin.kernel.json;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A field of a change request, which may be absent (leave it), null (clear it) or a value (set it).
 * OpenStack's updates tell the first two apart, Optional cannot.
 */
public sealed interface Field<T> {
    record Absent<T>() implements Field<T> {}

    record Null<T>() implements Field<T> {}

    record Value<T>(T value) implements Field<T> {}

    static <T> Field<T> absent() {
        return new Absent<>();
    }

    static <T> Field<T> of(T value) {
        return new Value<>(value);
    }

    default boolean isPresent() {
        return !(this instanceof Absent<T>);
    }

    /** What the field shall be from now on, given what it is. */
    default Optional<T> over(Optional<T> current) {
        return switch (this) {
            case Absent<T> absent -> current;
            case Null<T> none -> Optional.empty();
            case Value<T> value -> Optional.of(value.value());
        };
    }

    /** The value where there is one, else what is there now: for fields that cannot be cleared. */
    default T orKeep(T current) {
        return this instanceof Value<T>(T value) ? value : current;
    }

    /** The value; empty when absent or null. */
    default Optional<T> given() {
        return this instanceof Value<T>(T value) ? Optional.of(value) : Optional.empty();
    }

    default void ifValue(Consumer<T> consumer) {
        if (this instanceof Value<T>(T value)) {
            consumer.accept(value);
        }
    }

    default <R> Field<R> map(Function<T, R> function) {
        return switch (this) {
            case Absent<T> absent -> new Absent<>();
            case Null<T> none -> new Null<>();
            case Value<T> value -> new Value<>(function.apply(value.value()));
        };
    }
}
