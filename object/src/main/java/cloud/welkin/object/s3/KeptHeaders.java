package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What is kept with an object of the headers that it comes with by S3. */
final class KeptHeaders {
    /** Headers that are answered as they came. */
    static final List<String> NAMES =
            List.of(
                    "cache-control",
                    "content-disposition",
                    "content-encoding",
                    "content-language",
                    "expires");

    /** Headers that ask for what is not here: who were answered well would believe to have it. */
    private static final List<String> PROMISES =
            List.of(
                    "x-amz-server-side-encryption",
                    "x-amz-object-lock-",
                    "x-amz-grant-",
                    "x-amz-website-redirect-location");

    /** Where an object's tags are: {@code key=value&...}, encoded as a URL's query. */
    static final String TAGS = "x-s3-tagging";

    static final String ACL = "x-s3-acl";

    private static final String METADATA = "x-amz-meta-";
    private static final int LARGEST = 2048;
    private static final int MOST_TAGS = 10;

    private KeptHeaders() {}

    /**
     * @throws cloud.welkin.kernel.failure.Failure MetadataTooLarge, InvalidArgument for bad tags,
     *     NotImplemented for what is promised to nobody
     */
    static Map<String, String> of(Call call) {
        Map<String, String> headers = new TreeMap<>();
        long size = 0;
        for (String name : call.headerNames()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (PROMISES.stream().anyMatch(lower::startsWith)) {
                throw S3Code.NotImplemented.failure("%s is not implemented.", lower);
            }
            if (lower.startsWith(METADATA)) {
                String key = lower.substring(METADATA.length());
                String value = text(call.header(name).orElse(""));
                size += key.length() + value.getBytes(StandardCharsets.UTF_8).length;
                headers.put("x-object-meta-" + key, value);
            }
        }
        if (call.header("x-amz-storage-class").filter(it -> !it.equals("STANDARD")).isPresent()) {
            throw S3Code.NotImplemented.failure("There is one storage class only, STANDARD.");
        }
        if (size > LARGEST) {
            throw S3Code.MetadataTooLarge.failure();
        }
        for (String name : NAMES) {
            call.header(name)
                    .map(KeptHeaders::text)
                    .map(it -> name.equals("content-encoding") ? withoutChunks(it) : it)
                    .filter(it -> !it.isEmpty())
                    .ifPresent(it -> headers.put(name, it));
        }
        call.header("x-amz-tagging")
                .filter(it -> !it.isEmpty())
                .ifPresent(it -> headers.put(TAGS, written(tags(it))));
        call.header("x-amz-acl")
                .map(CannedAcl::require)
                .ifPresent(it -> headers.put(ACL, it.word()));
        return headers;
    }

    /** How it came over the wire is no property of the object. */
    private static String withoutChunks(String encoding) {
        return encoding.replaceAll("aws-chunked\\s*,?\\s*", "").replaceAll(",\\s*$", "");
    }

    private static String text(String header) {
        return header.chars().allMatch(c -> c < 256)
                ? new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                : header;
    }

    /** Tags as a query has them. */
    static Map<String, String> tags(String query) {
        Map<String, String> tags = new TreeMap<>();
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                String[] halves = pair.split("=", 2);
                String before =
                        tags.put(decode(halves[0]), halves.length == 2 ? decode(halves[1]) : "");
                if (before != null) {
                    throw S3Code.InvalidArgument.failure("A tag is there twice.");
                }
            }
        }
        return checked(tags);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw S3Code.InvalidArgument.failure("The tags cannot be read.");
        }
    }

    /**
     * @throws cloud.welkin.kernel.failure.Failure InvalidArgument beyond S3's limits
     */
    static Map<String, String> checked(Map<String, String> tags) {
        if (tags.size() > MOST_TAGS) {
            throw S3Code.InvalidArgument.failure(
                    "Object tags cannot be greater than %d", MOST_TAGS);
        }
        tags.forEach(
                (key, value) -> {
                    if (key.isEmpty() || key.length() > 128 || value.length() > 256) {
                        throw S3Code.InvalidArgument.failure(
                                "A tag's key has 1 to 128 characters, its value 256 at most.");
                    }
                });
        return tags;
    }

    static String written(Map<String, String> tags) {
        StringBuilder text = new StringBuilder();
        tags.forEach(
                (key, value) ->
                        text.append(text.isEmpty() ? "" : "&")
                                .append(UriCoding.encode(key, true))
                                .append('=')
                                .append(UriCoding.encode(value, true)));
        return text.toString();
    }
}
