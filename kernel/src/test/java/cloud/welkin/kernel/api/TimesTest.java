package cloud.welkin.kernel.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimesTest {
    @Test
    void eachServiceSpellsItsOwnWay() {
        Instant time = Instant.parse("2026-01-02T03:04:05.000678901Z");
        assertThat(Times.seconds(time)).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(Times.micros(time)).isEqualTo("2026-01-02T03:04:05.000678");
        assertThat(Times.microsZ(time)).isEqualTo("2026-01-02T03:04:05.000678Z");
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            Instant time =
                    Instant.ofEpochSecond(
                            random.nextLong(-62_135_596_800L, 253_402_300_799L),
                            1000L * random.nextInt(1_000_000));
            assertThat(Times.parse(Times.micros(time))).isEqualTo(time);
            assertThat(Times.parse(Times.microsZ(time))).isEqualTo(time);
        }
    }

    @Test
    void yearsOfFiveDigitsAreRefused() {
        assertThatThrownBy(() -> Times.parse("10000-01-01T00:00:00Z"))
                .isInstanceOf(DateTimeException.class);
    }
}
