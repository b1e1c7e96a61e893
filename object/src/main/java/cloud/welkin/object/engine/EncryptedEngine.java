package cloud.welkin.object.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts the bodies of another engine: AES-256-GCM over pieces of 64 KiB, each with a tag of 16
 * bytes behind it, by a key of the body's own. The piece's number is its nonce, so that pieces
 * cannot change places, and a range is read without the rest.
 *
 * <p>The locator says the key's id and the body's salt; a locator without them is of a body that is
 * not encrypted, from before.
 */
public final class EncryptedEngine implements ObjectEngine {
    private static final int PIECE = 65_536;
    private static final int TAG = 16;
    private static final int SALT = 16;
    private static final String BEGINNING = "e";

    private final ObjectEngine inner;
    private final BodyKeys keys;
    private final boolean encrypts;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param encrypts whether new bodies are encrypted; older ones are read in any case
     */
    public EncryptedEngine(ObjectEngine inner, BodyKeys keys, boolean encrypts) {
        this.inner = inner;
        this.keys = keys;
        this.encrypts = encrypts;
    }

    /** What a locator says about the key; the rest is the other engine's. */
    private record Sealed(String key, byte[] salt, Locator inner) {
        static Optional<Sealed> of(Locator locator) {
            String text = locator.text();
            if (!text.matches("e[0-9a-f]{16}\\.[0-9a-f]{32}:.*")) {
                return Optional.empty();
            }
            return Optional.of(
                    new Sealed(
                            text.substring(1, 17),
                            HexFormat.of().parseHex(text, 18, 50),
                            new Locator(text.substring(51))));
        }

        Locator locator() {
            return new Locator(
                    BEGINNING + key + "." + HexFormat.of().formatHex(salt) + ":" + inner.text());
        }
    }

    private static Cipher cipher(int mode, SecretKey key, long piece)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(piece).array();
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
        return cipher;
    }

    @Override
    public BodyWriter begin(OptionalLong length) {
        if (!encrypts) {
            return inner.begin(length);
        }
        OptionalLong stored =
                length.isPresent()
                        ? OptionalLong.of(
                                length.getAsLong() + (length.getAsLong() + PIECE - 1) / PIECE * TAG)
                        : length;
        return new Sealing(inner.begin(stored));
    }

    private final class Sealing implements BodyWriter {
        private final BodyWriter out;
        private final byte[] salt = new byte[SALT];
        private final SecretKey key;
        private final byte[] piece = new byte[PIECE];
        private int filled;
        private long number;

        Sealing(BodyWriter out) {
            this.out = out;
            random.nextBytes(salt);
            this.key = keys.of(keys.first(), salt).orElseThrow();
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            int at = from;
            int end = from + length;
            while (at < end) {
                int taken = Math.min(end - at, PIECE - filled);
                System.arraycopy(bytes, at, piece, filled, taken);
                filled += taken;
                at += taken;
                if (filled == PIECE) {
                    seal();
                }
            }
        }

        private void seal() {
            try {
                byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, number).doFinal(piece, 0, filled);
                out.write(sealed, 0, sealed.length);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            number++;
            filled = 0;
        }

        @Override
        public Locator commit() {
            if (filled > 0) {
                seal();
            }
            return new Sealed(keys.first(), salt, out.commit()).locator();
        }

        @Override
        public void close() {
            out.close();
        }
    }

    @Override
    public InputStream read(Locator locator, long from, long length) {
        Optional<Sealed> sealed = Sealed.of(locator);
        if (sealed.isEmpty()) {
            return inner.read(locator, from, length);
        }
        Sealed place = sealed.get();
        SecretKey key =
                keys.of(place.key(), place.salt())
                        .orElseThrow(
                                () ->
                                        new EngineFailure(
                                                EngineFailure.Kind.DISK_FAILED,
                                                "the key "
                                                        + place.key()
                                                        + " of "
                                                        + locator
                                                        + " is not among the object store's keys"));
        long first = from / PIECE;
        long last = (from + Math.max(1, length) - 1) / PIECE;
        InputStream in =
                inner.read(
                        place.inner(), first * (PIECE + TAG), (last - first + 1) * (PIECE + TAG));
        return new Opening(in, key, locator, first, (int) (from % PIECE), length);
    }

    /** A range of a body, opened piece by piece; nothing of a piece is handed out unchecked. */
    private static final class Opening extends InputStream {
        private final InputStream in;
        private final SecretKey key;
        private final Locator locator;
        private long number;
        private byte[] piece = new byte[0];
        private int at;
        private int skip;
        private long left;

        Opening(InputStream in, SecretKey key, Locator locator, long first, int skip, long length) {
            this.in = in;
            this.key = key;
            this.locator = locator;
            this.number = first;
            this.skip = skip;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0 || (at == piece.length && !next())) {
                return -1;
            }
            int count = (int) Math.min(Math.min(length, piece.length - at), left);
            System.arraycopy(piece, at, bytes, offset, count);
            at += count;
            left -= count;
            return count;
        }

        private boolean next() throws IOException {
            byte[] sealed = in.readNBytes(PIECE + TAG);
            if (sealed.length == 0) {
                return false;
            }
            try {
                piece = cipher(Cipher.DECRYPT_MODE, key, number++).doFinal(sealed);
            } catch (AEADBadTagException e) {
                throw new EngineFailure(
                        EngineFailure.Kind.ROTTEN,
                        "piece " + (number - 1) + " of " + locator + " is not what was sealed",
                        e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            at = Math.min(skip, piece.length);
            skip = 0;
            return at < piece.length;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    @Override
    public void forget(Locator locator) {
        inner.forget(Sealed.of(locator).map(Sealed::inner).orElse(locator));
    }

    @Override
    public void list(Consumer<Stored> each) {
        inner.list(each);
    }

    @Override
    public Swept sweep(LiveBodies live, long grace) {
        return inner.sweep(
                (prefix, each) ->
                        live.beginningWith(
                                "",
                                text -> {
                                    Locator named = new Locator(text);
                                    String own =
                                            Sealed.of(named)
                                                    .map(Sealed::inner)
                                                    .orElse(named)
                                                    .text();
                                    if (own.startsWith(prefix)) {
                                        each.accept(own);
                                    }
                                }),
                grace);
    }

    @Override
    public Space space() {
        return inner.space();
    }

    @Override
    public void close() {
        inner.close();
    }
}
