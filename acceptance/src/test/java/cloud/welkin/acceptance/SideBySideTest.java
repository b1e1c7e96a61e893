package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class SideBySideTest {

    @Test
    void twoCloudsOnOneMachineHaveTheSameAddressesAndDifferentGuests() {
        try (CloudUnderTest left = CloudUnderTest.start();
                CloudUnderTest right = CloudUnderTest.start();
                Scene here = new Scene(left, "10.120.0.0/24");
                Scene there = new Scene(right, "10.120.0.0/24")) {
            Server one = here.server("");
            Server two = there.server("");
            Guest guestOfOne = here.reached(one.awaited("ACTIVE"));
            Guest guestOfTwo = there.reached(two.awaited("ACTIVE"));
            assertThat(guestOfOne.answering().run("hostname")).isEqualTo(one.name());
            assertThat(guestOfTwo.answering().run("hostname")).isEqualTo(two.name());
            assertThat(right.rest().get(one.path()).status()).isEqualTo(404);
        }
    }
}
