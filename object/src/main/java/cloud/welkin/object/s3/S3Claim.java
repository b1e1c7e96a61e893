package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Incoming;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which requests are S3's: those that are signed as S3's are, those to a host {@code
 * bucket.s3.example.org} or {@code s3.example.org}, and those below {@code /s3}. So every client
 * works with the cloud's one address, and no port or name has to be set up.
 */
public final class S3Claim implements Api.Claim {
    /** Where buckets are found without a signature: {@code /s3/bucket/key}. */
    public static final String MOUNT = "/s3";

    @Override
    public Optional<String> path(Incoming incoming) {
        return path(incoming.rawPath(), incoming.rawQuery().orElse(""), incoming::header);
    }

    /** The path {@code /bucket/key} that a request means, as it came. */
    static Optional<String> path(
            String rawPath, String rawQuery, Function<String, Optional<String>> header) {
        Optional<String> host = header.apply("Host").map(it -> it.toLowerCase(Locale.ROOT));
        Optional<String> bucket =
                host.filter(it -> it.indexOf(".s3.") > 0)
                        .map(it -> it.substring(0, it.indexOf(".s3.")));
        if (bucket.isPresent()) {
            return Optional.of("/" + bucket.get() + rawPath);
        }
        if (rawPath.equals(MOUNT) || rawPath.startsWith(MOUNT + "/")) {
            return Optional.of(rawPath.substring(MOUNT.length()));
        }
        boolean signed =
                header.apply("Authorization")
                                .filter(
                                        it ->
                                                it.startsWith("AWS4-HMAC-SHA256")
                                                        || it.startsWith("AWS "))
                                .isPresent()
                        || rawQuery.contains("X-Amz-Signature=")
                        || (rawQuery.contains("AWSAccessKeyId=")
                                && rawQuery.contains("Signature="));
        return signed || host.filter(it -> it.startsWith("s3.")).isPresent()
                ? Optional.of(rawPath)
                : Optional.empty();
    }
}
