package cloud.welkin.compute.api;

import cloud.welkin.kernel.failure.Failure;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/** Checks IP addresses in requests. */
final class Addressed {
    private static final int LONGEST = 45;

    private Addressed() {}

    /**
     * The address as it came; empty for none.
     *
     * @param version 4, 6, or 0 for either
     */
    static String check(String field, Optional<String> address, int version) {
        String text = address.orElse("");
        if (text.isEmpty()) {
            return "";
        }
        // Only digits, dots and colons go to the parser: a name would be asked of DNS.
        if (text.length() <= LONGEST && text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            try {
                InetAddress parsed = InetAddress.ofLiteral(text);
                if (version == 0 || (version == 4) == (parsed instanceof Inet4Address)) {
                    return text;
                }
            } catch (IllegalArgumentException e) {
                // Told below.
            }
        }
        throw Failure.badRequest(
                "Invalid input for field/attribute %s. Value: %s. It is not an address of the right"
                        + " kind.",
                field, text.length() > LONGEST ? text.substring(0, LONGEST) : text);
    }
}
