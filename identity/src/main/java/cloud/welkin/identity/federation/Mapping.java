package cloud.welkin.identity.federation;

import cloud.welkin.identity.federation.MappedIdentity.MappedDomain;
import cloud.welkin.identity.federation.MappedIdentity.MappedGroup;
import cloud.welkin.identity.federation.MappedIdentity.MappedProject;
import cloud.welkin.identity.federation.MappedIdentity.MappedUser;
import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Keystone's mapping rules (docs.openstack.org/keystone/latest/admin/federation/
 * mapping_combinations.html): every rule all of whose remote conditions hold contributes its local
 * things, in which {@code {0}} stands for the values of the first condition that gives any. Pure.
 *
 * @param id of the mapping, for messages
 * @param version of the rules: from 2.0 on, a rule's domain is that of its user and projects too
 */
public record Mapping(String id, String version, List<Rule> rules) {
    /** The versions that are understood; the third adds projects written as JSON. */
    public static final Set<String> VERSIONS = Set.of("1.0", "2.0", "3.0");

    record Rule(List<RemoteCondition> remote, List<JsonNode> local) {}

    /**
     * @param assertion the provider's attributes, each with all its values
     * @throws Failure 401 when no rule fits, or those that do make nobody
     */
    public MappedIdentity apply(Map<String, List<String>> assertion) {
        Found found = new Found();
        for (Rule rule : rules) {
            matches(rule, assertion)
                    .ifPresent(values -> rule.local().forEach(local -> found.add(local, values)));
        }
        if (found.user.isEmpty()) {
            throw Failure.unauthorized("mapping %s makes no user of the assertion", id);
        }
        return new MappedIdentity(found.user.get(), found.groups, found.projects);
    }

    /** What the rule's conditions give to put in, in their order; empty when one does not hold. */
    private static Optional<List<List<String>>> matches(
            Rule rule, Map<String, List<String>> assertion) {
        List<List<String>> values = new ArrayList<>();
        for (RemoteCondition condition : rule.remote()) {
            List<String> given = assertion.getOrDefault(condition.type(), List.of());
            if (given.isEmpty()) {
                return Optional.empty();
            }
            switch (condition) {
                case RemoteCondition.Present present -> values.add(given);
                case RemoteCondition.Chosen chosen -> values.add(chosen.of(given));
                case RemoteCondition.Required required -> {
                    if (!required.holds(given)) {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.of(values);
    }

    /** What the rules that fit have given so far. */
    private final class Found {
        private Optional<MappedUser> user = Optional.empty();
        private final Set<MappedGroup> groups = new LinkedHashSet<>();
        private final List<MappedProject> projects = new ArrayList<>();

        private void add(JsonNode local, List<List<String>> values) {
            Template template = new Template(id, values);
            Optional<MappedDomain> domain = domain(local, template);
            Optional<MappedDomain> inherited = version.equals("1.0") ? Optional.empty() : domain;
            if (user.isEmpty() && local.has("user")) {
                user = Optional.of(user(local.get("user"), template, inherited));
            }
            if (local.has("group")) {
                group(local.get("group"), template).ifPresent(groups::add);
            }
            if (local.has("groups")) {
                MappedDomain of =
                        domain.orElseThrow(
                                () ->
                                        Failure.unauthorized(
                                                "mapping %s: groups need a domain beside them",
                                                id));
                template.many(local.get("groups").asString())
                        .forEach(name -> groups.add(new MappedGroup.ByName(name, of)));
            }
            if (local.has("group_ids")) {
                template.many(local.get("group_ids").asString())
                        .forEach(group -> groups.add(new MappedGroup.ById(group)));
            }
            if (local.has("projects")) {
                local.get("projects")
                        .forEach(project -> projects.add(project(project, template, inherited)));
            }
            if (local.has("projects_json")) {
                template.json(local.get("projects_json").asString())
                        .forEach(
                                project ->
                                        projects.add(
                                                project(project, Template.literal(id), inherited)));
            }
        }
    }

    private static MappedUser user(
            JsonNode user, Template template, Optional<MappedDomain> inherited) {
        return new MappedUser(
                template.text(user, "id"),
                template.text(user, "name"),
                template.text(user, "email"),
                domain(user, template).or(() -> inherited),
                template.text(user, "type").filter("local"::equals).isPresent());
    }

    private static Optional<MappedGroup> group(JsonNode group, Template template) {
        Optional<String> groupId = template.text(group, "id");
        if (groupId.isPresent()) {
            return groupId.map(MappedGroup.ById::new);
        }
        return domain(group, template)
                .flatMap(
                        domain ->
                                template.text(group, "name")
                                        .map(name -> new MappedGroup.ByName(name, domain)));
    }

    private static MappedProject project(
            JsonNode project, Template template, Optional<MappedDomain> inherited) {
        List<String> roles = new ArrayList<>();
        project.path("roles").forEach(role -> template.text(role, "name").ifPresent(roles::add));
        return new MappedProject(
                template.text(project, "name")
                        .orElseThrow(() -> Failure.unauthorized("a mapped project has no name")),
                domain(project, template).or(() -> inherited),
                roles);
    }

    private static Optional<MappedDomain> domain(JsonNode of, Template template) {
        JsonNode domain = of.path("domain");
        return domain.isObject()
                ? Optional.of(
                        new MappedDomain(
                                template.text(domain, "id"), template.text(domain, "name")))
                : Optional.empty();
    }
}
