package cloud.welkin.object.api;

import java.nio.charset.StandardCharsets;

/** Names as URLs and headers write them. */
final class Names {
    private static final String PLAIN = "-._~/";

    private Names() {}

    /** Percent-encoded but for slashes. */
    static String quoted(String name) {
        StringBuilder quoted = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    (b >= '0' && b <= '9')
                            || (b >= 'a' && b <= 'z')
                            || (b >= 'A' && b <= 'Z')
                            || PLAIN.indexOf(b) >= 0;
            if (plain) {
                quoted.append((char) b);
            } else {
                quoted.append('%').append(Character.forDigit(b >> 4 & 15, 16));
                quoted.append(Character.forDigit(b & 15, 16));
            }
        }
        return quoted.toString();
    }
}
