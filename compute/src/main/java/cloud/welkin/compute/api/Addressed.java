package cloud.welkin.compute.api;

import cloud.welkin.kernel.failure.Failure;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks IP addresses in requests. */
final class Addressed {
    private static final int LONGEST = 45;

    private Addressed() {}

    /**
     * The address in its canonical form (RFC 5952); empty for none.
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
                    return parsed instanceof Inet4Address ? text : six(parsed.getAddress());
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

    /** Eight words without leading zeros, the longest run of zero words as two colons. */
    private static String six(byte[] address) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < address.length; i += 2) {
            int word = ((address[i] & 0xff) << 8) | (address[i + 1] & 0xff);
            words.append(i == 0 ? "" : ":").append(Integer.toHexString(word));
        }
        String text = words.toString();
        for (int run = 8; run >= 2; run--) {
            String zeros = "0" + ":0".repeat(run - 1);
            Matcher found = Pattern.compile("(^|:)" + zeros + "(:|$)").matcher(text);
            if (found.find()) {
                return text.substring(0, found.start()) + "::" + text.substring(found.end());
            }
        }
        return text;
    }
}
