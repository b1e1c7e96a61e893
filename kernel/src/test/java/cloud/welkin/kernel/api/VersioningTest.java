package cloud.welkin.kernel.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cloud.welkin.kernel.failure.Failure;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersioningTest {
    private static final Versioning COMPUTE =
            new Versioning(
                    "compute",
                    Microversion.of("2.1"),
                    Microversion.of("2.96"),
                    Optional.of("X-OpenStack-Nova-API-Version"));

    private static String version(String header) {
        return COMPUTE.negotiate(Optional.of(header), Optional.empty()).toString();
    }

    private static int refused(String header) {
        Failure failure = catchThrowableOfType(Failure.class, () -> version(header));
        assertThat(failure).as(header).isNotNull();
        return failure.kind().status();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "compute 2.1                       | 2.1",
                "compute 2.53                      | 2.53",
                "compute latest                    | 2.96",
                "compute LATEST                    | 2.96",
                "COMPUTE 2.2                       | 2.2",
                "compute   2.2                     | 2.2",
                "volume 3.70, compute 2.5          | 2.5",
                "compute 2.5,placement 1.39        | 2.5",
                "volume 3.70                       | 2.1",
                "volume nonsense                   | 2.1",
                "''                                | 2.1",
            })
    void theHeaderNamesAServiceAndItsVersion(String header, String expected) {
        assertThat(version(header)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compute 2",
                "compute 2.01",
                "compute 02.1",
                "compute x",
                "compute 2.1.3",
                "compute -2.1",
                "compute 2.99999"
            })
    void whatIsNoVersionIs400(String header) {
        assertThat(refused(header)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compute 2.0", "compute 2.97", "compute 1.1", "compute 3.0"})
    void aVersionOutOfRangeIs406(String header) {
        assertThat(refused(header)).isEqualTo(406);
    }

    @Test
    void theOlderHeaderCountsWhereTheNewerDoesNotNameTheService() {
        assertThat(COMPUTE.negotiate(Optional.empty(), Optional.of("2.7"))).hasToString("2.7");
        assertThat(COMPUTE.negotiate(Optional.of("volume 3.0"), Optional.of("2.7")))
                .hasToString("2.7");
        assertThat(COMPUTE.negotiate(Optional.of("compute 2.9"), Optional.of("2.7")))
                .hasToString("2.9");
        assertThat(COMPUTE.negotiate(Optional.empty(), Optional.of("latest"))).hasToString("2.96");
        assertThat(COMPUTE.negotiate(Optional.empty(), Optional.empty())).hasToString("2.1");
    }

    @Test
    void versionsAreOrderedAsNumbers() {
        assertThat(Microversion.of("2.9").isBefore(Microversion.of("2.10"))).isTrue();
        assertThat(Microversion.of("2.10").atLeast("2.9")).isTrue();
        assertThat(Microversion.of("3.0").atLeast("2.99")).isTrue();
    }
}
