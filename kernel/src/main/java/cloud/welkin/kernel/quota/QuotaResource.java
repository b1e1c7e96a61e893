package cloud.welkin.kernel.quota;

/**
 * Something of which a project may have so much.
 *
 * @param service whose it is: {@code compute}
 * @param name as the service's API calls it: {@code cores}
 * @param defaultLimit for projects without a limit of their own; {@link Quotas#UNLIMITED} for none
 */
public record QuotaResource(String service, String name, long defaultLimit) {

    public QuotaResource {
        if (defaultLimit < Quotas.UNLIMITED) {
            throw new IllegalArgumentException("A limit is -1 or more, not " + defaultLimit);
        }
    }

    String column() {
        return service + "/" + name;
    }
}
