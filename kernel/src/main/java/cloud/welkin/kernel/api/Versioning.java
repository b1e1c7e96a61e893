package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.util.Locale;
import java.util.Optional;

/**
 * How a service negotiates microversions: {@code OpenStack-API-Version: TYPE N.M}, and for Nova the
 * older header of its own. Without a header the oldest version is meant; {@code latest} means the
 * newest.
 *
 * @param serviceType the name in the header: {@code compute}, {@code volume}, {@code placement}
 * @param legacyHeader an older header that holds the bare version, e.g. {@code
 *     X-OpenStack-Nova-API-Version}
 */
public record Versioning(
        String serviceType,
        Microversion oldest,
        Microversion newest,
        Optional<String> legacyHeader) {

    /** What the service answers that knows no microversions. */
    public static final Microversion NONE = new Microversion(1, 0);

    public Microversion negotiate(Optional<String> header, Optional<String> legacy) {
        Optional<String> asked = header.flatMap(this::ofThisService).or(() -> legacy);
        if (asked.isEmpty()) {
            return oldest;
        }
        String text = asked.get().strip();
        if (text.equalsIgnoreCase("latest")) {
            return newest;
        }
        Microversion version =
                Microversion.parse(text)
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                        "API Version String %s is of invalid format."
                                                                + " Must be of format"
                                                                + " MajorNum.MinorNum.",
                                                        text)
                                                .as("InvalidAPIVersionString"));
        if (version.isBefore(oldest) || newest.isBefore(version)) {
            throw new Failure(
                    FailureKind.NOT_ACCEPTABLE,
                    "InvalidGlobalAPIVersion",
                    String.format(
                            Locale.ROOT,
                            "Version %s is not supported by the API. Minimum is %s and maximum is"
                                    + " %s.",
                            version,
                            oldest,
                            newest));
        }
        return version;
    }

    /** The header may name several services, separated by commas. */
    private Optional<String> ofThisService(String header) {
        for (String part : header.split(",")) {
            String[] words = part.strip().split("\\s+");
            if (words.length == 2 && words[0].equalsIgnoreCase(serviceType)) {
                return Optional.of(words[1]);
            }
        }
        return Optional.empty();
    }
}
