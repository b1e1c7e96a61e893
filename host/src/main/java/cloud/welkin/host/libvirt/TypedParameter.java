package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A named value of one of libvirt's types (virTypedParameter). A name may occur more than once. */
public record TypedParameter(String name, Value value) {

    private static final int NAME_SIZE = 80;
    private static final long TYPE = 80;
    private static final long VALUE = 88;
    private static final long SIZE = 96;

    /** A value with its type in C. */
    public sealed interface Value {}

    /** int. */
    public record Int(int value) implements Value {}

    /** unsigned int. */
    public record UnsignedInt(int value) implements Value {}

    /** long long. */
    public record LongLong(long value) implements Value {}

    /** unsigned long long. */
    public record UnsignedLong(long value) implements Value {}

    public record Real(double value) implements Value {}

    public record Bool(boolean value) implements Value {}

    public record Text(String value) implements Value {}

    public TypedParameter {
        if (name.isEmpty() || name.length() >= NAME_SIZE) {
            throw new IllegalArgumentException("name of a parameter: " + name);
        }
    }

    public static TypedParameter text(String name, String value) {
        return new TypedParameter(name, new Text(value));
    }

    public static TypedParameter number(String name, long value) {
        return new TypedParameter(name, new UnsignedLong(value));
    }

    public static TypedParameter integer(String name, int value) {
        return new TypedParameter(name, new Int(value));
    }

    static MemorySegment encode(Arena arena, List<TypedParameter> parameters) {
        if (parameters.isEmpty()) {
            return MemorySegment.NULL;
        }
        MemorySegment array = arena.allocate(SIZE * parameters.size(), 8);
        for (int i = 0; i < parameters.size(); i++) {
            encode(arena, array.asSlice(SIZE * i, SIZE), parameters.get(i));
        }
        return array;
    }

    private static void encode(Arena arena, MemorySegment to, TypedParameter parameter) {
        to.setString(0, parameter.name());
        switch (parameter.value()) {
            case Int v -> {
                to.set(JAVA_INT, TYPE, 1);
                to.set(JAVA_INT, VALUE, v.value());
            }
            case UnsignedInt v -> {
                to.set(JAVA_INT, TYPE, 2);
                to.set(JAVA_INT, VALUE, v.value());
            }
            case LongLong v -> {
                to.set(JAVA_INT, TYPE, 3);
                to.set(JAVA_LONG, VALUE, v.value());
            }
            case UnsignedLong v -> {
                to.set(JAVA_INT, TYPE, 4);
                to.set(JAVA_LONG, VALUE, v.value());
            }
            case Real v -> {
                to.set(JAVA_INT, TYPE, 5);
                to.set(JAVA_DOUBLE, VALUE, v.value());
            }
            case Bool v -> {
                to.set(JAVA_INT, TYPE, 6);
                to.set(JAVA_BYTE, VALUE, (byte) (v.value() ? 1 : 0));
            }
            case Text v -> {
                to.set(JAVA_INT, TYPE, 7);
                to.set(ADDRESS, VALUE, arena.allocateFrom(v.value()));
            }
        }
    }

    /** The parameters of an array, which stays its owner's. A type of the future is left out. */
    static List<TypedParameter> decode(MemorySegment array, int count) {
        List<TypedParameter> parameters = new ArrayList<>(count);
        if (count > 0) {
            MemorySegment sized = array.reinterpret(SIZE * count);
            for (int i = 0; i < count; i++) {
                MemorySegment from = sized.asSlice(SIZE * i, SIZE);
                String name = from.getString(0);
                value(from).ifPresent(value -> parameters.add(new TypedParameter(name, value)));
            }
        }
        return parameters;
    }

    private static java.util.Optional<Value> value(MemorySegment from) {
        return java.util.Optional.ofNullable(
                switch (from.get(JAVA_INT, TYPE)) {
                    case 1 -> new Int(from.get(JAVA_INT, VALUE));
                    case 2 -> new UnsignedInt(from.get(JAVA_INT, VALUE));
                    case 3 -> new LongLong(from.get(JAVA_LONG, VALUE));
                    case 4 -> new UnsignedLong(from.get(JAVA_LONG, VALUE));
                    case 5 -> new Real(from.get(JAVA_DOUBLE, VALUE));
                    case 6 -> new Bool(from.get(JAVA_BYTE, VALUE) != 0);
                    case 7 -> new Text(NativeMemory.text(from.get(ADDRESS, VALUE)).orElse(""));
                    default -> null;
                });
    }
}
