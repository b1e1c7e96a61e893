package cloud.welkin.identity.domain;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import com.macasaet.fernet.Key;
import com.macasaet.fernet.StringValidator;
import com.macasaet.fernet.Token;
import com.macasaet.fernet.TokenValidationException;
import com.macasaet.fernet.Validator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Tokens as text and back: Fernet (github.com/fernet/spec) around a compact binary form. The first
 * key signs, all of them verify, so that keys can be rotated while tokens live. The life span is in
 * the payload; Fernet's own is not used.
 */
public final class TokenCodec {
    private static final int FORM = 3;
    private static final int FORM_WITHOUT_MARKS = 2;
    private static final int FORM_WITHOUT_TRUST = 1;
    private static final int RECEIPT_FORM = 64;
    private static final int LONGEST = 1024;

    private final List<Key> keys;
    private final SecureRandom random;

    /**
     * @param keys Fernet keys, the signing one first
     */
    public TokenCodec(List<String> keys, SecureRandom random) {
        this.keys = keys.stream().map(Key::new).toList();
        this.random = random;
    }

    /** A new key in Fernet's spelling. */
    public static String newKey(SecureRandom random) {
        return Key.generateKey(random).serialise();
    }

    public String encode(TokenPayload payload) {
        return seal(bytes(payload));
    }

    private String seal(byte[] bytes) {
        String plain = Base64.getEncoder().withoutPadding().encodeToString(bytes);
        // Keystone hands tokens out without the padding, which some clients put into URLs.
        return Token.generate(random, keys.getFirst(), plain).serialise().replace("=", "");
    }

    /**
     * @throws Failure 401 for anything that is not a token of this cloud; expiry is for the caller
     *     to judge
     */
    public TokenPayload decode(String text) {
        try {
            return payload(open(text));
        } catch (IOException e) {
            throw notOurs();
        }
    }

    private static Failure notOurs() {
        return Failure.unauthorized()
                .because("no token of this cloud: forged, mangled, or its key is forgotten");
    }

    /** A receipt as text; no token can be made of it, nor the other way round. */
    public String encode(Receipt receipt) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(RECEIPT_FORM);
            out.writeUTF(receipt.user().value());
            out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, receipt.issuedAt()));
            out.writeLong(receipt.expiresAt().getEpochSecond());
            writeAll(out, receipt.methods());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return seal(bytes.toByteArray());
    }

    /**
     * @throws Failure 401 for anything that is not a receipt of this cloud; expiry is for the
     *     caller to judge
     */
    public Receipt decodeReceipt(String text) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(open(text)))) {
            if (in.readByte() != RECEIPT_FORM) {
                throw new IOException("not a receipt");
            }
            UserId user = new UserId(in.readUTF());
            Instant issued = Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS);
            Instant expires = Instant.ofEpochSecond(in.readLong());
            return new Receipt(user, readAll(in), issued, expires);
        } catch (IOException e) {
            throw Failure.unauthorized();
        }
    }

    private byte[] open(String text) {
        if (text.length() > LONGEST) {
            throw notOurs();
        }
        try {
            String padded = text + "=".repeat((4 - text.length() % 4) % 4);
            Token token = Token.fromString(padded);
            String plain = token.validateAndDecrypt(keys, ANY_AGE);
            return Base64.getDecoder().decode(plain);
        } catch (IllegalArgumentException | DateTimeException | TokenValidationException e) {
            // Not base64, no token, a time of issue that is no time, or signed by none of our keys.
            throw notOurs();
        }
    }

    private static final Validator<String> ANY_AGE =
            new StringValidator() {
                @Override
                public TemporalAmount getTimeToLive() {
                    return java.time.Duration.ofDays(36_500);
                }

                @Override
                public Function<byte[], String> getTransformer() {
                    return bytes -> new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
                }

                @Override
                public Predicate<String> getObjectValidator() {
                    return plain -> true;
                }
            };

    private static byte[] bytes(TokenPayload payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORM);
            out.writeUTF(payload.userId());
            out.writeUTF(payload.target().map(target -> target.kind().name()).orElse(""));
            out.writeUTF(payload.target().map(AssignmentTarget::id).orElse(""));
            out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, payload.issuedAt()));
            out.writeLong(payload.expiresAt().getEpochSecond());
            writeAll(out, payload.methods());
            writeAll(out, payload.auditIds());
            out.writeUTF(payload.applicationCredential().orElse(""));
            out.writeUTF(payload.trust().orElse(""));
            out.writeByte(payload.marks().size());
            for (Map.Entry<String, String> mark : payload.marks().entrySet()) {
                out.writeUTF(mark.getKey());
                out.writeUTF(mark.getValue());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static TokenPayload payload(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int form = in.readByte();
            if (form != FORM && form != FORM_WITHOUT_MARKS && form != FORM_WITHOUT_TRUST) {
                throw new IOException("unknown form of token");
            }
            String user = in.readUTF();
            String kind = in.readUTF();
            String target = in.readUTF();
            Instant issued = Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS);
            Instant expires = Instant.ofEpochSecond(in.readLong());
            List<String> methods = readAll(in);
            List<String> audits = readAll(in);
            String credential = in.readUTF();
            String trust = form == FORM_WITHOUT_TRUST ? "" : in.readUTF();
            return new TokenPayload(
                    user,
                    methods,
                    kind.isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    new AssignmentTarget(
                                            AssignmentTarget.Kind.valueOf(kind), target)),
                    issued,
                    expires,
                    audits,
                    credential.isEmpty() ? Optional.empty() : Optional.of(credential),
                    trust.isEmpty() ? Optional.empty() : Optional.of(trust),
                    form == FORM ? marks(in) : Map.of());
        }
    }

    private static Map<String, String> marks(DataInputStream in) throws IOException {
        int count = in.readByte();
        Map<String, String> marks = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            marks.put(in.readUTF(), in.readUTF());
        }
        return marks;
    }

    private static void writeAll(DataOutputStream out, List<String> texts) throws IOException {
        out.writeByte(texts.size());
        for (String text : texts) {
            out.writeUTF(text);
        }
    }

    private static List<String> readAll(DataInputStream in) throws IOException {
        int count = in.readByte();
        List<String> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            texts.add(in.readUTF());
        }
        return texts;
    }
}
