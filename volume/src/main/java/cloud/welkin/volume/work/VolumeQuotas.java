package cloud.welkin.volume.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.quota.QuotaExceeded;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What projects may have of volumes: Cinder's names and defaults, and the same three for each
 * volume type.
 */
public final class VolumeQuotas {
    public static final String SERVICE = "volume";
    public static final QuotaResource VOLUMES = new QuotaResource(SERVICE, "volumes", 10);
    public static final QuotaResource GIGABYTES = new QuotaResource(SERVICE, "gigabytes", 1000);
    public static final QuotaResource SNAPSHOTS = new QuotaResource(SERVICE, "snapshots", 10);
    public static final QuotaResource PER_VOLUME =
            new QuotaResource(SERVICE, "per_volume_gigabytes", Quotas.UNLIMITED);

    /** Limits that Cinder's sets name; nothing is counted by them before there are such things. */
    private static final List<QuotaResource> LATER =
            List.of(
                    new QuotaResource(SERVICE, "backups", 10),
                    new QuotaResource(SERVICE, "backup_gigabytes", 1000),
                    new QuotaResource(SERVICE, "groups", 10));

    public static final List<QuotaResource> ALL =
            java.util.stream.Stream.concat(
                            java.util.stream.Stream.of(VOLUMES, GIGABYTES, SNAPSHOTS, PER_VOLUME),
                            LATER.stream())
                    .toList();

    private final Quotas quotas;

    public VolumeQuotas(Quotas quotas) {
        this.quotas = quotas;
    }

    /** A limit that a volume type has of its own; made known when it is first needed. */
    public synchronized QuotaResource ofType(QuotaResource resource, String type) {
        QuotaResource typed =
                new QuotaResource(SERVICE, resource.name() + "_" + type, Quotas.UNLIMITED);
        if (!quotas.resources(SERVICE).contains(typed)) {
            quotas.register(typed);
        }
        return typed;
    }

    /** Makes the limits of a type known, so that lists of limits show them. */
    public void know(String type) {
        List.of(VOLUMES, GIGABYTES, SNAPSHOTS).forEach(resource -> ofType(resource, type));
    }

    /**
     * Takes of the common limits and of the type's.
     *
     * @throws Failure 413 in Cinder's words
     */
    public void take(Tx tx, String project, String type, Map<QuotaResource, Long> deltas) {
        Map<QuotaResource, Long> all = new HashMap<>(deltas);
        deltas.forEach((resource, delta) -> all.put(ofType(resource, type), delta));
        try {
            quotas.take(tx, project, all);
        } catch (QuotaExceeded e) {
            throw refusal(e.refusals());
        }
    }

    private static Failure refusal(List<QuotaExceeded.Refusal> refusals) {
        QuotaExceeded.Refusal first =
                refusals.stream()
                        .filter(it -> it.resource().name().startsWith("gigabytes"))
                        .findFirst()
                        .orElse(refusals.getFirst());
        String name = first.resource().name();
        if (name.startsWith("gigabytes")) {
            return Failure.tooLarge(
                            "Requested volume or snapshot exceeds allowed %s quota. Requested %dG,"
                                    + " quota is %dG and %dG has been consumed.",
                            name, first.requested(), first.limit(), first.used())
                    .as("VolumeSizeExceedsAvailableQuota");
        }
        boolean snapshot = name.startsWith("snapshots");
        return Failure.tooLarge(
                        "Maximum number of %s allowed (%d) exceeded for quota '%s'.",
                        snapshot ? "snapshots" : "volumes", first.limit(), name)
                .as(snapshot ? "SnapshotLimitExceeded" : "VolumeLimitExceeded");
    }

    /** Refuses a volume that is larger than one volume may be. */
    public void checkSize(Tx tx, String project, long gib) {
        long limit = quotas.limit(tx, project, PER_VOLUME);
        if (limit >= 0 && gib > limit) {
            throw Failure.tooLarge(
                            "Requested volume size %d is larger than maximum allowed limit %d.",
                            gib, limit)
                    .as("VolumeSizeExceedsLimit");
        }
    }
}
