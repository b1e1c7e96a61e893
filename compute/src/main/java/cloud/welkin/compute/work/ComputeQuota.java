package cloud.welkin.compute.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.quota.QuotaExceeded;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.QuotaUsage;
import cloud.welkin.kernel.quota.Quotas;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What projects may have of servers. The first four are counted, the others bound single requests.
 */
public final class ComputeQuota {
    public static final String SERVICE = "compute";
    public static final QuotaResource INSTANCES =
            new QuotaResource(SERVICE, "instances", "servers", 10);
    public static final QuotaResource CORES = new QuotaResource(SERVICE, "cores", "class:VCPU", 20);
    public static final QuotaResource RAM =
            new QuotaResource(SERVICE, "ram", "class:MEMORY_MB", 51_200);
    public static final QuotaResource SERVER_GROUPS =
            new QuotaResource(SERVICE, "server_groups", 10);
    public static final QuotaResource METADATA_ITEMS =
            new QuotaResource(SERVICE, "metadata_items", "server_metadata_items", 128);
    public static final QuotaResource KEY_PAIRS =
            new QuotaResource(SERVICE, "key_pairs", "server_key_pairs", 100);
    public static final QuotaResource GROUP_MEMBERS =
            new QuotaResource(SERVICE, "server_group_members", 10);

    /**
     * Limits that Nova's older versions know: kept and told to clients of before 2.36 or 2.57, who
     * set them. They limit nothing: networks have their own quota in their own service, and no
     * files are injected.
     */
    public static final List<QuotaResource> UNTIL_2_35 =
            List.of(
                    new QuotaResource(SERVICE, "floating_ips", -1),
                    new QuotaResource(SERVICE, "fixed_ips", -1),
                    new QuotaResource(SERVICE, "security_groups", -1),
                    new QuotaResource(SERVICE, "security_group_rules", -1));

    /** See {@link #UNTIL_2_35}. */
    public static final List<QuotaResource> UNTIL_2_56 =
            List.of(
                    new QuotaResource(SERVICE, "injected_files", "server_injected_files", 0),
                    new QuotaResource(
                            SERVICE,
                            "injected_file_content_bytes",
                            "server_injected_file_content_bytes",
                            0),
                    new QuotaResource(
                            SERVICE,
                            "injected_file_path_bytes",
                            "server_injected_file_path_bytes",
                            0));

    public static final List<QuotaResource> ALL =
            Stream.of(
                            List.of(
                                    INSTANCES,
                                    CORES,
                                    RAM,
                                    SERVER_GROUPS,
                                    METADATA_ITEMS,
                                    KEY_PAIRS,
                                    GROUP_MEMBERS),
                            UNTIL_2_56,
                            UNTIL_2_35)
                    .flatMap(List::stream)
                    .toList();

    private final Quotas quotas;

    public ComputeQuota(Quotas quotas) {
        this.quotas = quotas;
    }

    public Quotas quotas() {
        return quotas;
    }

    /**
     * @throws Failure 403 that names what is used up, as Nova says it
     */
    public void take(Tx tx, ProjectId project, Map<QuotaResource, Long> what) {
        try {
            quotas.take(tx, project.value(), what);
        } catch (QuotaExceeded e) {
            throw refusal(e);
        }
    }

    public void takeServers(Tx tx, ProjectId project, long count, long vcpus, long ramMib) {
        take(tx, project, Map.of(INSTANCES, count, CORES, count * vcpus, RAM, count * ramMib));
    }

    /**
     * @throws Failure 403 when a server shall have more items of metadata than it may
     */
    public void checkMetadata(Tx tx, ProjectId project, int items) {
        long limit = limit(tx, project, METADATA_ITEMS);
        if (limit >= 0 && items > limit) {
            throw Failure.forbidden("Maximum number of metadata items exceeds %d", limit)
                    .as("MetadataLimitExceeded");
        }
    }

    /** The limit of something that is not counted. */
    public long limit(Tx tx, ProjectId project, QuotaResource resource) {
        return quotas.usage(tx, project.value(), SERVICE).stream()
                .filter(usage -> usage.resource().equals(resource))
                .mapToLong(QuotaUsage::limit)
                .findFirst()
                .orElse(Quotas.UNLIMITED);
    }

    private static Failure refusal(QuotaExceeded e) {
        String names = list(e, refusal -> refusal.resource().name());
        return Failure.forbidden(
                        "Quota exceeded for %s: Requested %s, but already used %s of %s %s",
                        names,
                        list(e, refusal -> Long.toString(refusal.requested())),
                        list(e, refusal -> Long.toString(refusal.used())),
                        list(e, refusal -> Long.toString(refusal.limit())),
                        names)
                .as("TooManyInstances");
    }

    private static String list(
            QuotaExceeded e, java.util.function.Function<QuotaExceeded.Refusal, String> what) {
        return e.refusals().stream().map(what).collect(Collectors.joining(", "));
    }
}
