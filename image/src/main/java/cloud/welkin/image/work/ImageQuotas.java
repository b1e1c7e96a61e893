package cloud.welkin.image.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.quota.QuotaExceeded;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.QuotaUsage;
import cloud.welkin.kernel.quota.Quotas;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What projects may have of images, by the names of Glance's unified limits. Sizes are MiB, begun
 * ones count whole.
 */
public final class ImageQuotas {
    public static final QuotaResource COUNT = new QuotaResource("image", "image_count_total", 1000);
    public static final QuotaResource SIZE =
            new QuotaResource("image", "image_size_total", 4_194_304);
    public static final QuotaResource STAGED =
            new QuotaResource("image", "image_stage_total", 1_048_576);
    public static final QuotaResource UPLOADING =
            new QuotaResource("image", "image_count_uploading", 100);
    public static final List<QuotaResource> ALL = List.of(COUNT, SIZE, STAGED, UPLOADING);
    private static final long MIB = 1 << 20;

    private final Quotas quotas;

    public ImageQuotas(Quotas quotas) {
        this.quotas = quotas;
    }

    static long mib(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }

    /**
     * @throws Failure 413, as Glance answers
     */
    void take(Tx tx, String project, Map<QuotaResource, Long> deltas) {
        try {
            quotas.take(tx, project, deltas);
        } catch (QuotaExceeded e) {
            throw Failure.tooLarge(
                    "Project %s is over a limit for %s",
                    project,
                    e.refusals().stream()
                            .map(
                                    refusal ->
                                            "%s (%d of %d used, %d requested)"
                                                    .formatted(
                                                            refusal.resource().name(),
                                                            refusal.used(),
                                                            refusal.limit(),
                                                            refusal.requested()))
                            .collect(Collectors.joining(", ")));
        }
    }

    /** The bytes that the project may still bring of this kind. */
    long bytesLeft(Tx tx, String project, QuotaResource resource) {
        for (QuotaUsage usage : quotas.usage(tx, project, "image")) {
            if (usage.resource().equals(resource) && usage.limit() != Quotas.UNLIMITED) {
                return Math.max(0, usage.limit() - usage.used()) * MIB;
            }
        }
        return Long.MAX_VALUE;
    }
}
