package cloud.welkin.identity.ldap;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.DomainConfig;
import cloud.welkin.identity.domain.DomainOptions;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.DirectoryStore;
import cloud.welkin.identity.store.DomainConfigStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directories of the domains that have one (Keystone's identity driver {@code ldap}). A
 * directory is asked before what it knows is shown, once in a while, by whichever replica is asked
 * first; for each password; and regularly about those who are known here. What it said is in the
 * database ({@link Mirror}), so that whatever else is asked of its users needs no directory, and
 * goes on while it is away. None of this is done in a transaction.
 */
public final class Directories implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Directories.class);

    /** How many rows are written by one transaction. */
    private static final int TOGETHER = 500;

    /** From how many known users on the whole directory is read rather than asked about each. */
    private static final int MANY = 2000;

    private record Reached(DomainConfig config, LdapDirectory directory) {}

    private record Asked(LdapDirectory directory, String what) {}

    private final Database database;
    private final Clock clock;
    private final Stores stores;
    private final DomainConfigStore configs;
    private final DirectoryStore rows;
    private final LdapRules rules;
    private final Mirror mirror;
    private final Map<DomainId, Reached> reached = new ConcurrentHashMap<>();
    private final AsyncCache<Asked, Integer> asked;

    public Directories(
            Database database, Clock clock, Stores stores, LdapRules rules, Changes changes) {
        this.database = database;
        this.clock = clock;
        this.stores = stores;
        this.configs = stores.domainConfigs();
        this.rows = stores.directory();
        this.rules = rules;
        this.mirror = new Mirror(database, clock, stores, changes);
        this.asked =
                Caffeine.newBuilder()
                        .expireAfterWrite(rules.refresh())
                        .maximumSize(10_000)
                        .executor(Thread::startVirtualThread)
                        .buildAsync();
    }

    /**
     * Where a user is kept who is not in the database.
     *
     * @param localId the directory's own id, where it is known
     * @param name else the name
     */
    public record Place(DomainId domain, Optional<String> localId, Optional<String> name) {}

    /** Where the named user is kept; empty where the database keeps it. */
    public Optional<Place> place(UserId id) {
        return database.read(tx -> rows.user(tx, id))
                .map(
                        origin ->
                                new Place(
                                        origin.domain(),
                                        Optional.of(origin.localId()),
                                        Optional.empty()));
    }

    public Optional<Place> place(DomainId domain, String name) {
        return !domain.equals(DomainId.DEFAULT)
                        && database.read(tx -> configs.hasDirectory(tx, domain))
                ? Optional.of(new Place(domain, Optional.empty(), Optional.of(name)))
                : Optional.empty();
    }

    /** Before users of a domain are listed, all or those of a name. */
    public void users(DomainId domain, Optional<String> name) {
        ask(
                domain,
                "users " + name.map(text -> "named " + text).orElse(""),
                directory ->
                        name.map(text -> mirror.users(domain, directory.usersNamed(text)))
                                .orElseGet(() -> allUsers(domain, directory)));
    }

    public void groups(DomainId domain, Optional<String> name) {
        ask(
                domain,
                "groups " + name.map(text -> "named " + text).orElse(""),
                directory ->
                        name.map(text -> mirror.groups(domain, directory.groupsNamed(text)))
                                .orElseGet(() -> allGroups(domain, directory)));
    }

    /** Before a user is shown; one of the database is not asked for. */
    public void user(UserId id) {
        database.read(tx -> rows.user(tx, id))
                .ifPresent(
                        origin ->
                                ask(
                                        origin.domain(),
                                        "user " + id,
                                        directory ->
                                                these(
                                                        origin.domain(),
                                                        directory,
                                                        Map.of(id.value(), origin.localId()))));
    }

    /** Before the groups of a user are shown. */
    public void groupsOf(UserId id) {
        database.read(tx -> rows.user(tx, id))
                .ifPresent(
                        origin ->
                                ask(
                                        origin.domain(),
                                        "groups of " + id,
                                        directory -> groupsOf(origin, id, directory)));
    }

    private int groupsOf(DirectoryStore.Origin origin, UserId id, LdapDirectory directory) {
        List<LdapUser> found = directory.usersOf(Set.of(origin.localId()));
        return found.isEmpty()
                ? mirror.usersGone(origin.domain(), Set.of(id.value()))
                : mirror.user(
                        origin.domain(), found.getFirst(), directory.groupsWith(found.getFirst()));
    }

    /** Before a group and its members are shown. */
    public void group(String id) {
        database.read(tx -> rows.group(tx, id))
                .ifPresent(
                        origin ->
                                ask(
                                        origin.domain(),
                                        "group " + id,
                                        directory ->
                                                members(
                                                        origin.domain(),
                                                        directory,
                                                        Map.of(id, origin.localId()))));
    }

    /**
     * The user, if its directory takes the password. What the directory says of it and of its
     * groups holds from then on.
     *
     * @throws Failure 401, after the same time whatever is wrong; 503 when the directory is away
     */
    public User signIn(Place place, String password) {
        long begun = System.nanoTime();
        Optional<LdapUser> found =
                answered(place.domain(), directory -> admitted(place, directory, password));
        if (found.isEmpty()) {
            hold(begun);
            throw Failure.unauthorized();
        }
        UserId id = new UserId(Mirror.idOfUser(place.domain(), found.get().id()));
        return database.write(
                tx -> {
                    stores.accounts().admitted(tx, id, PasswordRules.day(clock.instant()));
                    return stores.users().find(tx, id).orElseThrow(Failure::unauthorized);
                });
    }

    private Optional<LdapUser> admitted(Place place, LdapDirectory directory, String password) {
        List<LdapUser> named =
                place.localId()
                        .map(id -> directory.usersOf(Set.of(id)))
                        .orElseGet(() -> directory.usersNamed(place.name().orElse("")));
        if (named.size() != 1) {
            log.info("sign-in refused: {} users are {}", named.size(), place);
            return Optional.empty();
        }
        LdapUser user = named.getFirst();
        if (!directory.takes(user, password)) {
            return Optional.empty();
        }
        mirror.user(place.domain(), user, directory.groupsWith(user));
        if (!user.enabled()) {
            log.info("sign-in refused for {}: disabled", user.dn());
        }
        return Optional.of(user).filter(LdapUser::enabled);
    }

    /** Longer than any directory takes to say what was wrong. */
    private void hold(long begun) {
        Duration left = rules.refusal().minusNanos(System.nanoTime() - begun);
        if (left.isPositive()) {
            try {
                Thread.sleep(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Asks every directory about those of it who are known here, and about groups that hold roles.
     * One that is away is passed over: what is known holds until it is back. How much changed.
     */
    public int check() {
        int changed = 0;
        List<DomainId> domains = database.read(configs::elsewhere);
        leave(domains);
        for (DomainId domain : domains) {
            try {
                changed += at(domain).map(directory -> check(domain, directory)).orElse(0);
            } catch (DirectoryUnavailable e) {
                log.warn("the directory of domain {} could not be asked: {}", domain, e.why());
            }
        }
        return changed;
    }

    /** Ends the connections of domains that have no directory any more, or are gone. */
    private void leave(List<DomainId> but) {
        for (DomainId domain : reached.keySet()) {
            if (!but.contains(domain)) {
                reached.computeIfPresent(
                        domain,
                        (id, left) -> {
                            left.directory().close();
                            return null;
                        });
            }
        }
    }

    private int check(DomainId domain, LdapDirectory directory) {
        Map<String, String> users = database.read(tx -> rows.knownUsers(tx, domain));
        int changed =
                users.size() > MANY ? allUsers(domain, directory) : these(domain, directory, users);
        Map<String, String> groups = database.read(tx -> rows.groupsWithRoles(tx, domain));
        return changed + members(domain, directory, groups);
    }

    private int allUsers(DomainId domain, LdapDirectory directory) {
        Set<String> seen = new HashSet<>();
        List<LdapUser> part = new ArrayList<>();
        int[] changed = {0};
        boolean whole =
                directory.users(
                        user -> {
                            part.add(user);
                            seen.add(Mirror.idOfUser(domain, user.id()));
                            if (part.size() >= TOGETHER) {
                                changed[0] += mirror.users(domain, part);
                                part.clear();
                            }
                        });
        changed[0] += mirror.users(domain, part);
        return changed[0] + (whole ? mirror.noUsersBut(domain, seen) : 0);
    }

    private int allGroups(DomainId domain, LdapDirectory directory) {
        Set<String> seen = new HashSet<>();
        List<LdapGroup> all = new ArrayList<>();
        boolean whole =
                directory.groups(
                        group -> {
                            all.add(group);
                            seen.add(Mirror.idOfGroup(domain, group.id()));
                        });
        return mirror.groups(domain, all) + (whole ? mirror.noGroupsBut(domain, seen) : 0);
    }

    /** Users by their public ids, with the directory's own. */
    private int these(DomainId domain, LdapDirectory directory, Map<String, String> ids) {
        List<LdapUser> found = directory.usersOf(ids.values());
        return mirror.users(domain, found)
                + mirror.usersGone(
                        domain,
                        without(
                                ids.keySet(),
                                found.stream()
                                        .map(user -> Mirror.idOfUser(domain, user.id()))
                                        .collect(Collectors.toSet())));
    }

    /** Groups by their public ids, with the directory's own, and who is in them. */
    private int members(DomainId domain, LdapDirectory directory, Map<String, String> ids) {
        List<LdapGroup> found = directory.groupsOf(ids.values());
        int changed =
                mirror.groupsGone(
                        domain,
                        without(
                                ids.keySet(),
                                found.stream()
                                        .map(group -> Mirror.idOfGroup(domain, group.id()))
                                        .collect(Collectors.toSet())));
        for (LdapGroup group : found) {
            changed += mirror.group(domain, group, directory.membersOf(group));
        }
        return changed;
    }

    private static Collection<String> without(Collection<String> all, Set<String> some) {
        return all.stream().filter(each -> !some.contains(each)).toList();
    }

    @FunctionalInterface
    private interface Question {
        /** How many rows changed by the answer. */
        int ask(LdapDirectory directory);
    }

    @FunctionalInterface
    private interface Answer<T> {
        T of(LdapDirectory directory);
    }

    /**
     * Asks unless it was asked lately; those who want to know the same meanwhile wait for the one
     * answer. Nothing happens where the domain has no directory.
     */
    private void ask(DomainId domain, String what, Question question) {
        Optional<LdapDirectory> directory = reach(domain);
        if (directory.isEmpty()) {
            return;
        }
        CompletableFuture<Integer> answer =
                asked.get(
                        new Asked(directory.get(), what),
                        key -> {
                            log.debug("asking the directory of domain {}: {}", domain, what);
                            return question.ask(directory.get());
                        });
        try {
            answer.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case DirectoryUnavailable away -> throw refused(domain, away);
                case RuntimeException failed -> throw failed;
                case null, default -> throw e;
            }
        }
    }

    private <T> T answered(DomainId domain, Answer<T> answer) {
        try {
            return answer.of(reach(domain).orElseThrow(Failure::unauthorized));
        } catch (DirectoryUnavailable e) {
            throw refused(domain, e);
        }
    }

    private Optional<LdapDirectory> reach(DomainId domain) {
        try {
            return at(domain);
        } catch (DirectoryUnavailable e) {
            throw refused(domain, e);
        }
    }

    /** Why is for the operator: it may name hosts. */
    private static Failure refused(DomainId domain, DirectoryUnavailable e) {
        log.warn("the directory of domain {} could not be asked: {}", domain, e.why());
        return Failure.unavailable(
                "The directory of domain %s cannot be asked at present.", domain);
    }

    /** The directory as it is configured now; connections of another configuration are closed. */
    private Optional<LdapDirectory> at(DomainId domain) {
        DomainConfig config = database.read(tx -> configs.find(tx, domain));
        Optional<Reached> now =
                Optional.ofNullable(
                        reached.compute(
                                domain,
                                (id, before) -> {
                                    if (before != null && before.config().equals(config)) {
                                        return before;
                                    }
                                    if (before != null) {
                                        before.directory().close();
                                    }
                                    return config.isElsewhere() ? open(config) : null;
                                }));
        return now.map(Reached::directory);
    }

    private Reached open(DomainConfig config) {
        if (!config.driver().equals(DomainConfig.DIRECTORY)) {
            throw new DirectoryUnavailable("there is no identity driver " + config.driver());
        }
        Consumer<String> odd = option -> log.warn("{} refers to an option that is not set", option);
        return new Reached(
                config,
                new LdapDirectory(
                        LdapOptionReader.read(
                                config.effective(DomainOptions.LDAP, odd), rules.timeout())));
    }

    @Override
    public void close() {
        reached.values().forEach(each -> each.directory().close());
        reached.clear();
    }
}
