package cloud.welkin.kernel.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;

/**
 * The spellings of times in OpenStack's APIs: always UTC, with or without microseconds and the
 * letter Z.
 */
public final class Times {
    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private static final int[] POWERS = {1, 10, 100, 1000, 10_000, 100_000};

    private Times() {}

    /** Nova, Glance, Neutron: {@code 2026-11-23T02:46:19Z}. */
    public static String seconds(Instant time) {
        return text(time, false, "Z");
    }

    /** Cinder: {@code 2026-11-23T02:46:19.000000}. */
    public static String micros(Instant time) {
        return text(time, true, "");
    }

    /** Keystone: {@code 2026-11-23T02:46:19.000000Z}. */
    public static String microsZ(Instant time) {
        return text(time, true, "Z");
    }

    /** Written by hand: lists hold thousands of times, and a formatter takes ten times as long. */
    private static String text(Instant time, boolean micros, String end) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        StringBuilder out = new StringBuilder(28);
        digits(out, utc.getYear(), 4).append('-');
        digits(out, utc.getMonthValue(), 2).append('-');
        digits(out, utc.getDayOfMonth(), 2).append('T');
        digits(out, utc.getHour(), 2).append(':');
        digits(out, utc.getMinute(), 2).append(':');
        digits(out, utc.getSecond(), 2);
        if (micros) {
            digits(out.append('.'), utc.get(ChronoField.MICRO_OF_SECOND), 6);
        }
        return out.append(end).toString();
    }

    private static StringBuilder digits(StringBuilder out, int number, int width) {
        for (int unit = POWERS[width - 1]; unit > 0; unit /= 10) {
            out.append((char) ('0' + number / unit % 10));
        }
        return out;
    }

    /**
     * Any ISO 8601 time; without a zone it is UTC, without a time of day it is midnight. Years
     * beyond four digits, which databases and clients do not take, are refused.
     *
     * @throws java.time.DateTimeException when it is none
     */
    public static Instant parse(String text) {
        Instant time = read(text);
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new DateTimeException("not within the years 1 to 9999: " + text);
        }
        return time;
    }

    private static Instant read(String text) {
        String iso = text.strip().replace(' ', 'T');
        if (iso.length() == 10) {
            return LocalDate.parse(iso).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        boolean zoned = iso.endsWith("Z") || iso.matches(".*[+-]\\d\\d:?\\d\\d$");
        return zoned
                ? OffsetDateTime.parse(
                                iso.matches(".*[+-]\\d{4}$")
                                        ? iso.substring(0, iso.length() - 2)
                                                + ":"
                                                + iso.substring(iso.length() - 2)
                                        : iso)
                        .toInstant()
                : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    }
}
