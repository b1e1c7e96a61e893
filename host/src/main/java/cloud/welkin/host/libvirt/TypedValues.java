package cloud.welkin.host.libvirt;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Typed parameters that libvirt returned, by name. */
final class TypedValues {

    private final Map<String, TypedParameter.Value> values = new HashMap<>();

    TypedValues(List<TypedParameter> parameters) {
        parameters.forEach(parameter -> values.put(parameter.name(), parameter.value()));
    }

    OptionalLong number(String name) {
        TypedParameter.Value value = values.get(name);
        return switch (value) {
            case TypedParameter.Int v -> OptionalLong.of(v.value());
            case TypedParameter.UnsignedInt v -> OptionalLong.of(Integer.toUnsignedLong(v.value()));
            case TypedParameter.LongLong v -> OptionalLong.of(v.value());
            case TypedParameter.UnsignedLong v -> OptionalLong.of(v.value());
            case TypedParameter.Real v -> OptionalLong.of((long) v.value());
            case TypedParameter.Bool v -> OptionalLong.of(v.value() ? 1 : 0);
            case TypedParameter.Text _ -> OptionalLong.empty();
            case null -> OptionalLong.empty();
        };
    }

    /** The number, or what stands for "not told". */
    long number(String name, long otherwise) {
        return number(name).orElse(otherwise);
    }

    String text(String name) {
        return values.get(name) instanceof TypedParameter.Text(String text) ? text : "";
    }
}
