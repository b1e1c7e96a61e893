package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SecurityGroupRow.Rule;
import cloud.welkin.network.store.SecurityGroupStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Security groups as other parts of the service need them: above all the default group, made when a
 * project first needs it.
 */
public final class SecurityGroups {
    private final SecurityGroupStore store;
    private final Journal journal;

    SecurityGroups(SecurityGroupStore store, Journal journal) {
        this.store = store;
        this.journal = journal;
    }

    /** The project's default group: guests may call out, and each other. */
    public UUID defaultOf(Tx tx, ProjectId project) {
        return store.findDefault(tx, project).orElseGet(() -> makeDefault(tx, project));
    }

    private UUID makeDefault(Tx tx, ProjectId project) {
        UUID id = UUID.randomUUID();
        SecurityGroupRow group =
                group(
                        id,
                        project,
                        "default",
                        "Default security group",
                        true,
                        true,
                        List.of(),
                        mutual(id, project));
        if (!store.insert(tx, group)) {
            // Another transaction was first, and has committed.
            return store.findDefault(tx, project).orElseThrow();
        }
        journal.backbone().changed(tx);
        journal.count(
                tx,
                project,
                Map.of(
                        Journal.SECURITY_GROUP,
                        1L,
                        Journal.SECURITY_GROUP_RULE,
                        (long) group.rules().size()));
        return id;
    }

    /** A new group, with the rules that let its ports call out. */
    SecurityGroupRow fresh(
            ProjectId project,
            String name,
            String description,
            boolean stateful,
            List<String> tags) {
        return group(
                UUID.randomUUID(), project, name, description, stateful, false, tags, List.of());
    }

    private SecurityGroupRow group(
            UUID id,
            ProjectId project,
            String name,
            String description,
            boolean stateful,
            boolean isDefault,
            List<String> tags,
            List<Rule> more) {
        Stamp stamp = new Stamp(1, journal.now(), journal.now());
        List<Rule> rules = new ArrayList<>();
        for (String ethertype : List.of("IPv4", "IPv6")) {
            rules.add(rule(id, project, "egress", ethertype, Optional.empty(), stamp));
        }
        rules.addAll(more);
        return new SecurityGroupRow(
                id, project, name, description, stateful, isDefault, rules, tags, stamp);
    }

    private List<Rule> mutual(UUID group, ProjectId project) {
        Stamp stamp = new Stamp(1, journal.now(), journal.now());
        return List.of(
                rule(group, project, "ingress", "IPv4", Optional.of(group), stamp),
                rule(group, project, "ingress", "IPv6", Optional.of(group), stamp));
    }

    private static Rule rule(
            UUID group,
            ProjectId project,
            String direction,
            String ethertype,
            Optional<UUID> remote,
            Stamp stamp) {
        return new Rule(
                UUID.randomUUID(),
                project,
                group,
                direction,
                ethertype,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                remote,
                Optional.empty(),
                "",
                stamp);
    }
}
