package cloud.welkin.network.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A subnet pool: blocks of which subnets are cut, so that none of them overlap.
 *
 * @param prefixes none within another, in order
 * @param lengths how long the prefixes of what is cut may be
 * @param quota how much a project may cut of it: addresses for IPv4, blocks of /64 for IPv6
 * @param shared whether every project may cut of it
 * @param isDefault whether it is the one that is used where none is named, for its IP version
 */
public record SubnetPoolRow(
        UUID id,
        ProjectId project,
        String name,
        String description,
        List<Cidr> prefixes,
        Lengths lengths,
        Optional<Integer> quota,
        boolean shared,
        boolean isDefault,
        List<String> tags,
        Stamp stamp) {

    /** The shortest and longest prefix, and the one that is cut where none is asked for. */
    public record Lengths(int usual, int shortest, int longest) {}

    public int version() {
        return prefixes.getFirst().version();
    }
}
