package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a path names: {@code /account}, {@code /account/container} or {@code
 * /account/container/object}. An object's name is all the rest: slashes at its end or beside each
 * other, {@code .} and {@code ..} are part of it. Names are UTF-8 without NUL.
 */
record SwiftPath(String account, Optional<String> container, Optional<String> object) {
    private static final int LONGEST_CONTAINER = 256;
    private static final int LONGEST_OBJECT = 1024;

    /** What the request is about. */
    static SwiftPath of(Call call) {
        return parse(call.rawPath().substring(SwiftPolicy.PATH.length() + 1));
    }

    /**
     * Reads the part of a path behind {@code /v1/}, as it came.
     *
     * @throws Failure 412 when it is not UTF-8, 400 when a name is too long
     */
    static SwiftPath parse(String raw) {
        String[] parts = raw.split("/", 3);
        return named(
                decode(parts[0]),
                parts.length > 1 ? decode(parts[1]) : "",
                parts.length > 2 ? decode(parts[2]) : "");
    }

    /**
     * What an account's {@code container/object} names, both as they are.
     *
     * @throws Failure as {@link #parse}
     */
    static SwiftPath checked(String account, String path) {
        int slash = path.indexOf('/');
        return slash < 0
                ? named(account, path, "")
                : named(account, path.substring(0, slash), path.substring(slash + 1));
    }

    private static SwiftPath named(String account, String container, String object) {
        if (container.isEmpty() && !object.isEmpty()) {
            throw Failure.notFound("The resource could not be found.");
        }
        if (length(container) > LONGEST_CONTAINER) {
            throw Failure.badRequest(
                    "Container name length of %d longer than %d",
                    length(container), LONGEST_CONTAINER);
        }
        if (length(object) > LONGEST_OBJECT) {
            throw Failure.badRequest(
                    "Object name length of %d longer than %d", length(object), LONGEST_OBJECT);
        }
        return new SwiftPath(account, named(container), named(object));
    }

    private static Optional<String> named(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    /** As URLs of this API have it, {@code /v1/account/container/object}. */
    String url() {
        return "/v1/"
                + Names.quoted(account)
                + container.map(it -> "/" + Names.quoted(it).replace("/", "%2F")).orElse("")
                + object.map(it -> "/" + Names.quoted(it)).orElse("");
    }

    private static int length(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * A name as it is written in URLs and in headers that name things.
     *
     * @throws Failure 412 when it is not UTF-8 or has a NUL
     */
    static String decode(String raw) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            int high =
                    c == '%' && i + 2 < raw.length() ? Character.digit(raw.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(raw.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes.toByteArray()))
                            .toString();
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            throw notText();
        }
        throw notText();
    }

    private static Failure notText() {
        return new Failure(
                FailureKind.PRECONDITION_FAILED,
                "PreconditionFailed",
                "Invalid UTF8 or contains NULL");
    }
}
