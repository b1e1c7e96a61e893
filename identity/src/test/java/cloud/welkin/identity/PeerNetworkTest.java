package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.auth.PeerNetwork;
import org.junit.jupiter.api.Test;

/** Which addresses are one peer's. */
class PeerNetworkTest {
    @Test
    void anAddressOfIpv6CountsAsItsNetworkHoweverItIsWritten() {
        String network = PeerNetwork.of("2001:db8:0:7:1:2:3:4");
        assertThat(PeerNetwork.of("2001:db8:0:7::9")).isEqualTo(network);
        assertThat(PeerNetwork.of("2001:DB8:0:7:ffff:ffff:ffff:ffff")).isEqualTo(network);
        assertThat(PeerNetwork.of("2001:db8:0:8:1:2:3:4")).isNotEqualTo(network);
    }

    @Test
    void anAddressOfIpv4IsOneOfItsOwn() {
        assertThat(PeerNetwork.of("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(PeerNetwork.of("192.0.2.2")).isEqualTo("192.0.2.2");
        assertThat(PeerNetwork.of("::ffff:192.0.2.1"))
                .isNotEqualTo(PeerNetwork.of("::ffff:192.0.2.2"));
    }

    @Test
    void whatIsNoAddressStandsForItself() {
        assertThat(PeerNetwork.of("a:b")).isEqualTo("a:b");
        assertThat(PeerNetwork.of("")).isEmpty();
    }
}
