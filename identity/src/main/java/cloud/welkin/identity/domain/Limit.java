package cloud.welkin.identity.domain;

import java.util.Optional;

/** Unified limits: what projects may have of the services' resources; -1 is no limit. */
public sealed interface Limit {
    long UNLIMITED = -1;

    String id();

    /** What is limited. */
    Resource resource();

    /**
     * A resource of a service.
     *
     * @param region empty when the limit holds in all regions
     * @param name as the service calls it: {@code servers}, {@code class:VCPU}
     */
    record Resource(String service, Optional<String> region, String name) {}

    /** What every project has that has no limit of its own. */
    record Registered(String id, Resource resource, long amount, Optional<String> description)
            implements Limit {}

    /**
     * A limit of a project's or a domain's own.
     *
     * @param registered the default that it takes the place of
     */
    record Own(
            String id,
            String registered,
            Resource resource,
            Holder holder,
            long amount,
            Optional<String> description)
            implements Limit {}

    /**
     * Whose a limit is.
     *
     * @param domain the project's domain; of a domain itself
     */
    record Holder(String id, boolean isDomain, String domain) {}

    /** Whether the one is more than the other, no limit being the most. */
    static boolean exceeds(long amount, long other) {
        return other != UNLIMITED && (amount == UNLIMITED || amount > other);
    }
}
