package cloud.welkin.identity.ldap;

import cloud.welkin.kernel.json.Json;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchScope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * What one directory says of its users and groups, read as Keystone's LDAP driver reads it
 * (keystone.identity.backends.ldap). Nothing is ever written. Every value that comes from outside
 * is put into filters as a value, never as text.
 */
final class LdapDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LdapDirectory.class);

    /** How many are asked for by one filter. */
    private static final int TOGETHER = 50;

    /** How deep groups may lie in groups: no ring of them is walked forever. */
    private static final int DEEPEST = 20;

    private final LdapOptions options;
    private final LdapConnections connections;

    LdapDirectory(LdapOptions options) {
        this.options = options;
        this.connections = new LdapConnections(options);
    }

    /** All of them. Whether that is really all, or as much as the directory gives. */
    boolean users(Consumer<LdapUser> each) {
        return users(Optional.empty(), each);
    }

    /** Those of the name, as the directory compares names: mostly one. */
    List<LdapUser> usersNamed(String name) {
        List<LdapUser> found = new ArrayList<>();
        requireWhole(
                users(Optional.of(Filter.createEqualityFilter(people().name(), name)), found::add));
        return found;
    }

    List<LdapUser> usersOf(Collection<String> ids) {
        List<LdapUser> found = new ArrayList<>();
        for (List<String> part : parts(ids)) {
            requireWhole(users(Optional.of(anyOf(people().id(), part)), found::add));
        }
        return found;
    }

    boolean groups(Consumer<LdapGroup> each) {
        return groups(Optional.empty(), each);
    }

    List<LdapGroup> groupsNamed(String name) {
        List<LdapGroup> found = new ArrayList<>();
        Filter named = Filter.createEqualityFilter(options.groups().entries().name(), name);
        requireWhole(groups(Optional.of(named), found::add));
        return found;
    }

    List<LdapGroup> groupsOf(Collection<String> ids) {
        List<LdapGroup> found = new ArrayList<>();
        for (List<String> part : parts(ids)) {
            Filter these = anyOf(options.groups().entries().id(), part);
            requireWhole(groups(Optional.of(these), found::add));
        }
        return found;
    }

    /** The groups that the user is in; those, too, that these are in, where groups nest. */
    List<LdapGroup> groupsWith(LdapUser user) {
        Map<String, LdapGroup> found = new LinkedHashMap<>();
        Set<String> asked = Set.of(options.groups().ids() ? user.id() : user.dn());
        for (int depth = 0; depth < DEEPEST && !asked.isEmpty(); depth++) {
            Set<String> more = new LinkedHashSet<>();
            for (List<String> part : parts(asked)) {
                requireWhole(
                        groups(
                                Optional.of(anyOf(options.groups().member(), part)),
                                group -> {
                                    if (found.putIfAbsent(group.id(), group) == null) {
                                        more.add(group.dn());
                                    }
                                }));
            }
            asked = options.groups().nesting() && !options.groups().ids() ? more : Set.of();
        }
        return List.copyOf(found.values());
    }

    /** The users in the group; those, too, of the groups in it, where groups nest. */
    List<LdapUser> membersOf(LdapGroup group) {
        if (options.groups().ids()) {
            return usersOf(members(group.dn()));
        }
        Map<String, LdapUser> found = new LinkedHashMap<>();
        Set<DN> seen = new HashSet<>();
        Deque<String> groups = new ArrayDeque<>(List.of(group.dn()));
        while (!groups.isEmpty()) {
            List<DN> fresh =
                    members(groups.remove()).stream()
                            .flatMap(name -> parsed(name).stream())
                            .filter(seen::add)
                            .toList();
            Set<DN> people = new HashSet<>();
            for (LdapUser user : usersAt(fresh)) {
                found.put(user.id(), user);
                parsed(user.dn()).ifPresent(people::add);
            }
            if (options.groups().nesting()) {
                fresh.stream()
                        .filter(dn -> !people.contains(dn))
                        .filter(this::isGroup)
                        .map(DN::toString)
                        .forEach(groups::add);
            }
        }
        return List.copyOf(found.values());
    }

    /** Who is not in an answer that was cut short may be there nevertheless. */
    private static void requireWhole(boolean whole) {
        if (!whole) {
            throw new DirectoryUnavailable("it gives less than it was asked for");
        }
    }

    /** Whether the directory takes the password for its own. */
    boolean takes(LdapUser user, String password) {
        return connections.takes(user.dn(), password);
    }

    private LdapOptions.Entries people() {
        return options.users().entries();
    }

    private boolean users(Optional<Filter> narrowing, Consumer<LdapUser> each) {
        LdapOptions.Users how = options.users();
        Optional<BiPredicate<String, String>> enabled =
                how.emulation()
                        .filter(emulation -> !people().ignores("enabled"))
                        .map(emulation -> isIn(emulation, narrowing.isEmpty()));
        return connections.search(
                question(people(), narrowing, how.enabled(), how.mail(), how.defaultProject()),
                entry -> user(entry, enabled).ifPresent(each));
    }

    /**
     * Whether somebody, by id and name, is in the group of those who are enabled.
     *
     * @param many whether so many will be asked about that its members are better read at once
     */
    private BiPredicate<String, String> isIn(LdapOptions.Emulation group, boolean many) {
        if (!many) {
            return (id, dn) ->
                    exists(
                            group.dn().toString(),
                            Filter.createEqualityFilter(group.member(), group.ids() ? id : dn));
        }
        Set<String> members = new HashSet<>();
        members(group.dn().toString(), group.member())
                .forEach(member -> members.add(group.ids() ? member : normal(member)));
        return (id, dn) -> members.contains(group.ids() ? id : normal(dn));
    }

    private boolean groups(Optional<Filter> narrowing, Consumer<LdapGroup> each) {
        return connections.search(
                question(
                        options.groups().entries(),
                        narrowing,
                        "",
                        Optional.empty(),
                        Optional.empty()),
                entry -> group(entry).ifPresent(each));
    }

    private SearchRequest question(
            LdapOptions.Entries entries,
            Optional<Filter> narrowing,
            String enabled,
            Optional<String> mail,
            Optional<String> project) {
        Set<String> attributes = new LinkedHashSet<>(List.of(entries.id(), entries.name()));
        Stream.of(entries.description(), mail, project)
                .flatMap(Optional::stream)
                .forEach(attributes::add);
        if (!enabled.isEmpty()) {
            attributes.add(enabled);
        }
        attributes.addAll(entries.additional().keySet());
        return question(entries, narrowing, attributes);
    }

    private SearchRequest question(
            LdapOptions.Entries entries, Optional<Filter> narrowing, Set<String> attributes) {
        return request(
                entries.tree().toString(), options.scope(), which(entries, narrowing), attributes);
    }

    private static Filter which(LdapOptions.Entries entries, Optional<Filter> narrowing) {
        List<Filter> all = new ArrayList<>();
        entries.filter().ifPresent(all::add);
        all.add(Filter.createEqualityFilter("objectClass", entries.objectClass()));
        all.add(Filter.createPresenceFilter(entries.id()));
        narrowing.ifPresent(all::add);
        return Filter.createANDFilter(all);
    }

    private SearchRequest request(
            String base, SearchScope scope, Filter filter, Collection<String> attributes) {
        return new SearchRequest(
                base,
                scope,
                options.aliases(),
                0,
                (int) Math.max(1, options.timeout().toSeconds()),
                false,
                filter,
                attributes.toArray(String[]::new));
    }

    /** Any of the values; where a value may be a UUID, as the bytes that directories keep of it. */
    private static Filter anyOf(String attribute, List<String> values) {
        List<Filter> each = new ArrayList<>();
        for (String value : values) {
            each.add(Filter.createEqualityFilter(attribute, value));
            Guids.bytes(value)
                    .ifPresent(bytes -> each.add(Filter.createEqualityFilter(attribute, bytes)));
        }
        return Filter.createORFilter(each);
    }

    private static List<List<String>> parts(Collection<String> values) {
        List<String> all = List.copyOf(values);
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += TOGETHER) {
            parts.add(all.subList(from, Math.min(all.size(), from + TOGETHER)));
        }
        return parts;
    }

    private Optional<LdapUser> user(
            Entry entry, Optional<BiPredicate<String, String>> enabledOnes) {
        LdapOptions.Users how = options.users();
        Optional<String> id = id(people(), entry);
        Optional<String> name = text(entry, people().name());
        if (id.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        boolean enabled =
                enabledOnes
                        .map(ones -> ones.test(id.get(), entry.getDN()))
                        .orElseGet(() -> people().ignores("enabled") || isEnabled(entry));
        return Optional.of(
                new LdapUser(
                        id.get(),
                        entry.getDN(),
                        name.get(),
                        enabled,
                        field(entry, people(), "description", people().description()),
                        field(entry, people(), "email", how.mail()),
                        field(entry, people(), "default_project_id", how.defaultProject()),
                        extra(entry, people())));
    }

    /** By a bit of a number, or by a word; what is neither is not enabled. */
    private boolean isEnabled(Entry entry) {
        LdapOptions.Users how = options.users();
        String said = text(entry, how.enabled()).orElse(how.usual());
        if (how.mask() != 0) {
            try {
                return (Long.parseLong(said) & how.mask()) != how.mask();
            } catch (NumberFormatException e) {
                log.warn("{} of {} is no number: not enabled", how.enabled(), entry.getDN());
                return false;
            }
        }
        return said.equalsIgnoreCase("true") != how.invert();
    }

    private Optional<LdapGroup> group(Entry entry) {
        LdapOptions.Entries entries = options.groups().entries();
        Optional<String> id = id(entries, entry);
        Optional<String> name = text(entry, entries.name());
        return id.isEmpty() || name.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new LdapGroup(
                                id.get(),
                                entry.getDN(),
                                name.get(),
                                field(entry, entries, "description", entries.description())
                                        .orElse(""),
                                extra(entry, entries)));
    }

    private static Optional<String> field(
            Entry entry, LdapOptions.Entries entries, String field, Optional<String> attribute) {
        return entries.ignores(field)
                ? Optional.empty()
                : attribute.flatMap(name -> text(entry, name));
    }

    private static Map<String, JsonNode> extra(Entry entry, LdapOptions.Entries entries) {
        Map<String, JsonNode> extra = new LinkedHashMap<>();
        entries.additional()
                .forEach(
                        (attribute, field) ->
                                text(entry, attribute)
                                        .ifPresent(value -> extra.put(field, Json.tree(value))));
        return extra;
    }

    /** The only value, or, of several, the one that the entry is called by. */
    private static Optional<String> id(LdapOptions.Entries entries, Entry entry) {
        Attribute attribute = entry.getAttribute(entries.id());
        if (attribute == null || attribute.size() == 0) {
            return Optional.empty();
        }
        if (attribute.size() == 1) {
            return Guids.text(attribute).filter(id -> !id.isBlank());
        }
        Optional<String> named = parsed(entry.getDN()).flatMap(dn -> rdn(dn, entries.id()));
        if (named.isEmpty()) {
            log.warn("{} has several {}: none is its id", entry.getDN(), entries.id());
        }
        return named;
    }

    private static Optional<String> rdn(DN dn, String attribute) {
        RDN rdn = dn.getRDN();
        return rdn == null || !rdn.hasAttribute(attribute)
                ? Optional.empty()
                : rdn.getNameValuePairs().stream()
                        .filter(pair -> pair.getAttributeName().equalsIgnoreCase(attribute))
                        .map(pair -> pair.getAttributeValue())
                        .findFirst();
    }

    private static Optional<String> text(Entry entry, String attribute) {
        return Optional.ofNullable(entry.getAttribute(attribute))
                .flatMap(Guids::text)
                .filter(value -> !value.isBlank());
    }

    private List<String> members(String dn) {
        return members(dn, options.groups().member());
    }

    /** The members of a group; where the directory gives some at a time, all of them. */
    private List<String> members(String dn, String attribute) {
        List<String> members = new ArrayList<>();
        String asked = attribute;
        while (!asked.isEmpty()) {
            List<Attribute> got = new ArrayList<>();
            requireWhole(
                    connections.search(
                            request(
                                    dn,
                                    SearchScope.BASE,
                                    Filter.createPresenceFilter("objectClass"),
                                    List.of(asked)),
                            entry -> got.addAll(entry.getAttributes())));
            asked = "";
            for (Attribute part : got) {
                if (part.getBaseName().equalsIgnoreCase(attribute)) {
                    members.addAll(Arrays.asList(part.getValues()));
                    asked = Ranges.behind(part).map(from -> attribute + from).orElse(asked);
                }
            }
        }
        return members;
    }

    /**
     * Who is at these places. Where users are called by their ids, many are asked for at once;
     * otherwise each place is looked at.
     */
    private List<LdapUser> usersAt(Collection<DN> places) {
        Set<String> ids = new LinkedHashSet<>();
        List<LdapUser> found = new ArrayList<>();
        for (DN place : places) {
            Optional<String> id = rdn(place, people().id()).filter(i -> inTree(place));
            if (id.isPresent()) {
                ids.add(id.get());
            } else if (place.isDescendantOf(people().tree(), false)) {
                userAt(place).ifPresent(found::add);
            }
        }
        Set<DN> wanted = Set.copyOf(places);
        usersOf(ids).stream()
                .filter(user -> parsed(user.dn()).filter(wanted::contains).isPresent())
                .forEach(found::add);
        return found;
    }

    private boolean inTree(DN place) {
        return options.scope().equals(SearchScope.ONE)
                ? people().tree().equals(place.getParent())
                : place.isDescendantOf(people().tree(), false);
    }

    private Optional<LdapUser> userAt(DN place) {
        List<String> ids = new ArrayList<>();
        connections.search(
                request(
                        place.toString(),
                        SearchScope.BASE,
                        which(people(), Optional.empty()),
                        List.of(people().id())),
                entry -> id(people(), entry).ifPresent(ids::add));
        return ids.isEmpty() ? Optional.empty() : usersOf(ids).stream().findFirst();
    }

    private boolean isGroup(DN place) {
        return exists(place.toString(), which(options.groups().entries(), Optional.empty()));
    }

    private boolean exists(String dn, Filter filter) {
        List<Entry> found = new ArrayList<>();
        connections.search(request(dn, SearchScope.BASE, filter, List.of("1.1")), found::add);
        return !found.isEmpty();
    }

    private static String normal(String dn) {
        return parsed(dn).map(DN::toNormalizedString).orElse(dn);
    }

    private static Optional<DN> parsed(String dn) {
        try {
            return Optional.of(new DN(dn));
        } catch (LDAPException e) {
            log.warn("the directory has a name that is none: {}", dn);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
