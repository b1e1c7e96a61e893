package cloud.welkin.kernel.quota;

/**
 * Something of which a project may have so much.
 *
 * @param service whose it is: {@code compute}
 * @param name as the service's API calls it: {@code cores}
 * @param unifiedName as OpenStack's unified limits call it: {@code class:VCPU}
 * @param defaultLimit for projects without a limit of their own; {@link Quotas#UNLIMITED} for none
 */
public record QuotaResource(String service, String name, String unifiedName, long defaultLimit) {

    public QuotaResource {
        if (defaultLimit < Quotas.UNLIMITED) {
            throw new IllegalArgumentException("A limit is -1 or more, not " + defaultLimit);
        }
    }

    /** A resource that unified limits call as the service's API does. */
    public QuotaResource(String service, String name, long defaultLimit) {
        this(service, name, name, defaultLimit);
    }

    String column() {
        return service + "/" + name;
    }
}
