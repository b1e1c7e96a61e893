package cloud.welkin.object.domain;

import cloud.welkin.kernel.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What becomes of a bucket's objects with time (Amazon S3 API reference, LifecycleRule).
 *
 * @param prefix of names that it is about, empty for all
 * @param tags that an object must have, all of them
 * @param largerThan bytes, and smallerThan; of objects that it is about
 * @param days after which an object expires
 * @param date on which all expire
 * @param removesLoneMarkers whether a mark of a delete goes when no version is left behind it
 * @param noncurrentDays after which a version goes that is not current
 * @param abortDays after which an upload in parts that was not completed goes
 */
public record LifecycleRule(
        String id,
        boolean isEnabled,
        String prefix,
        Map<String, String> tags,
        OptionalLong largerThan,
        OptionalLong smallerThan,
        OptionalInt days,
        Optional<Instant> date,
        boolean removesLoneMarkers,
        OptionalInt noncurrentDays,
        OptionalInt abortDays) {
    public boolean doesSomething() {
        return days.isPresent()
                || date.isPresent()
                || removesLoneMarkers
                || noncurrentDays.isPresent()
                || abortDays.isPresent();
    }

    /** Objects that were made before this moment expire; empty when none do. */
    public Optional<Instant> expiredBefore(Instant now) {
        if (days.isPresent()) {
            return Optional.of(now.minus(Duration.ofDays(days.getAsInt())));
        }
        return date.filter(it -> !now.isBefore(it)).map(it -> now);
    }

    /** Whether the rule is about the object, its age aside. */
    public boolean isAbout(StoredObject object, Map<String, String> itsTags) {
        return isEnabled
                && object.name().startsWith(prefix)
                && itsTags.entrySet().containsAll(tags.entrySet())
                && (largerThan.isEmpty() || object.size() > largerThan.getAsLong())
                && (smallerThan.isEmpty() || object.size() < smallerThan.getAsLong());
    }

    /** The rules as they are kept. */
    public static String text(List<LifecycleRule> rules) {
        return Json.text(rules);
    }

    public static List<LifecycleRule> rules(String text) {
        return Arrays.asList(Json.mapper().readValue(text, LifecycleRule[].class));
    }
}
