package cloud.welkin.object.s3;

import cloud.welkin.kernel.failure.Failure;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.Supplier;

/** A body whose digest is known beforehand; its end is refused when it is another one. */
final class DigestedBody extends FilterInputStream {
    private final MessageDigest digest;
    private final byte[] expected;
    private final Supplier<Failure> refusal;
    private boolean ended;

    DigestedBody(InputStream in, String algorithm, byte[] expected, Supplier<Failure> refusal) {
        super(in);
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        this.expected = expected.clone();
        this.refusal = refusal;
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
            digest.update(bytes, offset, count);
        } else if (!ended) {
            ended = true;
            if (!MessageDigest.isEqual(digest.digest(), expected)) {
                throw refusal.get();
            }
        }
        return count;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
