package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import java.io.InputStream;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * How the body of a request is checked while it is read: against the digest that was signed, chunk
 * by chunk against their signatures, and against checksums that came before or behind it. A body
 * that is not what it should be ends in a {@link Failure}, before its last byte was handed out.
 */
final class Payload {
    private static final String UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    private static final Set<String> KINDS =
            Set.of(
                    Signatures.UNSIGNED,
                    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
                    UNSIGNED_CHUNKS);

    static final Payload UNCHECKED = new Payload(Signatures.UNSIGNED, Optional.empty());

    private final String declared;
    private final Optional<ChunkSignature> chunks;

    private Payload(String declared, Optional<ChunkSignature> chunks) {
        this.declared = declared;
        this.chunks = chunks;
    }

    /**
     * @param seed the signature of the request, which the first chunk's is chained to
     * @param sign the signature of a text by the key of the request
     */
    record ChunkSignature(String stamp, String scope, String seed, UnaryOperator<String> sign) {}

    /**
     * @param declared the value of {@code x-amz-content-sha256}
     */
    static Payload of(String declared, ChunkSignature chunks) {
        if (!KINDS.contains(declared) && !isDigest(declared)) {
            throw S3Code.InvalidArgument.failure(
                    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a kind of streaming or a valid"
                            + " sha256 value.");
        }
        return new Payload(declared, Optional.of(chunks));
    }

    private static boolean isDigest(String declared) {
        return declared.matches("[0-9a-f]{64}");
    }

    private boolean isChunked(Call call) {
        return declared.startsWith("STREAMING-")
                || call.header("Content-Encoding")
                        .filter(it -> it.contains("aws-chunked"))
                        .isPresent();
    }

    /** Bytes of the body itself, without what chunks it. */
    OptionalLong length(Call call, Exchange exchange) {
        if (!isChunked(call)) {
            return exchange.contentLength();
        }
        String length = call.header("x-amz-decoded-content-length").orElse("");
        if (!length.matches("\\d{1,18}")) {
            throw S3Code.MissingContentLength.failure();
        }
        return OptionalLong.of(Long.parseLong(length));
    }

    /**
     * The body as the client means it.
     *
     * @param checksum what is said about it, filled by what comes behind the body
     */
    InputStream body(Call call, Exchange exchange, Checksum checksum) {
        InputStream body = exchange.body();
        if (isChunked(call)) {
            body =
                    new ChunkedBody(
                            body,
                            declared.equals(UNSIGNED_CHUNKS) || declared.equals(Signatures.UNSIGNED)
                                    ? Optional.empty()
                                    : chunks,
                            checksum);
        } else if (isDigest(declared)) {
            byte[] digest = HexFormat.of().parseHex(declared);
            body =
                    new DigestedBody(
                            body, "SHA-256", digest, S3Code.XAmzContentSHA256Mismatch::failure);
        }
        Optional<String> md5 = call.header("Content-MD5");
        if (md5.isPresent()) {
            body = new DigestedBody(body, "MD5", md5(md5.get()), S3Code.BadDigest::failure);
        }
        return checksum.checking(body);
    }

    private static byte[] md5(String base64) {
        try {
            byte[] digest = Base64.getDecoder().decode(base64.strip());
            if (digest.length == 16) {
                return digest;
            }
        } catch (IllegalArgumentException e) {
            throw S3Code.InvalidDigest.failure().because(String.valueOf(e.getMessage()));
        }
        throw S3Code.InvalidDigest.failure();
    }
}
