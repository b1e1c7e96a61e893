package cloud.welkin.kernel.settings;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes. Written {@code 512MiB}, {@code 10GiB}, {@code 4096}; KB, MB, GB, TB are powers
 * of ten.
 */
public record DataSize(long bytes) implements Comparable<DataSize> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*(?:([KMGT])(I?)B|B)?");
    private static final String UNITS = "KMGT";

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("A size is not negative: " + bytes);
        }
    }

    public static DataSize ofMebibytes(long mebibytes) {
        return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    public static DataSize ofGibibytes(long gibibytes) {
        return new DataSize(Math.multiplyExact(gibibytes, 1L << 30));
    }

    /**
     * @throws IllegalArgumentException if the text is none, or the size does not fit in 63 bits
     */
    public static DataSize parse(String text) {
        Matcher matcher = FORM.matcher(text.trim().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a size such as 512MiB or 10GB");
        }
        try {
            long number = Long.parseLong(matcher.group(1));
            String unit = matcher.group(2);
            if (unit == null) {
                return new DataSize(number);
            }
            int power = UNITS.indexOf(unit) + 1;
            long base = "I".equals(matcher.group(3)) ? 1024 : 1000;
            for (int i = 0; i < power; i++) {
                number = Math.multiplyExact(number, base);
            }
            return new DataSize(number);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("a size below 8 EiB", e);
        }
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        for (int i = UNITS.length(); i > 0; i--) {
            long unit = 1L << (10 * i);
            if (bytes >= unit && bytes % unit == 0) {
                return bytes / unit + "" + UNITS.charAt(i - 1) + "iB";
            }
        }
        return Long.toString(bytes);
    }
}
