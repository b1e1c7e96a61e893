package cloud.welkin.network.domain;

import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A MAC address of 48 bits; its text is lower case with colons. */
public record Mac(long number) {
    /** What Neutron's MACs begin with. */
    private static final long OURS = 0xfa163eL << 24;

    public static Optional<Mac> parse(String text) {
        String digits = text.toLowerCase(Locale.ROOT).replaceAll("[:.-]", "");
        if (digits.length() != 12
                || text.length() > 17
                || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
            return Optional.empty();
        }
        return Optional.of(new Mac(Long.parseLong(digits, 16)));
    }

    public static Mac of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not a MAC: " + text));
    }

    public static Mac random(RandomGenerator random) {
        return new Mac(OURS | random.nextInt(1 << 24));
    }

    /** The same MAC for the same seed: for what must be stable without a row of its own. */
    public static Mac stable(long seed) {
        return new Mac(OURS | (seed & 0xffffffL));
    }

    public boolean isMulticast() {
        return ((number >>> 40) & 1) == 1;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            int octet = (int) ((number >>> shift) & 255);
            if (octet < 16) {
                text.append('0');
            }
            text.append(Integer.toHexString(octet));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
