package cloud.welkin.compute.domain;

import java.time.Instant;

/** Why a server is in error, as its owner is told. */
public record Fault(int code, String message, Instant created) {
    public static Fault of(String message, Instant now) {
        return new Fault(500, message, now);
    }
}
