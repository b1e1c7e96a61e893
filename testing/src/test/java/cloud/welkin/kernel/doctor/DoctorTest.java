package cloud.welkin.kernel.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DoctorTest {

    private final Doctor doctor = new Doctor();

    @Test
    void oneCheckThatCannotBeMadeStopsNoOther() {
        doctor.register(
                new Invariant(
                        "a",
                        "test",
                        "why",
                        () -> {
                            throw new IllegalStateException("no answer");
                        }));
        doctor.register(new Invariant("b", "test", "why", List::of));
        doctor.register(
                new Invariant(
                        "c",
                        "test",
                        "why",
                        () -> List.of(new Finding("gone", List.of("1"), "wait"))));
        var diagnoses = doctor.examine();
        assertThat(diagnoses).extracting(Diagnosis::healthy).containsExactly(false, true, false);
        assertThat(diagnoses.getFirst().failure())
                .hasValueSatisfying(f -> assertThat(f).contains("no answer"));
    }

    @Test
    void twoInvariantsOfOneNameAreRefused() {
        doctor.register(new Invariant("a", "test", "why", List::of));
        assertThatThrownBy(() -> doctor.register(new Invariant("a", "test", "why", List::of)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
