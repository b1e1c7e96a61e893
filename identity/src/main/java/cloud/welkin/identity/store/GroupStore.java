package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.GROUP_MEMBER;
import static cloud.welkin.identity.schema.Tables.USER_GROUP;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.schema.tables.records.UserGroupRecord;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Groups and who is in them. */
public final class GroupStore {
    private static final Map<String, Field<String>> TEXTS =
            Map.of("name", USER_GROUP.NAME, "domain_id", USER_GROUP.DOMAIN_ID);

    /** The others are there for {@link DirectoryStore} alone. */
    static final Condition VISIBLE = DSL.not(DSL.condition(USER_GROUP.HIDDEN));

    /**
     * What a list may be narrowed by; empty fields do not narrow.
     *
     * @param within beyond this domain nothing is shown
     */
    public record Filter(
            List<TextMatch> texts,
            Optional<DomainId> within,
            Optional<UserId> member,
            Paging paging) {

        /** The groups that the user is in. */
        public static Filter ofUser(UserId user) {
            return new Filter(List.of(), Optional.empty(), Optional.of(user), Paging.ALL);
        }
    }

    /** Memberships that a provider vouches for end; the others do not. */
    static final Condition CURRENT =
            GROUP_MEMBER
                    .EXPIRES_AT
                    .isNull()
                    .or(
                            GROUP_MEMBER.EXPIRES_AT.gt(
                                    DSL.field("now()", GROUP_MEMBER.EXPIRES_AT.getDataType())));

    public Optional<Group> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(USER_GROUP)
                .where(USER_GROUP.ID.eq(id), VISIBLE)
                .fetchOptional(GroupStore::group);
    }

    public Page<Group> list(Tx tx, Filter filter) {
        List<Condition> conditions = new ArrayList<>(TextMatch.on(filter.texts(), TEXTS));
        conditions.add(VISIBLE);
        filter.within()
                .ifPresent(domain -> conditions.add(USER_GROUP.DOMAIN_ID.eq(domain.value())));
        filter.member()
                .ifPresent(
                        user ->
                                conditions.add(
                                        USER_GROUP.ID.in(
                                                DSL.select(GROUP_MEMBER.GROUP_ID)
                                                        .from(GROUP_MEMBER)
                                                        .where(
                                                                GROUP_MEMBER.USER_ID.eq(
                                                                        user.value()),
                                                                CURRENT))));
        return filter.paging()
                .of(tx, USER_GROUP, USER_GROUP.ID, USER_GROUP.NAME, conditions, GroupStore::group);
    }

    public void insert(Tx tx, Group group) {
        UserGroupRecord row = tx.sql().newRecord(USER_GROUP);
        row.setId(group.id());
        fill(row, group).insert();
    }

    public void update(Tx tx, Group group) {
        tx.sql()
                .update(USER_GROUP)
                .set(fill(tx.sql().newRecord(USER_GROUP), group))
                .where(USER_GROUP.ID.eq(group.id()))
                .execute();
    }

    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(USER_GROUP).where(USER_GROUP.ID.eq(id)).execute();
    }

    public void deleteIn(Tx tx, DomainId domain) {
        tx.sql().deleteFrom(USER_GROUP).where(USER_GROUP.DOMAIN_ID.eq(domain.value())).execute();
    }

    public void add(Tx tx, String group, UserId user) {
        tx.sql()
                .insertInto(GROUP_MEMBER, GROUP_MEMBER.GROUP_ID, GROUP_MEMBER.USER_ID)
                .values(group, user.value())
                .onConflictDoNothing()
                .execute();
    }

    /** Takes the user out; false when it was not in the group. */
    public boolean remove(Tx tx, String group, UserId user) {
        return tx.sql().deleteFrom(GROUP_MEMBER).where(membership(group, user)).execute() > 0;
    }

    public boolean has(Tx tx, String group, UserId user) {
        return tx.sql().fetchExists(GROUP_MEMBER, membership(group, user).and(CURRENT));
    }

    private static Condition membership(String group, UserId user) {
        return GROUP_MEMBER.GROUP_ID.eq(group).and(GROUP_MEMBER.USER_ID.eq(user.value()));
    }

    static UserGroupRecord fill(UserGroupRecord row, Group group) {
        row.setDomainId(group.domain().value());
        row.setName(group.name());
        row.setDescription(group.description());
        row.setExtra(Rows.json(group.extra()));
        return row;
    }

    static Group group(UserGroupRecord row) {
        return new Group(
                row.getId(),
                new DomainId(row.getDomainId()),
                row.getName(),
                row.getDescription(),
                Rows.extra(row.getExtra()));
    }
}
