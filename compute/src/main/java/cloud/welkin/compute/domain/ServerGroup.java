package cloud.welkin.compute.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.UUID;

/**
 * Servers that shall run together or apart. Honoured in the transaction that places a server, under
 * a lock of the group.
 *
 * @param perHost with anti-affinity, how many members may share a host
 */
public record ServerGroup(
        UUID id,
        ProjectId project,
        UserId user,
        String name,
        String policy,
        int perHost,
        List<UUID> members) {}
