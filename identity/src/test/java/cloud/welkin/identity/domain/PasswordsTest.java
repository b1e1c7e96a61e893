package cloud.welkin.identity.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private final Passwords passwords = new Passwords(4, new SecureRandom());

    @Test
    void aRightPasswordIsRightAgainAndAgain() {
        Optional<String> hash = Optional.of(passwords.hash("s3cret"));
        assertThat(passwords.matches("s3cret", hash)).isTrue();
        assertThat(passwords.matches("s3cret", hash)).isTrue();
    }

    @Test
    void aPasswordThatWasRightIsWrongAfterAChange() {
        Optional<String> old = Optional.of(passwords.hash("s3cret"));
        assertThat(passwords.matches("s3cret", old)).isTrue();
        assertThat(passwords.matches("s3cret", Optional.of(passwords.hash("other")))).isFalse();
    }

    @Test
    void aWrongPasswordStaysWrongAfterTheRightOneWasSeen() {
        Optional<String> hash = Optional.of(passwords.hash("s3cret"));
        assertThat(passwords.matches("s3cret", hash)).isTrue();
        assertThat(passwords.matches("s3cre", hash)).isFalse();
        assertThat(passwords.matches("", hash)).isFalse();
    }

    @Test
    void nobodyHasAPassword() {
        assertThat(passwords.matches("s3cret", Optional.empty())).isFalse();
        assertThat(passwords.matches("s3cret", Optional.empty())).isFalse();
    }

    @Test
    void whatIsBeyondSeventyTwoBytesCounts() {
        String long1 = "x".repeat(100) + "1";
        Optional<String> hash = Optional.of(passwords.hash(long1));
        assertThat(passwords.matches(long1, hash)).isTrue();
        assertThat(passwords.matches("x".repeat(100) + "2", hash)).isFalse();
    }

    @Test
    void afterTheCostWasLoweredNobodyCostsWhatTheDearestHashCosts() {
        Passwords lowered = new Passwords(4, new SecureRandom());
        String dear = new Passwords(6, new SecureRandom()).hash("s3cret");
        assertThat(lowered.isOutdated(dear)).isTrue();
        assertThat(lowered.matches("wrong", Optional.of(dear))).isFalse();
        long before = lowered.rounds();
        assertThat(lowered.matches("wrong", Optional.empty())).isFalse();
        assertThat(lowered.rounds() - before).isEqualTo(1 << 6);
        before = lowered.rounds();
        assertThat(lowered.matches("wrong", Optional.of(passwords.hash("other")))).isFalse();
        assertThat(lowered.rounds() - before).isEqualTo(1 << 6);
    }
}
