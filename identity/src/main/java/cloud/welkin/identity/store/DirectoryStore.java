package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.ASSIGNMENT;
import static cloud.welkin.identity.schema.Tables.DIRECTORY_GROUP;
import static cloud.welkin.identity.schema.Tables.DIRECTORY_USER;
import static cloud.welkin.identity.schema.Tables.FEDERATED_USER;
import static cloud.welkin.identity.schema.Tables.GROUP_MEMBER;
import static cloud.welkin.identity.schema.Tables.USER_ACCOUNT;
import static cloud.welkin.identity.schema.Tables.USER_GROUP;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.User;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * The rows of users and groups of directories, beside {@link UserStore} and {@link GroupStore}:
 * these show who is there, this one also keeps who is hidden.
 */
public final class DirectoryStore {
    /** Where an account is kept. */
    public record Origin(DomainId domain, String localId) {}

    /** A row as it is, hidden or not. */
    public record Kept<T>(T row, boolean hidden) {}

    /** A membership of a group that is hidden is over until the group is there again. */
    private static final Field<Instant> OVER =
            DSL.field("'-infinity'::timestamptz", GROUP_MEMBER.EXPIRES_AT.getDataType());

    public Optional<Origin> user(Tx tx, UserId id) {
        return tx.sql()
                .selectFrom(DIRECTORY_USER)
                .where(DIRECTORY_USER.USER_ID.eq(id.value()))
                .fetchOptional(
                        row -> new Origin(new DomainId(row.getDomainId()), row.getLocalId()));
    }

    public Optional<Origin> group(Tx tx, String id) {
        return tx.sql()
                .selectFrom(DIRECTORY_GROUP)
                .where(DIRECTORY_GROUP.GROUP_ID.eq(id))
                .fetchOptional(
                        row -> new Origin(new DomainId(row.getDomainId()), row.getLocalId()));
    }

    /**
     * @throws Failure 403 for those whom only the directory's own tools change
     */
    public void requireOurs(Tx tx, UserId id) {
        if (user(tx, id).isPresent()) {
            throw DomainConfigStore.readOnly();
        }
    }

    /** The same for groups. */
    public void requireOurs(Tx tx, Group group) {
        if (group(tx, group.id()).isPresent()) {
            throw DomainConfigStore.readOnly();
        }
    }

    /** Which of these users have rows. */
    public Map<String, Kept<User>> users(Tx tx, Collection<String> ids) {
        return tx.sql().selectFrom(USER_ACCOUNT).where(USER_ACCOUNT.ID.in(ids)).fetch().stream()
                .collect(
                        Collectors.toMap(
                                row -> row.getId(),
                                row -> new Kept<>(UserStore.user(row), row.getHidden())));
    }

    /** Which of these groups have rows. */
    public Map<String, Kept<Group>> groups(Tx tx, Collection<String> ids) {
        return tx.sql().selectFrom(USER_GROUP).where(USER_GROUP.ID.in(ids)).fetch().stream()
                .collect(
                        Collectors.toMap(
                                row -> row.getId(),
                                row -> new Kept<>(GroupStore.group(row), row.getHidden())));
    }

    /** The directory's groups of a domain that have rows and are not hidden. */
    public Set<String> visibleGroups(Tx tx, DomainId domain) {
        return tx.sql()
                .select(DIRECTORY_GROUP.GROUP_ID)
                .from(DIRECTORY_GROUP)
                .join(USER_GROUP)
                .on(USER_GROUP.ID.eq(DIRECTORY_GROUP.GROUP_ID))
                .where(DIRECTORY_GROUP.DOMAIN_ID.eq(domain.value()), GroupStore.VISIBLE)
                .fetchSet(DIRECTORY_GROUP.GROUP_ID);
    }

    /** The directory's users of a domain who are there: id to the directory's own. */
    public Map<String, String> knownUsers(Tx tx, DomainId domain) {
        return tx.sql()
                .select(DIRECTORY_USER.USER_ID, DIRECTORY_USER.LOCAL_ID)
                .from(DIRECTORY_USER)
                .join(USER_ACCOUNT)
                .on(USER_ACCOUNT.ID.eq(DIRECTORY_USER.USER_ID))
                .where(DIRECTORY_USER.DOMAIN_ID.eq(domain.value()), UserStore.VISIBLE)
                .fetchMap(DIRECTORY_USER.USER_ID, DIRECTORY_USER.LOCAL_ID);
    }

    /** The directory's groups of a domain that are there and hold any role, likewise. */
    public Map<String, String> groupsWithRoles(Tx tx, DomainId domain) {
        return tx.sql()
                .select(DIRECTORY_GROUP.GROUP_ID, DIRECTORY_GROUP.LOCAL_ID)
                .from(DIRECTORY_GROUP)
                .join(USER_GROUP)
                .on(USER_GROUP.ID.eq(DIRECTORY_GROUP.GROUP_ID))
                .where(
                        DIRECTORY_GROUP.DOMAIN_ID.eq(domain.value()),
                        GroupStore.VISIBLE,
                        DSL.exists(
                                DSL.selectOne()
                                        .from(ASSIGNMENT)
                                        .where(ASSIGNMENT.GROUP_ID.eq(DIRECTORY_GROUP.GROUP_ID))))
                .fetchMap(DIRECTORY_GROUP.GROUP_ID, DIRECTORY_GROUP.LOCAL_ID);
    }

    /** Whether anybody else of the domain, who is not hidden, has the name. */
    public boolean isUserNameTaken(Tx tx, DomainId domain, String name, UserId but) {
        return tx.sql()
                .fetchExists(
                        USER_ACCOUNT,
                        USER_ACCOUNT.DOMAIN_ID.eq(domain.value()),
                        USER_ACCOUNT.NAME.eq(name),
                        USER_ACCOUNT.ID.ne(but.value()),
                        UserStore.VISIBLE);
    }

    public boolean isGroupNameTaken(Tx tx, DomainId domain, String name, String but) {
        return tx.sql()
                .fetchExists(
                        USER_GROUP,
                        USER_GROUP.DOMAIN_ID.eq(domain.value()),
                        USER_GROUP.NAME.eq(name),
                        USER_GROUP.ID.ne(but),
                        GroupStore.VISIBLE);
    }

    /** Those who write a domain's accounts do so one after the other. */
    public void lock(Tx tx, DomainId domain) {
        Rows.lock(tx, "directory " + domain.value());
    }

    public void put(Tx tx, User user, String localId) {
        var row = UserStore.fill(tx.sql().newRecord(USER_ACCOUNT), user);
        row.setId(user.id().value());
        row.setHidden(false);
        tx.sql()
                .insertInto(USER_ACCOUNT)
                .set(row)
                .onConflict(USER_ACCOUNT.ID)
                .doUpdate()
                .set(row)
                .execute();
        tx.sql()
                .insertInto(DIRECTORY_USER)
                .set(DIRECTORY_USER.USER_ID, user.id().value())
                .set(DIRECTORY_USER.DOMAIN_ID, user.domain().value())
                .set(DIRECTORY_USER.LOCAL_ID, localId)
                .onConflictDoNothing()
                .execute();
    }

    public void put(Tx tx, Group group, String localId) {
        var row = GroupStore.fill(tx.sql().newRecord(USER_GROUP), group);
        row.setId(group.id());
        row.setHidden(false);
        tx.sql()
                .insertInto(USER_GROUP)
                .set(row)
                .onConflict(USER_GROUP.ID)
                .doUpdate()
                .set(row)
                .execute();
        tx.sql()
                .insertInto(DIRECTORY_GROUP)
                .set(DIRECTORY_GROUP.GROUP_ID, group.id())
                .set(DIRECTORY_GROUP.DOMAIN_ID, group.domain().value())
                .set(DIRECTORY_GROUP.LOCAL_ID, localId)
                .onConflictDoNothing()
                .execute();
    }

    /** They are there no more; their tokens are over even if they come back. How many were. */
    public int hideUsers(Tx tx, Collection<String> ids, Instant now) {
        return hideUsers(tx, USER_ACCOUNT.ID.in(ids), now);
    }

    private static int hideUsers(Tx tx, Condition which, Instant now) {
        return tx.sql()
                .update(USER_ACCOUNT)
                .set(USER_ACCOUNT.HIDDEN, true)
                .set(USER_ACCOUNT.TOKENS_VALID_AFTER, now)
                .where(which, UserStore.VISIBLE)
                .execute();
    }

    /** They are there no more, and nobody is in them. How many were. */
    public int hideGroups(Tx tx, Collection<String> ids) {
        return hideGroups(tx, USER_GROUP.ID.in(ids));
    }

    private static int hideGroups(Tx tx, Condition which) {
        List<String> hidden =
                tx.sql()
                        .update(USER_GROUP)
                        .set(USER_GROUP.HIDDEN, true)
                        .where(which, GroupStore.VISIBLE)
                        .returning(USER_GROUP.ID)
                        .fetch(USER_GROUP.ID);
        tx.sql()
                .update(GROUP_MEMBER)
                .set(GROUP_MEMBER.EXPIRES_AT, OVER)
                .where(GROUP_MEMBER.GROUP_ID.in(hidden), GROUP_MEMBER.PROVIDER_ID.isNull())
                .execute();
        return hidden.size();
    }

    /** Which of the directory's groups the user is in. */
    public Set<String> groupsOf(Tx tx, UserId user) {
        return tx.sql()
                .select(GROUP_MEMBER.GROUP_ID)
                .from(GROUP_MEMBER)
                .join(DIRECTORY_GROUP)
                .on(DIRECTORY_GROUP.GROUP_ID.eq(GROUP_MEMBER.GROUP_ID))
                .where(GROUP_MEMBER.USER_ID.eq(user.value()), GroupStore.CURRENT)
                .fetchSet(GROUP_MEMBER.GROUP_ID);
    }

    public Set<String> membersOf(Tx tx, String group) {
        return tx.sql()
                .select(GROUP_MEMBER.USER_ID)
                .from(GROUP_MEMBER)
                .where(GROUP_MEMBER.GROUP_ID.eq(group), GroupStore.CURRENT)
                .fetchSet(GROUP_MEMBER.USER_ID);
    }

    public void join(Tx tx, String group, String user) {
        tx.sql()
                .insertInto(GROUP_MEMBER, GROUP_MEMBER.GROUP_ID, GROUP_MEMBER.USER_ID)
                .values(group, user)
                .onConflict(GROUP_MEMBER.GROUP_ID, GROUP_MEMBER.USER_ID)
                .doUpdate()
                .setNull(GROUP_MEMBER.EXPIRES_AT)
                .execute();
    }

    public void leave(Tx tx, String group, String user) {
        tx.sql()
                .deleteFrom(GROUP_MEMBER)
                .where(GROUP_MEMBER.GROUP_ID.eq(group), GROUP_MEMBER.USER_ID.eq(user))
                .execute();
    }

    /**
     * Makes those accounts of a domain visible that are kept where the domain's are: in the
     * directory, as they are seen there, or in the database. Those of identity providers stay.
     */
    public void reveal(Tx tx, DomainId domain, boolean directory, Instant now) {
        Condition user =
                USER_ACCOUNT
                        .DOMAIN_ID
                        .eq(domain.value())
                        .and(
                                DSL.notExists(
                                        DSL.selectOne()
                                                .from(FEDERATED_USER)
                                                .where(
                                                        FEDERATED_USER.USER_ID.eq(
                                                                USER_ACCOUNT.ID))));
        Condition ofDirectory =
                DSL.exists(
                        DSL.selectOne()
                                .from(DIRECTORY_USER)
                                .where(DIRECTORY_USER.USER_ID.eq(USER_ACCOUNT.ID)));
        Condition group = USER_GROUP.DOMAIN_ID.eq(domain.value());
        Condition groupOfDirectory =
                DSL.exists(
                        DSL.selectOne()
                                .from(DIRECTORY_GROUP)
                                .where(DIRECTORY_GROUP.GROUP_ID.eq(USER_GROUP.ID)));
        lock(tx, domain);
        hideUsers(tx, user.and(directory ? ofDirectory.not() : ofDirectory), now);
        hideGroups(tx, group.and(directory ? groupOfDirectory.not() : groupOfDirectory));
        if (directory) {
            return;
        }
        tx.sql()
                .update(USER_ACCOUNT)
                .set(USER_ACCOUNT.HIDDEN, false)
                .where(user, ofDirectory.not(), UserStore.VISIBLE.not())
                .execute();
        List<String> shown =
                tx.sql()
                        .update(USER_GROUP)
                        .set(USER_GROUP.HIDDEN, false)
                        .where(group, groupOfDirectory.not(), GroupStore.VISIBLE.not())
                        .returning(USER_GROUP.ID)
                        .fetch(USER_GROUP.ID);
        tx.sql()
                .update(GROUP_MEMBER)
                .setNull(GROUP_MEMBER.EXPIRES_AT)
                .where(GROUP_MEMBER.GROUP_ID.in(shown), GROUP_MEMBER.PROVIDER_ID.isNull())
                .execute();
    }
}
