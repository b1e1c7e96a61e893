package cloud.welkin.kernel.quota;

/**
 * What a project may have of a resource and what it has. A limit of {@link Quotas#UNLIMITED} is
 * none.
 */
public record QuotaUsage(QuotaResource resource, long limit, long used) {}
