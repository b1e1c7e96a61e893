package cloud.welkin.network.domain;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/**
 * An IP address of either version. Its text is the canonical one (RFC 5952), which is how addresses
 * stand in rows, so that equal addresses are equal texts.
 *
 * @param version 4 or 6
 * @param number the address as an unsigned number of 32 or 128 bits
 */
public record Ip(int version, BigInteger number) implements Comparable<Ip> {
    private static final BigInteger WORD = BigInteger.valueOf(0xffff);

    /** The address that the text spells; empty for anything else. Never asks a name server. */
    public static Optional<Ip> parse(String text) {
        return text.indexOf(':') >= 0 ? six(text) : four(text).map(number -> new Ip(4, number));
    }

    /** For texts that are known to be addresses: those of rows. */
    public static Ip of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("not an address: " + text));
    }

    public int bits() {
        return version == 4 ? 32 : 128;
    }

    public Ip plus(long offset) {
        return new Ip(version, number.add(BigInteger.valueOf(offset)));
    }

    public Ip plus(BigInteger offset) {
        return new Ip(version, number.add(offset));
    }

    /**
     * Whether the address is one that only means something on its own link (fe80::/10,
     * 169.254.0.0/16).
     */
    public boolean isLinkLocal() {
        return version == 4
                ? number.shiftRight(16).intValueExact() == 0xa9fe
                : number.shiftRight(118).intValueExact() == 0xfe80 >> 6;
    }

    public boolean isMulticast() {
        return version == 4
                ? number.shiftRight(28).intValueExact() == 0xe
                : number.shiftRight(120).intValueExact() == 0xff;
    }

    public boolean isLoopback() {
        return version == 4
                ? number.shiftRight(24).intValueExact() == 127
                : number.equals(BigInteger.ONE);
    }

    /**
     * The address that a guest with this MAC makes for itself in a /64 (modified EUI-64, RFC 4291).
     */
    public static Ip eui64(Cidr prefix, Mac mac) {
        long m = mac.number();
        long id = (((m >>> 24) ^ 0x020000L) << 40) | (0xfffeL << 24) | (m & 0xffffffL);
        return prefix.first().plus(new BigInteger(Long.toUnsignedString(id)));
    }

    @Override
    public int compareTo(Ip other) {
        return version != other.version
                ? Integer.compare(version, other.version)
                : number.compareTo(other.number);
    }

    @Override
    public String toString() {
        if (version == 4) {
            long n = number.longValueExact();
            return (n >>> 24)
                    + "."
                    + ((n >>> 16) & 255)
                    + "."
                    + ((n >>> 8) & 255)
                    + "."
                    + (n & 255);
        }
        int[] words = new int[8];
        for (int i = 0; i < 8; i++) {
            words[i] = number.shiftRight(112 - 16 * i).and(WORD).intValueExact();
        }
        return text(words);
    }

    private static String text(int[] words) {
        int from = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && words[end] == 0) {
                end++;
            }
            if (end - i > length) {
                from = i;
                length = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                text.append("::");
                i += length - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(words[i]));
            }
        }
        return text.toString();
    }

    private static Optional<BigInteger> four(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        long number = 0;
        for (String part : parts) {
            if (part.isEmpty()
                    || part.length() > 3
                    || !part.chars().allMatch(c -> c >= '0' && c <= '9')
                    || (part.length() > 1 && part.charAt(0) == '0')) {
                return Optional.empty();
            }
            int value = Integer.parseInt(part);
            if (value > 255) {
                return Optional.empty();
            }
            number = (number << 8) | value;
        }
        return Optional.of(BigInteger.valueOf(number));
    }

    private static Optional<Ip> six(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int last = lower.lastIndexOf(':');
        if (lower.indexOf('.') > 0) {
            Optional<BigInteger> tail = four(lower.substring(last + 1));
            if (tail.isEmpty()) {
                return Optional.empty();
            }
            int n = tail.get().intValue();
            lower =
                    lower.substring(0, last + 1)
                            + Integer.toHexString(n >>> 16)
                            + ":"
                            + Integer.toHexString(n & 0xffff);
        }
        int gap = lower.indexOf("::");
        if (gap >= 0 && lower.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        String[] head = words(gap < 0 ? lower : lower.substring(0, gap));
        String[] tail = gap < 0 ? new String[0] : words(lower.substring(gap + 2));
        int given = head.length + tail.length;
        if (gap < 0 ? given != 8 : given > 7) {
            return Optional.empty();
        }
        BigInteger number = BigInteger.ZERO;
        for (int i = 0; i < 8; i++) {
            String word =
                    i < head.length
                            ? head[i]
                            : i >= 8 - tail.length ? tail[i - 8 + tail.length] : "0";
            if (word.isEmpty() || word.length() > 4 || !word.chars().allMatch(Ip::isHex)) {
                return Optional.empty();
            }
            number = number.shiftLeft(16).or(BigInteger.valueOf(Integer.parseInt(word, 16)));
        }
        return Optional.of(new Ip(6, number));
    }

    private static boolean isHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    private static String[] words(String text) {
        return text.isEmpty() ? new String[0] : text.split(":", -1);
    }
}
