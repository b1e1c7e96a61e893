package cloud.welkin.placement;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What compute asks of placement, in its own transactions: which hosts have room, and the claim on
 * one. A claim locks the host's inventory row, so that two claims can never both take the last of
 * it.
 */
public interface Allocations {
    /** Makes the provider of a host and its inventories what they shall be. */
    UUID provide(Tx tx, HostName host, Map<String, Inventory> inventories);

    /** Hosts that have room for the resources now, the emptiest first; at most {@code limit}. */
    List<HostName> candidates(Tx tx, Map<String, Long> resources, int limit);

    /** Claims the resources for the consumer; false when the host has no room any more. */
    boolean claim(
            Tx tx,
            UUID consumer,
            HostName host,
            Map<String, Long> resources,
            ProjectId project,
            UserId user);

    /** Gives back all that the consumer holds. */
    void release(Tx tx, UUID consumer);

    /** How much of each resource class is used on a host. */
    Map<String, Long> usage(Tx tx, HostName host);

    /**
     * @param total how much there is
     * @param reserved how much of that is not for guests
     * @param ratio by how much it may be over-committed
     */
    record Inventory(long total, long reserved, double ratio) {}
}
