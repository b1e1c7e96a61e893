package cloud.welkin.identity.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TotpTest {
    /** The secret of RFC 6238's appendix B, in base32. */
    private final Totp totp = Totp.of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").orElseThrow();

    private String at(long second) {
        return totp.passcode(Totp.period(Instant.ofEpochSecond(second)));
    }

    @Test
    void thePasscodesAreThoseOfTheStandard() {
        assertThat(at(59)).isEqualTo("287082");
        assertThat(at(1_111_111_109)).isEqualTo("081804");
        assertThat(at(2_000_000_000)).isEqualTo("279037");
        assertThat(at(20_000_000_000L)).isEqualTo("353130");
    }

    @Test
    void aPasscodeIsTakenInItsPeriodAndInAsManyAfterItAsAllowed() {
        Instant now = Instant.ofEpochSecond(2_000_000_000);
        assertThat(totp.matching("279037", now, 0)).isPresent();
        assertThat(totp.matching("279037", now.plusSeconds(30), 1)).isPresent();
        assertThat(totp.matching("279037", now.plusSeconds(30), 0)).isEmpty();
        assertThat(totp.matching("279037", now.plusSeconds(60), 1)).isEmpty();
        assertThat(totp.matching("279037", now.minusSeconds(30), 1)).isEmpty();
    }

    @Test
    void aSecretMayBePaddedOrNotAndMustBeBase32() {
        assertThat(Totp.of("jbswy3dp")).isPresent();
        assertThat(Totp.of("JBSWY3DPEA======")).isPresent();
        assertThat(Totp.of("not base32!")).isEmpty();
        assertThat(Totp.of("")).isEmpty();
    }
}
