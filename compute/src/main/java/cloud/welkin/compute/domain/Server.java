package cloud.welkin.compute.domain;

import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A server as Nova's API tells of it. Parts that are only handed through stay the JSON that the row
 * holds (their names end in {@code Json}): a list of a thousand servers parses none of them.
 *
 * @param host empty when none was found: the server is in error and has no guest
 * @param zone empty without a host, unless one was asked for
 * @param number counts servers; it makes the libvirt name
 * @param flavorJson the flavor as embedded in answers since 2.47
 * @param imageJson the properties of the image that it was made from
 * @param adminPass only on a server with a config drive, on which the guest reads it, and only
 *     until a host has built the guest from it (for the first time, or anew) or nobody will: a host
 *     asks for it when it can, which may be long after the request that gave it
 * @param addressesJson network name to addresses, as answers hold them
 * @param volumesJson list of {@code {"id", "delete_on_termination"}}
 */
public record Server(
        UUID id,
        long number,
        ProjectId project,
        UserId user,
        String name,
        String hostname,
        Optional<String> description,
        String flavorId,
        String flavorJson,
        int vcpus,
        int ramMib,
        Optional<UUID> image,
        String imageJson,
        Optional<HostName> host,
        String zone,
        Optional<String> pinnedZone,
        Optional<Key> key,
        Optional<String> userData,
        boolean configDrive,
        Optional<String> adminPass,
        String metadataJson,
        List<String> tags,
        String hintsJson,
        Optional<UUID> group,
        String accessV4,
        String accessV6,
        String diskConfig,
        Lock lock,
        ServerState state,
        Optional<Fault> fault,
        String reservationId,
        int launchIndex,
        String rootDevice,
        String addressesJson,
        String securityGroupsJson,
        String volumesJson,
        Instant createdAt,
        Instant updatedAt,
        Optional<Instant> launchedAt,
        Optional<Instant> terminatedAt,
        Optional<Instant> deletedAt) {

    /** The key that the guest lets in; a copy, since the key pair may be deleted. */
    public record Key(String name, String publicKey, String type) {}

    /** A locked server takes no changes but from admins. */
    public record Lock(boolean locked, boolean byAdmin, Optional<String> reason) {
        public static final Lock OPEN = new Lock(false, false, Optional.empty());
    }

    /** The name that the hypervisor knows the guest by. */
    public String instanceName() {
        return instanceName(number);
    }

    public static String instanceName(long number) {
        String hex = Long.toHexString(number);
        return "instance-" + "0".repeat(Math.max(0, 8 - hex.length())) + hex;
    }
}
