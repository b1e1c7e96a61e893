package cloud.welkin.identity.auth;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Base64;

/** What counts as one address where requests of one are counted. */
public final class PeerNetwork {
    /** An IPv6 customer has a network of that many bits, and all addresses in it. */
    private static final int BYTES = 8;

    private PeerNetwork() {}

    /** The same for all addresses of a peer; an address of IPv4 is one of its own. */
    public static String of(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.ofLiteral(address).getAddress();
            return bytes.length <= BYTES
                    ? address
                    : Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, BYTES));
        } catch (IllegalArgumentException e) {
            return address;
        }
    }
}
