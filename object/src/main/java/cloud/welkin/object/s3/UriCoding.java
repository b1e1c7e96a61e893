package cloud.welkin.object.s3;

import java.nio.charset.StandardCharsets;

/** Percent-encoding as signatures and listings of S3 want it: all but unreserved characters. */
final class UriCoding {
    private UriCoding() {}

    /**
     * @param slashes whether slashes are encoded too
     */
    static String encode(String text, boolean slashes) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'A' && c <= 'Z')
                            || (c >= 'a' && c <= 'z')
                            || (c >= '0' && c <= '9')
                            || "-._~".indexOf(c) >= 0
                            || (c == '/' && !slashes);
            if (plain) {
                encoded.append(c);
            } else {
                encoded.append('%');
                encoded.append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)));
                encoded.append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return encoded.toString();
    }
}
