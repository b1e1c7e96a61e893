package cloud.welkin.identity.domain;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Time-based one-time passcodes (RFC 6238): six digits by HMAC-SHA-1, each for 30 seconds. The
 * secret is in base32, with or without padding, as authenticator apps and Keystone's credentials of
 * type {@code totp} have it.
 */
public final class Totp {
    private static final Duration PERIOD = Duration.ofSeconds(30);
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int DIGITS = 6;
    private static final int MODULUS = 1_000_000;

    private final byte[] secret;

    private Totp(byte[] secret) {
        this.secret = secret;
    }

    /** Of a base32 secret; empty when it is none. */
    public static Optional<Totp> of(String base32) {
        String text = base32.strip().replace("=", "").toUpperCase(Locale.ROOT);
        byte[] bytes = new byte[text.length() * 5 / 8];
        int bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            if (value < 0) {
                return Optional.empty();
            }
            held = (held << 5 | value) & 0xfff;
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes[at++] = (byte) (held >> bits);
            }
        }
        return bytes.length == 0 ? Optional.empty() : Optional.of(new Totp(bytes));
    }

    /** The period that a time is in. */
    public static long period(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), PERIOD.toSeconds());
    }

    public String passcode(long period) {
        byte[] hash;
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, mac.getAlgorithm()));
            hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(period).array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        int offset = hash[hash.length - 1] & 0xf;
        int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & 0x7fff_ffff;
        return ("%0" + DIGITS + "d").formatted(number % MODULUS);
    }

    /**
     * The period, now or one of those before, of which this is the passcode. Every one is compared,
     * each in the same time.
     */
    public OptionalLong matching(String passcode, Instant now, int before) {
        byte[] given = passcode.getBytes(StandardCharsets.UTF_8);
        long current = period(now);
        OptionalLong found = OptionalLong.empty();
        for (long period = current - before; period <= current; period++) {
            if (MessageDigest.isEqual(given, passcode(period).getBytes(StandardCharsets.UTF_8))) {
                found = OptionalLong.of(period);
            }
        }
        return found;
    }
}
