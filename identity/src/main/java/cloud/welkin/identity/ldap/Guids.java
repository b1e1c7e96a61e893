package cloud.welkin.identity.ldap;

import com.unboundid.ldap.sdk.Attribute;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Values that are sixteen bytes and no text: Active Directory's {@code objectGUID}, of whose parts
 * the first three are little-endian (MS-DTYP 2.3.4.2). Keystone writes them as UUIDs.
 */
final class Guids {
    private static final int BYTES = 16;

    private Guids() {}

    /** The first value as text; empty where it is neither text nor sixteen bytes. */
    static Optional<String> text(Attribute attribute) {
        byte[] value = attribute.getValueByteArray();
        if (value == null) {
            return Optional.empty();
        }
        if (value.length == BYTES && attribute.getBaseName().equalsIgnoreCase("objectGUID")) {
            return Optional.of(uuid(value).toString());
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
        } catch (CharacterCodingException e) {
            return value.length == BYTES ? Optional.of(uuid(value).toString()) : Optional.empty();
        }
    }

    private static UUID uuid(byte[] value) {
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        long most = Integer.toUnsignedLong(in.getInt()) << 32;
        most |= Short.toUnsignedLong(in.getShort()) << 16;
        most |= Short.toUnsignedLong(in.getShort());
        return new UUID(most, in.order(ByteOrder.BIG_ENDIAN).getLong());
    }

    /** The bytes of a text that is a UUID. */
    static Optional<byte[]> bytes(String text) {
        if (text.length() != 36) {
            return Optional.empty();
        }
        try {
            UUID uuid = UUID.fromString(text);
            long most = uuid.getMostSignificantBits();
            return Optional.of(
                    ByteBuffer.allocate(BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt((int) (most >> 32))
                            .putShort((short) (most >> 16))
                            .putShort((short) most)
                            .order(ByteOrder.BIG_ENDIAN)
                            .putLong(uuid.getLeastSignificantBits())
                            .array());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
