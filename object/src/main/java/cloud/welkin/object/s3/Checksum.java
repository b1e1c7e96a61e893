package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * A checksum beside MD5 that a client sends with a body, in a header or in a trailer behind it:
 * {@code x-amz-checksum-crc32c} and the like, base64 of the value, big end first.
 */
final class Checksum {
    /** Where an object's row keeps it: this and the algorithm's name. */
    static final String KEPT = "x-s3-checksum-";

    private static final String HEADER = "x-amz-checksum-";
    private static final List<String> ALGORITHMS =
            List.of("crc32", "crc32c", "crc64nvme", "sha1", "sha256");

    private final Optional<String> algorithm;
    private Optional<String> expected;
    private Optional<String> computed = Optional.empty();

    private Checksum(Optional<String> algorithm, Optional<String> expected) {
        this.algorithm = algorithm;
        this.expected = expected;
    }

    /**
     * What the headers say about a checksum.
     *
     * @throws cloud.welkin.kernel.failure.Failure InvalidRequest for an unknown one, or for two
     */
    static Checksum of(Call call) {
        Map<String, Optional<String>> announced = new TreeMap<>();
        for (String name : call.headerNames()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(HEADER)
                    && !lower.equals(HEADER + "algorithm")
                    && !lower.equals(HEADER + "mode")
                    && !lower.equals(HEADER + "type")) {
                announced.put(lower.substring(HEADER.length()), call.header(name));
            }
        }
        call.header("x-amz-trailer")
                .map(it -> it.toLowerCase(Locale.ROOT).strip())
                .filter(it -> it.startsWith(HEADER))
                .ifPresent(it -> announced.put(it.substring(HEADER.length()), Optional.empty()));
        if (announced.size() > 1) {
            throw S3Code.InvalidRequest.failure(
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not"
                            + " allowed.");
        }
        Optional<String> algorithm = announced.keySet().stream().findFirst();
        if (algorithm.filter(it -> !ALGORITHMS.contains(it)).isPresent()) {
            throw S3Code.InvalidRequest.failure(
                    "The algorithm type you specified in x-amz-checksum- header is invalid.");
        }
        return new Checksum(algorithm, algorithm.flatMap(announced::get));
    }

    /** Takes a line from behind the body. */
    void trailer(String name, String value) {
        if (algorithm.filter(it -> name.equals(HEADER + it)).isPresent()) {
            expected = Optional.of(value);
        }
    }

    /** The body, whose end is refused when the checksum is another one. */
    InputStream checking(InputStream body) {
        return algorithm.map(it -> (InputStream) new Checking(body, sum(it))).orElse(body);
    }

    /** What is kept with the object; there when the body was read to its end. */
    Map<String, String> kept() {
        return computed.map(it -> Map.of(KEPT + algorithm.orElseThrow(), it)).orElse(Map.of());
    }

    /** Headers that tell an object's checksums. */
    static Map<String, String> told(Map<String, String> kept) {
        Map<String, String> told = new TreeMap<>();
        kept.forEach(
                (name, value) -> {
                    if (name.startsWith(KEPT)) {
                        told.put(HEADER + name.substring(KEPT.length()), value);
                    }
                });
        return told;
    }

    private void end(byte[] value) {
        String text = Base64.getEncoder().encodeToString(value);
        computed = Optional.of(text);
        if (expected.filter(it -> !it.strip().equals(text)).isPresent()) {
            throw S3Code.BadDigest.failure(
                    "The %s you specified did not match the calculated checksum.",
                    algorithm.orElseThrow());
        }
    }

    private final class Checking extends FilterInputStream {
        private final Sum sum;
        private boolean ended;

        Checking(InputStream in, Sum sum) {
            super(in);
            this.sum = sum;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = ended ? -1 : super.read(bytes, offset, length);
            if (count >= 0) {
                sum.update(bytes, offset, count);
            } else if (!ended) {
                ended = true;
                end(sum.value());
            }
            return count;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }

    private interface Sum {
        void update(byte[] bytes, int offset, int length);

        byte[] value();
    }

    private static Sum sum(String algorithm) {
        return switch (algorithm) {
            case "crc32" -> crc(new CRC32());
            case "crc32c" -> crc(new CRC32C());
            case "crc64nvme" -> new Crc64Nvme();
            case "sha1" -> digest("SHA-1");
            default -> digest("SHA-256");
        };
    }

    private static Sum crc(java.util.zip.Checksum crc) {
        return new Sum() {
            @Override
            public void update(byte[] bytes, int offset, int length) {
                crc.update(bytes, offset, length);
            }

            @Override
            public byte[] value() {
                return ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
            }
        };
    }

    private static Sum digest(String algorithm) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return new Sum() {
            @Override
            public void update(byte[] bytes, int offset, int length) {
                digest.update(bytes, offset, length);
            }

            @Override
            public byte[] value() {
                return digest.digest();
            }
        };
    }

    /**
     * The CRC of 64 bits that NVMe uses (NVM Express specification, polynomial AD93D23594C93659).
     */
    private static final class Crc64Nvme implements Sum {
        private static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L;
        private static final long[] TABLE = table();

        private long crc = -1;

        private static long[] table() {
            long[] table = new long[256];
            Arrays.setAll(
                    table,
                    i -> {
                        long value = i;
                        for (int bit = 0; bit < 8; bit++) {
                            value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
                        }
                        return value;
                    });
            return table;
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            long value = crc;
            for (int i = offset; i < offset + length; i++) {
                value = TABLE[(int) (value ^ bytes[i]) & 0xff] ^ (value >>> 8);
            }
            crc = value;
        }

        @Override
        public byte[] value() {
            return ByteBuffer.allocate(8).putLong(~crc).array();
        }
    }
}
