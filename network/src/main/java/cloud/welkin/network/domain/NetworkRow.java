package cloud.welkin.network.domain;

import cloud.welkin.kernel.id.ProjectId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A network. Only its stamp changes by itself: every change of the row makes a new revision. */
public record NetworkRow(
        UUID id,
        ProjectId project,
        String name,
        String description,
        boolean adminStateUp,
        boolean shared,
        boolean external,
        boolean isDefault,
        int mtu,
        boolean portSecurity,
        String dnsDomain,
        Segment segment,
        List<String> zoneHints,
        List<String> tags,
        Stamp stamp) {

    /** Which layer-2 segment carries the network. A tunnelled one has no physical network. */
    public record Segment(String type, Optional<String> physicalNetwork, Optional<Integer> id) {}

    /** When a row was made and last changed, and how often. */
    public record Stamp(long revision, Instant createdAt, Instant updatedAt) {}

    /** Whether the network stands for one that is outside of this cloud. */
    public boolean isPhysical() {
        return segment.physicalNetwork().isPresent();
    }

    /** Whether every project may use the network. */
    public boolean openToAll() {
        return shared || external;
    }
}
