package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.ServerGroup;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.ServerGroupStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.placement.Allocations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Chooses hosts and claims room on them, in the transaction that makes the servers: what it returns
 * is the servers', and no group's rule is broken, because the group is locked while its members'
 * hosts are looked at.
 *
 * <p>Of the scheduler's hints it heeds group, same_host and different_host. Nova's others are read
 * by filters that are not among its enabled ones (query by JsonFilter, build_near_host_ip by
 * SimpleCIDRAffinityFilter) or by cells v1, which is gone (target_cell): by default Nova takes them
 * and passes them over, and so does this.
 */
final class HostChoice {
    private static final int USUAL = 20;
    private static final int ALL = 10_000;

    /** What the choice is narrowed by. */
    record Constraints(
            Optional<String> zone,
            Optional<String> host,
            Map<String, JsonNode> hints,
            ProjectId project) {}

    private final HostStore hosts;
    private final ServerStore servers;
    private final ServerGroupStore groups;
    private final Allocations allocations;

    HostChoice(
            HostStore hosts,
            ServerStore servers,
            ServerGroupStore groups,
            Allocations allocations) {
        this.hosts = hosts;
        this.servers = servers;
        this.groups = groups;
        this.allocations = allocations;
    }

    /**
     * Claims room for as many of the servers as there is room for, in their order.
     *
     * @throws Failure 400 when a hint names what there is not
     */
    Map<UUID, Host> claim(
            Tx tx,
            List<UUID> ids,
            Map<String, Long> resources,
            Constraints constraints,
            ProjectId project,
            UserId user,
            Instant now) {
        Optional<ServerGroup> group = group(tx, constraints);
        Map<String, Integer> taken =
                group.map(g -> new HashMap<>(servers.hostsOfGroup(tx, g.id())))
                        .orElseGet(HashMap::new);
        Set<String> same = hostsOf(tx, constraints.hints().get("same_host"));
        Set<String> different = hostsOf(tx, constraints.hints().get("different_host"));
        boolean narrow =
                constraints.zone().isPresent()
                        || constraints.host().isPresent()
                        || constraints.hints().size() > 0;
        Map<UUID, Host> placed = new HashMap<>();
        for (UUID id : ids) {
            Optional<Host> host = Optional.empty();
            for (int limit : narrow ? new int[] {ALL} : new int[] {USUAL, ALL}) {
                List<Host> candidates =
                        candidates(tx, resources, limit, constraints, same, different, now);
                host = claimOne(tx, id, order(candidates, group, taken), resources, project, user);
                if (host.isPresent() || candidates.size() < limit) {
                    break;
                }
            }
            if (host.isEmpty()) {
                break;
            }
            placed.put(id, host.get());
            taken.merge(host.get().name().value(), 1, Integer::sum);
        }
        return placed;
    }

    private Optional<Host> claimOne(
            Tx tx,
            UUID id,
            List<Host> candidates,
            Map<String, Long> resources,
            ProjectId project,
            UserId user) {
        for (Host host : candidates) {
            if (allocations.claim(tx, id, host.name(), resources, project, user)) {
                return Optional.of(host);
            }
        }
        return Optional.empty();
    }

    private List<Host> candidates(
            Tx tx,
            Map<String, Long> resources,
            int limit,
            Constraints constraints,
            Set<String> same,
            Set<String> different,
            Instant now) {
        List<HostName> names = allocations.candidates(tx, resources, limit);
        Map<HostName, Host> known =
                hosts.named(tx, names).stream()
                        .collect(Collectors.toMap(Host::name, Function.identity()));
        List<Host> fit = new ArrayList<>();
        for (HostName name : names) {
            Host host = known.get(name);
            if (host != null
                    && host.isUp(now)
                    && !host.disabled()
                    && constraints.zone().map(zone -> zone.equals(host.zone())).orElse(true)
                    && constraints.host().map(only -> only.equals(name.value())).orElse(true)
                    && (same.isEmpty() || same.contains(name.value()))
                    && !different.contains(name.value())) {
                fit.add(host);
            }
        }
        return fit;
    }

    /** Pure: which of the candidates the group allows, and in which order. */
    static List<Host> order(
            List<Host> candidates, Optional<ServerGroup> group, Map<String, Integer> taken) {
        if (group.isEmpty()) {
            return candidates;
        }
        List<Host> with = new ArrayList<>();
        List<Host> without = new ArrayList<>();
        List<Host> full = new ArrayList<>();
        for (Host host : candidates) {
            int members = taken.getOrDefault(host.name().value(), 0);
            (members == 0 ? without : members < group.get().perHost() ? with : full).add(host);
        }
        List<Host> occupied = new ArrayList<>(with);
        occupied.addAll(full);
        return switch (group.get().policy()) {
            case "affinity" -> taken.isEmpty() ? candidates : occupied;
            case "anti-affinity" -> joined(without, with);
            case "soft-affinity" -> joined(occupied, without);
            case "soft-anti-affinity" ->
                    candidates.stream()
                            .sorted(
                                    java.util.Comparator.comparing(
                                            host -> taken.getOrDefault(host.name().value(), 0)))
                            .toList();
            default -> throw new IllegalStateException(group.get().policy());
        };
    }

    private static List<Host> joined(List<Host> first, List<Host> then) {
        List<Host> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    private Optional<ServerGroup> group(Tx tx, Constraints constraints) {
        return groupHint(constraints.hints())
                .map(
                        id ->
                                groups.lock(tx, id)
                                        .filter(g -> g.project().equals(constraints.project()))
                                        .orElseThrow(
                                                () ->
                                                        Failure.badRequest(
                                                                "Instance group %s could not be"
                                                                        + " found.",
                                                                id)));
    }

    /** The group that a server shall be a member of. */
    static Optional<UUID> groupHint(Map<String, JsonNode> hints) {
        JsonNode hint = hints.get("group");
        if (hint == null) {
            return Optional.empty();
        }
        String text =
                hint.isArray() && !hint.isEmpty() ? hint.get(0).asString("") : hint.asString("");
        return Optional.of(
                Ids.uuid(text)
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "Server group scheduler hint must be a UUID.")));
    }

    private Set<String> hostsOf(Tx tx, @org.jspecify.annotations.Nullable JsonNode hint) {
        if (hint == null) {
            return Set.of();
        }
        List<UUID> ids = new ArrayList<>();
        if (hint.isArray()) {
            hint.forEach(item -> Ids.uuid(item.asString("")).ifPresent(ids::add));
        } else {
            Ids.uuid(hint.asString("")).ifPresent(ids::add);
        }
        return new HashSet<>(servers.hostsOf(tx, ids).values());
    }
}
