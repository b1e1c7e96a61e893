package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The bucket and the key that a request means. */
record Place(Optional<String> bucket, Optional<String> key) {
    private static final int LONGEST_KEY = 1024;

    static Place of(Call call) {
        // The query does not matter: a signed request and an unsigned one of this path mean the
        // same.
        String path = S3Claim.path(call.rawPath(), "", call::header).orElseGet(call::rawPath);
        return parse(path.startsWith("/") ? path.substring(1) : path);
    }

    /**
     * Reads {@code bucket/key}, percent-encoded.
     *
     * @throws cloud.welkin.kernel.failure.Failure KeyTooLongError, or InvalidArgument for a NUL
     */
    static Place parse(String raw) {
        int slash = raw.indexOf('/');
        String bucket = decode(slash < 0 ? raw : raw.substring(0, slash));
        String key = slash < 0 ? "" : decode(raw.substring(slash + 1));
        return named(bucket, key);
    }

    /**
     * What is called so, nothing encoded.
     *
     * @throws cloud.welkin.kernel.failure.Failure as {@link #parse}
     */
    static Place named(String bucket, String key) {
        if (key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw S3Code.KeyTooLongError.failure();
        }
        if (key.indexOf('\0') >= 0 || bucket.indexOf('\0') >= 0) {
            throw S3Code.InvalidArgument.failure("A name must not contain NUL.");
        }
        return new Place(
                Optional.of(bucket).filter(it -> !it.isEmpty()),
                Optional.of(key).filter(it -> !it.isEmpty()));
    }

    private static String decode(String raw) {
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw S3Code.InvalidArgument.failure(
                    "The path is not percent-encoded as it should be.");
        }
    }

    String requireBucket() {
        return bucket.orElseThrow(S3Code.NoSuchBucket::failure);
    }

    String requireKey() {
        return key.orElseThrow(S3Code.MethodNotAllowed::failure);
    }
}
