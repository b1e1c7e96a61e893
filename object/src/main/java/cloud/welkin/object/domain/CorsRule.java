package cloud.welkin.object.domain;

import cloud.welkin.kernel.json.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Which pages of other sites may do what with a bucket (Amazon S3 API reference, CORSRule).
 *
 * @param origins with at most one {@code *} each
 * @param headers that requests may have, with at most one {@code *} each
 * @param exposed headers of answers that pages may see
 * @param maxAge seconds that a browser may remember
 */
public record CorsRule(
        List<String> origins,
        List<String> methods,
        List<String> headers,
        List<String> exposed,
        OptionalInt maxAge) {
    /** Whether the rule lets a page of the origin use the method. */
    public boolean admits(String origin, String method) {
        return methods.contains(method)
                && origins.stream().anyMatch(it -> BucketPolicy.matches(it, origin));
    }

    /** Whether it lets requests have all these headers. */
    public boolean admitsHeaders(List<String> wanted) {
        return wanted.stream()
                .allMatch(
                        header ->
                                headers.stream()
                                        .anyMatch(
                                                it ->
                                                        BucketPolicy.matches(
                                                                it.toLowerCase(Locale.ROOT),
                                                                header.toLowerCase(Locale.ROOT))));
    }

    /** The rules as they are kept. */
    public static String text(List<CorsRule> rules) {
        return Json.text(rules);
    }

    public static List<CorsRule> rules(String text) {
        return Arrays.asList(Json.mapper().readValue(text, CorsRule[].class));
    }
}
