package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Bodies as HTML forms send them, which OAuth uses throughout. */
public final class Forms {
    private static final String TYPE = "application/x-www-form-urlencoded";
    private static final int LARGEST = 65_536;

    private Forms() {}

    /**
     * The fields of the body.
     *
     * @throws Failure 415 for another type, 413 beyond 64 KiB, 400 for what cannot be decoded
     */
    public static Query read(Call call, Exchange exchange) {
        return read(call, exchange, LARGEST);
    }

    /**
     * The same for bodies of another length, in bytes.
     *
     * @throws Failure 415 for another type, 413 beyond the length, 400 for what cannot be decoded
     */
    public static Query read(Call call, Exchange exchange, int largest) {
        String type = call.header("Content-Type").orElse("").split(";", 2)[0].strip();
        if (!type.toLowerCase(Locale.ROOT).equals(TYPE)) {
            throw new Failure(
                    FailureKind.UNSUPPORTED_MEDIA_TYPE,
                    "UnsupportedMediaType",
                    "Unsupported Content-Type; use " + TYPE + ".");
        }
        try {
            byte[] bytes = exchange.body().readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw Failure.tooLarge("The request body is larger than %d bytes.", largest);
            }
            return Query.parse(Optional.of(new String(bytes, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw Failure.badRequest("The request body could not be read.");
        }
    }
}
