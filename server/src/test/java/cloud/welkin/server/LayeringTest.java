package cloud.welkin.server;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.Layering;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LayeringTest {
    @TestFactory
    Stream<DynamicTest> everybodyKnowsOnlyWhomTheyMay() {
        JavaClasses program = Layering.program();
        // A module that the import misses would keep every rule.
        for (String module : Layering.modules()) {
            assertThat(program)
                    .as(module)
                    .anyMatch(type -> type.getPackageName().startsWith("cloud.welkin." + module));
        }
        return Layering.rules().stream()
                .map(
                        rule ->
                                DynamicTest.dynamicTest(
                                        rule.getDescription(), () -> rule.check(program)));
    }

    @Test
    void noFileIsTooLong() {
        assertThat(Layering.tooLong(Path.of("..").toAbsolutePath().normalize())).isEmpty();
    }
}
