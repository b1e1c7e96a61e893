package cloud.welkin.identity.federation;

import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/** Checks the rules of a mapping and reads them. */
public final class MappingReader {
    private static final Set<String> LOCAL =
            Set.of("user", "projects", "projects_json", "group", "groups", "group_ids", "domain");
    private static final Set<String> USER = Set.of("id", "name", "email", "domain", "type");
    private static final Set<String> DOMAIN = Set.of("id", "name");
    private static final List<String> LISTS =
            List.of("any_one_of", "not_any_of", "whitelist", "blacklist");

    private MappingReader() {}

    /**
     * @throws Failure 400 that tells what is wrong with the rules
     */
    public static Mapping read(String id, String version, JsonNode rules) {
        if (!Mapping.VERSIONS.contains(version)) {
            throw wrong("schema_version must be one of 1.0, 2.0, 3.0");
        }
        if (!rules.isArray() || rules.isEmpty()) {
            throw wrong("rules must be a list of at least one");
        }
        List<Mapping.Rule> read = new ArrayList<>();
        for (JsonNode rule : rules) {
            known(rule, Set.of("local", "remote"), "a rule");
            if (!rule.path("local").isArray()
                    || !rule.path("remote").isArray()
                    || rule.path("remote").isEmpty()) {
                throw wrong("a rule needs lists local and remote, and remote at least one entry");
            }
            List<RemoteCondition> remote = new ArrayList<>();
            rule.get("remote").forEach(each -> remote.add(condition(each)));
            List<JsonNode> local = new ArrayList<>();
            rule.get("local")
                    .forEach(
                            each -> {
                                checkLocal(each, version);
                                local.add(each);
                            });
            read.add(new Mapping.Rule(remote, local));
        }
        return new Mapping(id, version, read);
    }

    private static RemoteCondition condition(JsonNode remote) {
        Set<String> fields = new HashSet<>(LISTS);
        fields.addAll(Set.of("type", "regex"));
        known(remote, fields, "a remote condition");
        if (!remote.path("type").isString()) {
            throw wrong("a remote condition needs a type");
        }
        String type = remote.get("type").asString();
        List<String> given = LISTS.stream().filter(remote::has).toList();
        if (given.size() > 1 || (given.isEmpty() && remote.has("regex"))) {
            throw wrong("a remote condition has at most one of " + LISTS + ", and regex only then");
        }
        if (given.isEmpty()) {
            return new RemoteCondition.Present(type);
        }
        String list = given.getFirst();
        RemoteCondition.Values values =
                values(remote.get(list), list, Optional.ofNullable(remote.get("regex")));
        return switch (list) {
            case "any_one_of" -> new RemoteCondition.Required(type, values, true);
            case "not_any_of" -> new RemoteCondition.Required(type, values, false);
            case "whitelist" -> new RemoteCondition.Chosen(type, values, true);
            default -> new RemoteCondition.Chosen(type, values, false);
        };
    }

    private static RemoteCondition.Values values(
            JsonNode list, String name, Optional<JsonNode> regex) {
        if (!list.isArray() || regex.filter(flag -> !flag.isBoolean()).isPresent()) {
            throw wrong(name + " must be a list, and regex true or false");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode value : list) {
            if (!value.isString()) {
                throw wrong(name + " must be a list of strings");
            }
            texts.add(value.asString());
        }
        if (regex.filter(JsonNode::asBoolean).isEmpty()) {
            return new RemoteCondition.Values(Set.copyOf(texts), List.of());
        }
        try {
            return new RemoteCondition.Values(
                    Set.of(), texts.stream().map(Pattern::compile).toList());
        } catch (PatternSyntaxException e) {
            throw wrong("a regular expression cannot be read: " + e.getDescription());
        }
    }

    private static void checkLocal(JsonNode local, String version) {
        Set<String> fields = new HashSet<>(LOCAL);
        if (!version.equals("3.0")) {
            fields.remove("projects_json");
        }
        known(local, fields, "a local entry");
        texts(local, Set.of("groups", "group_ids", "projects_json"));
        checkDomain(local);
        JsonNode user = local.path("user");
        if (local.has("user")) {
            known(user, USER, "user");
            texts(user, Set.of("id", "name", "email", "type"));
            checkDomain(user);
            String type = user.path("type").asString("ephemeral");
            if (!Set.of("ephemeral", "local").contains(type)) {
                throw wrong("the type of a user is ephemeral or local");
            }
        }
        if (local.has("group")) {
            JsonNode group = local.get("group");
            known(group, Set.of("id", "name", "domain"), "group");
            texts(group, Set.of("id", "name"));
            checkDomain(group);
            if (group.has("id") == (group.has("name") && group.has("domain"))
                    || (group.has("id") && group.size() > 1)) {
                throw wrong("a group has either an id, or a name and a domain");
            }
        }
        if (local.has("projects")) {
            if (!local.get("projects").isArray()) {
                throw wrong("projects must be a list");
            }
            local.get("projects").forEach(project -> checkProject(project, version));
        }
    }

    private static void checkProject(JsonNode project, String version) {
        known(
                project,
                version.equals("1.0") ? Set.of("name", "roles") : Set.of("name", "roles", "domain"),
                "a project");
        if (!project.path("name").isString() || !project.path("roles").isArray()) {
            throw wrong("a project needs a name and a list of roles");
        }
        checkDomain(project);
        for (JsonNode role : project.get("roles")) {
            known(role, Set.of("name"), "a role");
            if (!role.path("name").isString()) {
                throw wrong("a role needs a name");
            }
        }
    }

    private static void checkDomain(JsonNode of) {
        if (of.has("domain")) {
            known(of.get("domain"), DOMAIN, "domain");
            texts(of.get("domain"), DOMAIN);
        }
    }

    private static void texts(JsonNode object, Set<String> fields) {
        for (String field : fields) {
            if (object.has(field) && !object.get(field).isString()) {
                throw wrong(field + " must be a string");
            }
        }
    }

    private static void known(JsonNode object, Set<String> fields, String what) {
        if (!object.isObject()) {
            throw wrong(what + " must be an object");
        }
        for (String field : object.propertyNames()) {
            if (!fields.contains(field)) {
                throw wrong(what + " has no " + field);
            }
        }
    }

    private static Failure wrong(String what) {
        return Failure.badRequest("Invalid mapping: %s.", what);
    }
}
