package cloud.welkin.image.domain;

import java.util.Locale;
import java.util.Optional;

/**
 * The states of an image. SAVING, UPLOADING and IMPORTING have a way out without anybody's help: an
 * upload whose program died falls back to QUEUED ({@code ImageStoreSweep}), an import is taken up
 * again ({@code ImageImports}).
 */
public enum ImageStatus {
    /** Without data. */
    QUEUED,
    /** Data is being uploaded. */
    SAVING,
    /** Data is or was staged and waits for its import. */
    UPLOADING,
    /** Staged data is being taken in. */
    IMPORTING,
    ACTIVE,
    /** Has data that only admins may read. */
    DEACTIVATED;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static ImageStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Whether data may begin to come in. */
    public boolean awaitsData() {
        return this == QUEUED;
    }

    public static Optional<ImageStatus> parse(String word) {
        for (ImageStatus status : values()) {
            if (status.word().equals(word)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
