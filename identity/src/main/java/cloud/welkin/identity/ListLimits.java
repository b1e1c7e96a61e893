package cloud.welkin.identity;

import cloud.welkin.identity.store.Rows;
import cloud.welkin.kernel.api.Operation;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How many rows lists have when nobody asks for another number: Keystone's {@code list_limit}. What
 * is behind them is told by {@code truncated} and the link to it.
 *
 * @param usual of every list
 * @param of some lists, by the last word of their path; names of {@link #LISTS}
 */
public record ListLimits(int usual, Map<String, Integer> of) {
    /** As many as are ever answered in one piece. */
    public static final int MOST = Rows.MOST;

    /** Those that have pages. */
    public static final Set<String> LISTS =
            Set.of(
                    "access_rules",
                    "access_tokens",
                    "application_credentials",
                    "consumers",
                    "credentials",
                    "domains",
                    "endpoint_groups",
                    "endpoints",
                    "groups",
                    "identity_providers",
                    "limits",
                    "mappings",
                    "policies",
                    "projects",
                    "protocols",
                    "regions",
                    "registered_limits",
                    "roles",
                    "service_providers",
                    "services",
                    "trusts",
                    "users");

    /** What holds where no setting says otherwise. */
    public static final ListLimits USUAL = new ListLimits(MOST, Map.of());

    public ListLimits {
        of = Map.copyOf(of);
        if (!LISTS.containsAll(of.keySet())) {
            throw new IllegalArgumentException("there are no such lists: " + of.keySet());
        }
    }

    public List<Operation> on(List<Operation> operations) {
        return operations.stream().map(this::on).toList();
    }

    private Operation on(Operation operation) {
        String path = operation.path().text();
        return operation.method().equals("GET")
                ? operation.withRows(
                        of.getOrDefault(path.substring(path.lastIndexOf('/') + 1), usual))
                : operation;
    }
}
