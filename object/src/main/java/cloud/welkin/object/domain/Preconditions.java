package cloud.welkin.object.domain;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** Conditions of a request: RFC 9110, 13. */
public final class Preconditions {
    /** What becomes of a request by its conditions. */
    public enum Outcome {
        GO_ON,
        NOT_MODIFIED,
        FAILED
    }

    private Preconditions() {}

    /**
     * Decides about a read of what has this ETag and was changed then.
     *
     * @param header the request's headers
     */
    public static Outcome ofRead(
            Function<String, Optional<String>> header, String etag, Instant changed) {
        Optional<String> match = header.apply("If-Match");
        if (match.isPresent()) {
            if (!names(match.get(), etag)) {
                return Outcome.FAILED;
            }
        } else if (header.apply("If-Unmodified-Since")
                .flatMap(Preconditions::date)
                .filter(changed::isAfter)
                .isPresent()) {
            return Outcome.FAILED;
        }
        Optional<String> noneMatch = header.apply("If-None-Match");
        boolean unchanged =
                noneMatch.isPresent()
                        ? names(noneMatch.get(), etag)
                        : header.apply("If-Modified-Since")
                                .flatMap(Preconditions::date)
                                .filter(since -> !changed.isAfter(since))
                                .isPresent();
        return unchanged ? Outcome.NOT_MODIFIED : Outcome.GO_ON;
    }

    /** Whether a list of ETags names this one, or anything. */
    public static boolean names(String list, String etag) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .anyMatch(one -> one.equals("*") || bare(one).equals(bare(etag)));
    }

    /** An ETag without what is around it. */
    public static String bare(String etag) {
        String strong = etag.strip().startsWith("W/") ? etag.strip().substring(2) : etag.strip();
        return strong.length() > 1 && strong.startsWith("\"") && strong.endsWith("\"")
                ? strong.substring(1, strong.length() - 1)
                : strong;
    }

    /** A date as HTTP writes it; one that is not is passed over. */
    public static Optional<Instant> date(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
