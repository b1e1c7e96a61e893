package cloud.welkin.network.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1",
        "::,::",
        "::1,::1",
        "FD00:0:0::5,fd00::5",
        "1:0:0:2:0:0:0:3,1:0:0:2::3",
        "::ffff:10.0.0.1,::ffff:a00:1",
        "2001:db8:0:1:1:1:1:1,2001:db8:0:1:1:1:1:1",
        "1::,1::",
        "0:1::,0:1::"
    })
    void addressesAreSpelledInOneWay(String text, String canonical) {
        assertThat(Ip.of(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4.5",
                ":",
                ":::",
                "1::2::3",
                "g::",
                "1:2:3:4:5:6:7:8:9",
                "10.0.0.1 ",
                "٣.1.1.1",
                "fe80::1%eth0"
            })
    void whatIsNoAddressIsNone(String text) {
        assertThat(Ip.parse(text)).isEmpty();
    }

    @Test
    void guestsMakeTheirOwnAddressesOfPrefixAndMac() {
        assertThat(Ip.eui64(Cidr.of("fd00:2::/64"), Mac.of("fa:16:3e:00:00:11")))
                .hasToString("fd00:2::f816:3eff:fe00:11");
    }

    @Test
    void blocksOverlapWhenOneHoldsTheOther() {
        assertThat(Cidr.of("10.0.0.0/8").overlaps(Cidr.of("10.1.0.0/16"))).isTrue();
        assertThat(Cidr.of("10.1.0.0/16").overlaps(Cidr.of("10.0.0.0/8"))).isTrue();
        assertThat(Cidr.of("10.1.0.0/16").overlaps(Cidr.of("10.2.0.0/16"))).isFalse();
        assertThat(Cidr.of("10.0.0.77/24")).hasToString("10.0.0.0/24");
        assertThat(Cidr.parse("10.0.0.0/33")).isEmpty();
        assertThat(Cidr.parse("10.0.0.0/-1")).isEmpty();
    }

    @Test
    void theUsualPoolsLeaveOutTheGateway() {
        assertThat(Pool.usual(Cidr.of("10.0.0.0/29"), Optional.of(Ip.of("10.0.0.3"))))
                .containsExactly(
                        new Pool(Ip.of("10.0.0.1"), Ip.of("10.0.0.2")),
                        new Pool(Ip.of("10.0.0.4"), Ip.of("10.0.0.6")));
        assertThat(
                        Pool.total(
                                        Pool.usual(
                                                Cidr.of("10.0.0.0/32"),
                                                Optional.of(Ip.of("10.0.0.0"))))
                                .signum())
                .isZero();
    }

    @Test
    void everyFreeAddressIsFoundAndNoTakenOne() {
        List<Pool> pools = Pool.usual(Cidr.of("10.0.0.0/28"), Optional.empty());
        Set<Ip> taken = new HashSet<>();
        Random random = new Random(3);
        for (int i = 0; i < 14; i++) {
            Set<Ip> free = Pool.free(pools, taken, 1, random);
            assertThat(free).hasSize(1).noneMatch(taken::contains);
            taken.addAll(free);
        }
        assertThat(Pool.free(pools, taken, 1, random)).isEmpty();
    }

    @Test
    void macsAreOursAndNeverMulticast() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            Mac mac = Mac.random(random);
            assertThat(mac.toString()).startsWith("fa:16:3e:").hasSize(17);
            assertThat(mac.isMulticast()).isFalse();
            assertThat(Mac.of(mac.toString())).isEqualTo(mac);
        }
        assertThat(Mac.parse("fa:16:3e:00:00")).isEmpty();
    }
}
