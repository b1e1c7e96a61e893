package cloud.welkin.object.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The body within {@code aws-chunked}: pieces with their lengths, each signed and chained to the
 * one before, and lines behind the last (Amazon S3 API reference, Signature Calculations, chunked
 * upload and trailing headers). The end is handed out only when all signatures were right.
 */
final class ChunkedBody extends InputStream {
    private static final int LONGEST_LINE = 4096;
    private static final int MOST_TRAILERS = 16;
    private static final String EMPTY = Signatures.sha256("");

    private final InputStream in;
    private final Optional<Payload.ChunkSignature> signature;
    private final Checksum checksum;
    private final MessageDigest digest;
    private String previous;
    private String claimed = "";
    private long left;
    private boolean begun;
    private boolean ended;

    ChunkedBody(InputStream in, Optional<Payload.ChunkSignature> signature, Checksum checksum) {
        this.in = in;
        this.signature = signature;
        this.checksum = checksum;
        this.previous = signature.map(Payload.ChunkSignature::seed).orElse("");
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !next()) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the body ends within a chunk");
        }
        left -= count;
        if (signature.isPresent()) {
            digest.update(bytes, offset, count);
        }
        if (left == 0) {
            verifyChunk();
        }
        return count;
    }

    /** Goes to the next chunk; false behind the last. */
    private boolean next() throws IOException {
        if (begun && !line().isEmpty()) {
            throw malformed();
        }
        begun = true;
        String[] head = line().split(";", 2);
        if (!head[0].matches("[0-9A-Fa-f]{1,15}")) {
            throw malformed();
        }
        left = Long.parseLong(head[0], 16);
        claimed = head.length == 2 ? head[1].replaceFirst("^chunk-signature=", "") : "";
        if (left > 0) {
            return true;
        }
        verifyChunk();
        trailers();
        ended = true;
        return false;
    }

    private void verifyChunk() {
        signature.ifPresent(
                it -> {
                    String text =
                            String.join(
                                    "\n",
                                    "AWS4-HMAC-SHA256-PAYLOAD",
                                    it.stamp(),
                                    it.scope(),
                                    previous,
                                    EMPTY,
                                    HexFormat.of().formatHex(digest.digest()));
                    require(it.sign().apply(text), claimed);
                });
    }

    private void require(String right, String claim) {
        if (!MessageDigest.isEqual(
                right.getBytes(StandardCharsets.US_ASCII),
                claim.getBytes(StandardCharsets.UTF_8))) {
            throw S3Code.SignatureDoesNotMatch.failure();
        }
        previous = right;
    }

    private void trailers() throws IOException {
        StringBuilder signed = new StringBuilder();
        Optional<String> claim = Optional.empty();
        for (int count = 0; count <= MOST_TRAILERS; count++) {
            String line = line();
            if (line.isEmpty()) {
                if (!signed.isEmpty()) {
                    verifyTrailers(signed.toString(), claim);
                }
                return;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw malformed();
            }
            String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (name.equals("x-amz-trailer-signature")) {
                claim = Optional.of(value);
            } else {
                checksum.trailer(name, value);
                signed.append(name).append(':').append(value).append('\n');
            }
        }
        throw malformed();
    }

    private void verifyTrailers(String lines, Optional<String> claim) {
        signature.ifPresent(
                it ->
                        require(
                                it.sign()
                                        .apply(
                                                String.join(
                                                        "\n",
                                                        "AWS4-HMAC-SHA256-TRAILER",
                                                        it.stamp(),
                                                        it.scope(),
                                                        previous,
                                                        Signatures.sha256(lines))),
                                claim.orElse("")));
    }

    /**
     * A line without its end; the body's end counts as one, since some clients leave the last out.
     */
    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c >= 0 && c != '\n') {
            line.append((char) c);
            if (line.length() > LONGEST_LINE) {
                throw malformed();
            }
            c = in.read();
        }
        if (c < 0 && !line.isEmpty()) {
            throw new EOFException("the body ends within a line");
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r'
                ? line.substring(0, length - 1)
                : line.toString();
    }

    private static RuntimeException malformed() {
        return S3Code.InvalidRequest.failure("The body is not chunked as it says.");
    }
}
