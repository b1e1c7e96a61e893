package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.ASSIGNMENT;
import static cloud.welkin.identity.schema.Tables.EFFECTIVE_ASSIGNMENT;
import static cloud.welkin.identity.schema.Tables.GROUP_MEMBER;
import static cloud.welkin.identity.schema.Tables.IMPLIED_ROLE;
import static cloud.welkin.identity.schema.Tables.PROJECT;
import static cloud.welkin.identity.schema.Tables.ROLE;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Actor;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.schema.tables.records.AssignmentRecord;
import cloud.welkin.identity.schema.tables.records.RoleRecord;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** Roles, what they imply and who holds them, in the database. */
public final class RoleStore {
    /**
     * One role held on one target.
     *
     * @param inherited held not on the target itself but on every project below it
     */
    public record Assignment(Actor actor, AssignmentTarget target, String role, boolean inherited) {
        public static Assignment of(UserId user, AssignmentTarget target, String role) {
            return new Assignment(new Actor.User(user), target, role, false);
        }
    }

    /**
     * What a list of assignments may be narrowed by; empty fields do not narrow.
     *
     * @param targets on any of these
     */
    public record AssignmentFilter(
            Optional<Actor> actor,
            Optional<List<AssignmentTarget>> targets,
            Optional<String> role,
            Optional<Boolean> inherited) {}

    /**
     * A role that a user holds in the end.
     *
     * @param group the group through which
     * @param from the thing on which the inherited role is held
     * @param prior the role by which it is implied
     */
    public record EffectiveAssignment(
            UserId user,
            AssignmentTarget target,
            String role,
            Optional<String> group,
            Optional<AssignmentTarget> from,
            Optional<String> prior) {}

    public Optional<Role> find(Tx tx, String id) {
        return tx.sql().selectFrom(ROLE).where(ROLE.ID.eq(id)).fetchOptional(RoleStore::role);
    }

    public List<Role> list(Tx tx, Optional<String> name, Optional<DomainId> domain) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(
                domain.map(id -> ROLE.DOMAIN_ID.eq(id.value())).orElse(ROLE.DOMAIN_ID.isNull()));
        name.ifPresent(text -> conditions.add(ROLE.NAME.eq(text)));
        return tx.sql().selectFrom(ROLE).where(conditions).orderBy(ROLE.ID).fetch(RoleStore::role);
    }

    public void insert(Tx tx, Role role) {
        RoleRecord row = tx.sql().newRecord(ROLE);
        row.setId(role.id());
        row.setDomainId(role.domain().map(DomainId::value).orElse(null));
        row.setName(role.name());
        row.setDescription(role.description().orElse(null));
        row.setOptions(Rows.json(role.options()));
        row.insert();
    }

    public void update(Tx tx, Role role) {
        tx.sql()
                .update(ROLE)
                .set(ROLE.NAME, role.name())
                .set(ROLE.DESCRIPTION, role.description().orElse(null))
                .set(ROLE.OPTIONS, Rows.json(role.options()))
                .where(ROLE.ID.eq(role.id()))
                .execute();
    }

    public void delete(Tx tx, String id) {
        tx.sql().deleteFrom(ROLE).where(ROLE.ID.eq(id)).execute();
    }

    public void imply(Tx tx, String prior, String implied) {
        tx.sql()
                .insertInto(IMPLIED_ROLE, IMPLIED_ROLE.PRIOR_ID, IMPLIED_ROLE.IMPLIED_ID)
                .values(prior, implied)
                .onConflictDoNothing()
                .execute();
    }

    /** Takes the implication away; false when there was none. */
    public boolean unimply(Tx tx, String prior, String implied) {
        return tx.sql()
                        .deleteFrom(IMPLIED_ROLE)
                        .where(IMPLIED_ROLE.PRIOR_ID.eq(prior), IMPLIED_ROLE.IMPLIED_ID.eq(implied))
                        .execute()
                > 0;
    }

    /** What the roles imply at once, in order: prior role to implied ones. */
    public Map<String, List<String>> inferences(Tx tx, Optional<String> prior) {
        return tx.sql()
                .selectFrom(IMPLIED_ROLE)
                .where(prior.map(IMPLIED_ROLE.PRIOR_ID::eq).orElse(DSL.noCondition()))
                .orderBy(IMPLIED_ROLE.PRIOR_ID, IMPLIED_ROLE.IMPLIED_ID)
                .fetchGroups(IMPLIED_ROLE.PRIOR_ID, IMPLIED_ROLE.IMPLIED_ID);
    }

    /**
     * The roles that the user holds on the target, itself or through a group, there or inherited
     * from above, with all that they imply. Roles of a domain count by what they imply only.
     */
    public List<Role> effective(Tx tx, UserId user, AssignmentTarget target) {
        return effective(tx, user, target, false);
    }

    /** The same, the roles of domains among them. */
    public List<Role> effectiveOfAnyDomain(Tx tx, UserId user, AssignmentTarget target) {
        return effective(tx, user, target, true);
    }

    private List<Role> effective(Tx tx, UserId user, AssignmentTarget target, boolean ofAnyDomain) {
        Condition holder =
                ASSIGNMENT
                        .USER_ID
                        .eq(user.value())
                        .or(
                                ASSIGNMENT.GROUP_ID.in(
                                        DSL.select(GROUP_MEMBER.GROUP_ID)
                                                .from(GROUP_MEMBER)
                                                .where(
                                                        GROUP_MEMBER.USER_ID.eq(user.value()),
                                                        GroupStore.CURRENT)));
        var heldId = DSL.field(DSL.name("held", "id"), String.class);
        var heldTable = DSL.table(DSL.name("held"));
        var aboveId = DSL.field(DSL.name("above", "id"), String.class);
        var aboveTable = DSL.table(DSL.name("above"));
        return tx.sql()
                .withRecursive(
                        DSL.name("above")
                                .fields("id")
                                .as(
                                        DSL.select(PROJECT.PARENT_ID)
                                                .from(PROJECT)
                                                .where(PROJECT.ID.eq(target.id()))
                                                .union(
                                                        DSL.select(PROJECT.PARENT_ID)
                                                                .from(PROJECT)
                                                                .join(aboveTable)
                                                                .on(PROJECT.ID.eq(aboveId)))),
                        DSL.name("held")
                                .fields("id")
                                .as(
                                        DSL.select(ASSIGNMENT.ROLE_ID)
                                                .from(ASSIGNMENT)
                                                .where(
                                                        holder,
                                                        on(target)
                                                                .and(ASSIGNMENT.INHERITED.isFalse())
                                                                .or(
                                                                        ASSIGNMENT
                                                                                .INHERITED
                                                                                .isTrue()
                                                                                .and(
                                                                                        ASSIGNMENT
                                                                                                .TARGET_ID
                                                                                                .in(
                                                                                                        DSL.select(
                                                                                                                        aboveId)
                                                                                                                .from(
                                                                                                                        aboveTable)))))
                                                .union(
                                                        DSL.select(IMPLIED_ROLE.IMPLIED_ID)
                                                                .from(IMPLIED_ROLE)
                                                                .join(heldTable)
                                                                .on(
                                                                        IMPLIED_ROLE.PRIOR_ID.eq(
                                                                                heldId)))))
                .selectFrom(ROLE)
                .where(ROLE.ID.in(DSL.select(heldId).from(heldTable)))
                .and(ofAnyDomain ? DSL.noCondition() : ROLE.DOMAIN_ID.isNull())
                .orderBy(ROLE.NAME)
                .fetch(RoleStore::role);
    }

    /** These roles and all that they imply. */
    public Set<String> withImplied(Tx tx, Collection<String> ids) {
        var heldId = DSL.field(DSL.name("held", "id"), String.class);
        var heldTable = DSL.table(DSL.name("held"));
        return tx.sql()
                .withRecursive(
                        DSL.name("held")
                                .fields("id")
                                .as(
                                        DSL.select(ROLE.ID)
                                                .from(ROLE)
                                                .where(ROLE.ID.in(ids))
                                                .union(
                                                        DSL.select(IMPLIED_ROLE.IMPLIED_ID)
                                                                .from(IMPLIED_ROLE)
                                                                .join(heldTable)
                                                                .on(
                                                                        IMPLIED_ROLE.PRIOR_ID.eq(
                                                                                heldId)))))
                .select(heldId)
                .from(heldTable)
                .fetchSet(heldId);
    }

    public void assign(Tx tx, Assignment assignment) {
        AssignmentRecord row = tx.sql().newRecord(ASSIGNMENT);
        switch (assignment.actor()) {
            case Actor.User user -> row.setUserId(user.id().value());
            case Actor.Group group -> row.setGroupId(group.id());
        }
        row.setTargetKind(kind(assignment.target()));
        row.setTargetId(assignment.target().id());
        row.setRoleId(assignment.role());
        row.setInherited(assignment.inherited());
        tx.sql().insertInto(ASSIGNMENT).set(row).onConflictDoNothing().execute();
    }

    /** Takes the role away; false when the user did not hold it. */
    public boolean unassign(Tx tx, Assignment assignment) {
        return tx.sql()
                        .deleteFrom(ASSIGNMENT)
                        .where(
                                of(assignment.actor()),
                                on(assignment.target()),
                                ASSIGNMENT.ROLE_ID.eq(assignment.role()),
                                ASSIGNMENT.INHERITED.eq(assignment.inherited()))
                        .execute()
                > 0;
    }

    public void unassignAll(Tx tx, AssignmentTarget target) {
        tx.sql().deleteFrom(ASSIGNMENT).where(on(target)).execute();
    }

    /** Takes away every role that is held on the domain or on a project of it. */
    public void unassignIn(Tx tx, DomainId domain) {
        tx.sql()
                .deleteFrom(ASSIGNMENT)
                .where(
                        ASSIGNMENT.TARGET_KIND.in("project", "domain"),
                        ASSIGNMENT.TARGET_ID.in(
                                DSL.select(PROJECT.ID)
                                        .from(PROJECT)
                                        .where(PROJECT.DOMAIN_ID.eq(domain.value()))))
                .execute();
    }

    public List<Assignment> assignments(Tx tx, AssignmentFilter filter) {
        List<Condition> conditions = new ArrayList<>();
        filter.actor().ifPresent(actor -> conditions.add(of(actor)));
        filter.targets()
                .ifPresent(
                        targets ->
                                conditions.add(
                                        DSL.or(targets.stream().map(RoleStore::on).toList())));
        filter.role().ifPresent(role -> conditions.add(ASSIGNMENT.ROLE_ID.eq(role)));
        filter.inherited().ifPresent(yes -> conditions.add(ASSIGNMENT.INHERITED.eq(yes)));
        return tx.sql()
                .selectFrom(ASSIGNMENT)
                .where(conditions)
                .orderBy(
                        ASSIGNMENT.USER_ID,
                        ASSIGNMENT.GROUP_ID,
                        ASSIGNMENT.TARGET_KIND,
                        ASSIGNMENT.TARGET_ID,
                        ASSIGNMENT.ROLE_ID)
                .fetch(RoleStore::assignment);
    }

    /** What users hold in the end, through groups, inheritance and implication. */
    public List<EffectiveAssignment> effective(Tx tx, AssignmentFilter filter) {
        List<Condition> conditions = new ArrayList<>();
        filter.actor()
                .ifPresent(
                        actor ->
                                conditions.add(
                                        switch (actor) {
                                            case Actor.User user ->
                                                    EFFECTIVE_ASSIGNMENT.USER_ID.eq(
                                                            user.id().value());
                                            case Actor.Group group ->
                                                    EFFECTIVE_ASSIGNMENT.GROUP_ID.eq(group.id());
                                        }));
        filter.targets()
                .ifPresent(
                        targets ->
                                conditions.add(
                                        DSL.or(
                                                targets.stream()
                                                        .map(
                                                                target ->
                                                                        EFFECTIVE_ASSIGNMENT
                                                                                .TARGET_KIND
                                                                                .eq(kind(target))
                                                                                .and(
                                                                                        EFFECTIVE_ASSIGNMENT
                                                                                                .TARGET_ID
                                                                                                .eq(
                                                                                                        target
                                                                                                                .id())))
                                                        .toList())));
        filter.role().ifPresent(role -> conditions.add(EFFECTIVE_ASSIGNMENT.ROLE_ID.eq(role)));
        filter.inherited()
                .ifPresent(
                        yes ->
                                conditions.add(
                                        yes
                                                ? EFFECTIVE_ASSIGNMENT.FROM_ID.isNotNull()
                                                : EFFECTIVE_ASSIGNMENT.FROM_ID.isNull()));
        return tx.sql()
                .selectDistinct()
                .from(EFFECTIVE_ASSIGNMENT)
                .where(conditions)
                .orderBy(
                        EFFECTIVE_ASSIGNMENT.USER_ID,
                        EFFECTIVE_ASSIGNMENT.TARGET_KIND,
                        EFFECTIVE_ASSIGNMENT.TARGET_ID,
                        EFFECTIVE_ASSIGNMENT.ROLE_ID)
                .fetchInto(EFFECTIVE_ASSIGNMENT)
                .map(
                        row ->
                                new EffectiveAssignment(
                                        new UserId(row.getUserId()),
                                        target(row.getTargetKind(), row.getTargetId()),
                                        row.getRoleId(),
                                        Optional.ofNullable(row.getGroupId()),
                                        row.getFromId() == null
                                                ? Optional.empty()
                                                : Optional.of(
                                                        target(row.getFromKind(), row.getFromId())),
                                        Optional.ofNullable(row.getPriorId())));
    }

    /** The projects or domains on which the user holds any role. */
    public List<String> reachable(Tx tx, UserId user, AssignmentTarget.Kind kind) {
        return tx.sql()
                .selectDistinct(EFFECTIVE_ASSIGNMENT.TARGET_ID)
                .from(EFFECTIVE_ASSIGNMENT)
                .where(
                        EFFECTIVE_ASSIGNMENT.USER_ID.eq(user.value()),
                        EFFECTIVE_ASSIGNMENT.TARGET_KIND.eq(name(kind)))
                .fetch(EFFECTIVE_ASSIGNMENT.TARGET_ID);
    }

    private static Assignment assignment(AssignmentRecord row) {
        String user = row.getUserId();
        return new Assignment(
                user == null ? new Actor.Group(row.getGroupId()) : new Actor.User(new UserId(user)),
                target(row.getTargetKind(), row.getTargetId()),
                row.getRoleId(),
                row.getInherited());
    }

    private static AssignmentTarget target(String kind, String id) {
        return new AssignmentTarget(
                AssignmentTarget.Kind.valueOf(kind.toUpperCase(Locale.ROOT)), id);
    }

    private static Condition of(Actor actor) {
        return switch (actor) {
            case Actor.User user -> ASSIGNMENT.USER_ID.eq(user.id().value());
            case Actor.Group group -> ASSIGNMENT.GROUP_ID.eq(group.id());
        };
    }

    private static Condition on(AssignmentTarget target) {
        return ASSIGNMENT.TARGET_KIND.eq(kind(target)).and(ASSIGNMENT.TARGET_ID.eq(target.id()));
    }

    private static String kind(AssignmentTarget target) {
        return name(target.kind());
    }

    private static String name(AssignmentTarget.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    static Role role(RoleRecord row) {
        return new Role(
                row.getId(),
                row.getName(),
                Optional.ofNullable(row.getDomainId()).map(DomainId::new),
                Optional.ofNullable(row.getDescription()),
                Rows.extra(row.getOptions()));
    }
}
