package cloud.welkin.network.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A security group with its rules: what may reach the ports that have it, and what they may reach.
 */
public record SecurityGroupRow(
        UUID id,
        ProjectId project,
        String name,
        String description,
        boolean stateful,
        boolean isDefault,
        List<Rule> rules,
        List<String> tags,
        Stamp stamp) {

    /** A rule, its parts as the client wrote them (a protocol may be a name or a number). */
    public record Rule(
            UUID id,
            ProjectId project,
            UUID group,
            String direction,
            String ethertype,
            Optional<String> protocol,
            Optional<Integer> portMin,
            Optional<Integer> portMax,
            Optional<UUID> remoteGroup,
            Optional<String> remotePrefix,
            String description,
            Stamp stamp) {}
}
