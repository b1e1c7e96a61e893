package cloud.welkin.identity.ldap;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.Sha256;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.DirectoryStore;
import cloud.welkin.identity.store.DirectoryStore.Kept;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Writes down what a directory has said, so that its users and groups hold roles, are listed and
 * sign requests as those of the database do. Only differences are written; whoever is signed in and
 * changed, or is gone, is told to every replica.
 */
final class Mirror {
    private final Database database;
    private final Clock clock;
    private final Stores stores;
    private final DirectoryStore rows;
    private final Changes changes;

    Mirror(Database database, Clock clock, Stores stores, Changes changes) {
        this.database = database;
        this.clock = clock;
        this.stores = stores;
        this.rows = stores.directory();
        this.changes = changes;
    }

    /** Keystone's public ids: the same for the same user, whichever cloud asks the directory. */
    static String idOfUser(DomainId domain, String localId) {
        return id(domain, "user", localId);
    }

    static String idOfGroup(DomainId domain, String localId) {
        return id(domain, "group", localId);
    }

    private static String id(DomainId domain, String kind, String localId) {
        return Sha256.hex(domain.value() + kind + localId);
    }

    /** These are there, as they are now. How many rows changed. */
    int users(DomainId domain, Collection<LdapUser> found) {
        return writing(domain, tx -> users(tx, domain, found));
    }

    int groups(DomainId domain, Collection<LdapGroup> found) {
        return writing(domain, tx -> groups(tx, domain, found));
    }

    /** Nobody else is there than these, by their public ids. */
    int noUsersBut(DomainId domain, Set<String> ids) {
        return writing(
                domain,
                tx -> {
                    Set<String> gone = new HashSet<>(rows.knownUsers(tx, domain).keySet());
                    gone.removeAll(ids);
                    return hideUsers(tx, gone);
                });
    }

    int noGroupsBut(DomainId domain, Set<String> ids) {
        return writing(
                domain,
                tx -> {
                    Set<String> gone = new HashSet<>(rows.visibleGroups(tx, domain));
                    gone.removeAll(ids);
                    return hideGroups(tx, gone);
                });
    }

    /** These, by their public ids, are not there. */
    int usersGone(DomainId domain, Collection<String> ids) {
        return ids.isEmpty() ? 0 : writing(domain, tx -> hideUsers(tx, ids));
    }

    int groupsGone(DomainId domain, Collection<String> ids) {
        return ids.isEmpty() ? 0 : writing(domain, tx -> hideGroups(tx, ids));
    }

    /** The user is there, and in these groups of the directory and no others. */
    int user(DomainId domain, LdapUser user, List<LdapGroup> groups) {
        return writing(
                domain,
                tx -> {
                    int changed = users(tx, domain, List.of(user)) + groups(tx, domain, groups);
                    UserId id = new UserId(idOfUser(domain, user.id()));
                    Set<String> wanted =
                            groups.stream()
                                    .map(group -> idOfGroup(domain, group.id()))
                                    .collect(Collectors.toSet());
                    int moved =
                            move(
                                    wanted,
                                    rows.groupsOf(tx, id),
                                    group -> rows.join(tx, group, id.value()),
                                    group -> rows.leave(tx, group, id.value()));
                    return told(tx, moved) + changed;
                });
    }

    /** The group is there, and these users are in it and no others. */
    int group(DomainId domain, LdapGroup group, List<LdapUser> members) {
        return writing(
                domain,
                tx -> {
                    int changed = groups(tx, domain, List.of(group)) + users(tx, domain, members);
                    String id = idOfGroup(domain, group.id());
                    Set<String> wanted =
                            members.stream()
                                    .map(member -> idOfUser(domain, member.id()))
                                    .collect(Collectors.toSet());
                    int moved =
                            move(
                                    wanted,
                                    rows.membersOf(tx, id),
                                    user -> rows.join(tx, id, user),
                                    user -> rows.leave(tx, id, user));
                    return told(tx, moved) + changed;
                });
    }

    /** From those that are to those that shall be. How many that were. */
    private static int move(
            Set<String> wanted,
            Set<String> present,
            Consumer<String> join,
            Consumer<String> leave) {
        Set<String> joining = minus(wanted, present);
        Set<String> leaving = minus(present, wanted);
        joining.forEach(join);
        leaving.forEach(leave);
        return joining.size() + leaving.size();
    }

    private static Set<String> minus(Set<String> all, Set<String> some) {
        Set<String> left = new HashSet<>(all);
        left.removeAll(some);
        return left;
    }

    /** Nothing is written of a directory that the domain has no more. */
    private int writing(DomainId domain, ToIntFunction<Tx> work) {
        return database.write(
                tx -> {
                    rows.lock(tx, domain);
                    if (!stores.domainConfigs().hasDirectory(tx, domain)) {
                        throw new DirectoryUnavailable("the domain has no directory any more");
                    }
                    return work.applyAsInt(tx);
                });
    }

    private int users(Tx tx, DomainId domain, Collection<LdapUser> found) {
        Map<String, Kept<User>> known =
                rows.users(tx, found.stream().map(user -> idOfUser(domain, user.id())).toList());
        Instant now = clock.instant();
        int fresh = 0;
        int changed = 0;
        for (LdapUser each : found) {
            UserId id = new UserId(idOfUser(domain, each.id()));
            Optional<Kept<User>> kept = Optional.ofNullable(known.get(id.value()));
            User row = row(tx, domain, id, each, kept.map(Kept::row), now);
            if (kept.isEmpty()) {
                fresh++;
                rows.put(tx, row, each.id());
            } else if (kept.get().hidden() || !kept.get().row().equals(row)) {
                changed++;
                rows.put(tx, row, each.id());
            }
        }
        return told(tx, changed) + fresh;
    }

    private User row(
            Tx tx, DomainId domain, UserId id, LdapUser said, Optional<User> before, Instant now) {
        boolean ends = !said.enabled() && before.filter(User::enabled).isPresent();
        return new User(
                id,
                domain,
                rows.isUserNameTaken(tx, domain, said.name(), id)
                        ? said.name() + " " + id
                        : said.name(),
                said.enabled(),
                said.description(),
                said.email(),
                said.defaultProject()
                        .map(ProjectId::new)
                        .filter(
                                project ->
                                        stores.projects()
                                                .find(tx, project)
                                                .filter(it -> !it.isDomain())
                                                .isPresent()),
                Optional.empty(),
                ends ? now : before.map(User::tokensValidAfter).orElse(Instant.EPOCH),
                before.map(User::options).orElse(Map.of()),
                said.extra());
    }

    private int groups(Tx tx, DomainId domain, Collection<LdapGroup> found) {
        Map<String, Kept<Group>> known =
                rows.groups(
                        tx, found.stream().map(group -> idOfGroup(domain, group.id())).toList());
        int changed = 0;
        for (LdapGroup each : found) {
            String id = idOfGroup(domain, each.id());
            Group row =
                    new Group(
                            id,
                            domain,
                            rows.isGroupNameTaken(tx, domain, each.name(), id)
                                    ? each.name() + " " + id
                                    : each.name(),
                            each.description(),
                            each.extra());
            Kept<Group> kept = known.get(id);
            if (kept == null || kept.hidden() || !kept.row().equals(row)) {
                changed++;
                rows.put(tx, row, each.id());
            }
        }
        return changed;
    }

    private int hideUsers(Tx tx, Collection<String> ids) {
        return told(tx, rows.hideUsers(tx, ids, clock.instant()));
    }

    private int hideGroups(Tx tx, Collection<String> ids) {
        return told(tx, rows.hideGroups(tx, ids));
    }

    private int told(Tx tx, int changed) {
        if (changed > 0) {
            changes.made(tx);
        }
        return changed;
    }
}
