package cloud.welkin.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class TypedParameterTest {

    @Test
    void everyTypeComesBackAsItWent() {
        List<TypedParameter> parameters =
                List.of(
                        TypedParameter.integer("int", -1),
                        new TypedParameter("uint", new TypedParameter.UnsignedInt(-1)),
                        new TypedParameter("llong", new TypedParameter.LongLong(Long.MIN_VALUE)),
                        TypedParameter.number("ullong", Long.MAX_VALUE),
                        new TypedParameter("double", new TypedParameter.Real(0.5)),
                        new TypedParameter("bool", new TypedParameter.Bool(true)),
                        TypedParameter.text("twice", "vda"),
                        TypedParameter.text("twice", "vdb"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = TypedParameter.encode(arena, parameters);
            assertThat(TypedParameter.decode(array, parameters.size())).isEqualTo(parameters);
            assertThat(TypedParameter.encode(arena, List.of())).isEqualTo(MemorySegment.NULL);
        }
    }

    @Test
    void unsignedNumbersAreNotNegative() {
        TypedValues values =
                new TypedValues(
                        List.of(new TypedParameter("n", new TypedParameter.UnsignedInt(-1))));
        assertThat(values.number("n")).hasValue(4_294_967_295L);
        assertThat(values.number("absent", -1)).isEqualTo(-1);
        assertThat(values.text("n")).isEmpty();
    }

    @Test
    void aNameThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> TypedParameter.text("x".repeat(80), "v"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
