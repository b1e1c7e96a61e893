package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.ASSIGNMENT;
import static cloud.welkin.identity.schema.Tables.IMPLIED_ROLE;
import static cloud.welkin.identity.schema.Tables.PROJECT;
import static cloud.welkin.identity.schema.Tables.ROLE;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.schema.tables.records.RoleRecord;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** Roles, what they imply and who holds them, in the database. */
public final class RoleStore {
    /** One role held by one user on one target. */
    public record Assignment(UserId user, AssignmentTarget target, String role) {}

    /** What a list of assignments may be narrowed by; empty fields do not narrow. */
    public record AssignmentFilter(
            Optional<UserId> user, Optional<AssignmentTarget> target, Optional<String> role) {}

    public Optional<Role> find(Tx tx, String id) {
        return tx.sql().selectFrom(ROLE).where(ROLE.ID.eq(id)).fetchOptional(RoleStore::role);
    }

    public List<Role> list(Tx tx, Optional<String> name, Optional<DomainId> domain) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(
                domain.map(id -> ROLE.DOMAIN_ID.eq(id.value())).orElse(ROLE.DOMAIN_ID.isNull()));
        name.ifPresent(text -> conditions.add(ROLE.NAME.eq(text)));
        return tx.sql()
                .selectFrom(ROLE)
                .where(conditions)
                .orderBy(ROLE.ID)
                .limit(Rows.MOST)
                .fetch(RoleStore::role);
    }

    public void insert(Tx tx, Role role) {
        RoleRecord row = tx.sql().newRecord(ROLE);
        row.setId(role.id());
        row.setDomainId(role.domain().map(DomainId::value).orElse(null));
        row.setName(role.name());
        row.setDescription(role.description().orElse(null));
        row.insert();
    }

    public void update(Tx tx, Role role) {
        tx.sql()
                .update(ROLE)
                .set(ROLE.NAME, role.name())
                .set(ROLE.DESCRIPTION, role.description().orElse(null))
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

    /** The roles that the user holds on the target, with all that they imply. */
    public List<Role> effective(Tx tx, UserId user, AssignmentTarget target) {
        var held = DSL.name("held").fields("id");
        var heldId = DSL.field(DSL.name("held", "id"), String.class);
        var heldTable = DSL.table(DSL.name("held"));
        return tx.sql()
                .withRecursive(
                        held.as(
                                DSL.select(ASSIGNMENT.ROLE_ID)
                                        .from(ASSIGNMENT)
                                        .where(ASSIGNMENT.USER_ID.eq(user.value()), on(target))
                                        .union(
                                                DSL.select(IMPLIED_ROLE.IMPLIED_ID)
                                                        .from(IMPLIED_ROLE)
                                                        .join(heldTable)
                                                        .on(IMPLIED_ROLE.PRIOR_ID.eq(heldId)))))
                .selectFrom(ROLE)
                .where(ROLE.ID.in(DSL.select(heldId).from(heldTable)))
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
        tx.sql()
                .insertInto(ASSIGNMENT)
                .set(ASSIGNMENT.USER_ID, assignment.user().value())
                .set(ASSIGNMENT.TARGET_KIND, kind(assignment.target()))
                .set(ASSIGNMENT.TARGET_ID, assignment.target().id())
                .set(ASSIGNMENT.ROLE_ID, assignment.role())
                .onConflictDoNothing()
                .execute();
    }

    /** Takes the role away; false when the user did not hold it. */
    public boolean unassign(Tx tx, Assignment assignment) {
        return tx.sql()
                        .deleteFrom(ASSIGNMENT)
                        .where(
                                ASSIGNMENT.USER_ID.eq(assignment.user().value()),
                                on(assignment.target()),
                                ASSIGNMENT.ROLE_ID.eq(assignment.role()))
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
        filter.user().ifPresent(user -> conditions.add(ASSIGNMENT.USER_ID.eq(user.value())));
        filter.target().ifPresent(target -> conditions.add(on(target)));
        filter.role().ifPresent(role -> conditions.add(ASSIGNMENT.ROLE_ID.eq(role)));
        return tx.sql()
                .selectFrom(ASSIGNMENT)
                .where(conditions)
                .orderBy(
                        ASSIGNMENT.USER_ID,
                        ASSIGNMENT.TARGET_KIND,
                        ASSIGNMENT.TARGET_ID,
                        ASSIGNMENT.ROLE_ID)
                .fetch(
                        row ->
                                new Assignment(
                                        new UserId(row.getUserId()),
                                        new AssignmentTarget(
                                                AssignmentTarget.Kind.valueOf(
                                                        row.getTargetKind()
                                                                .toUpperCase(Locale.ROOT)),
                                                row.getTargetId()),
                                        row.getRoleId()));
    }

    private static Condition on(AssignmentTarget target) {
        return ASSIGNMENT.TARGET_KIND.eq(kind(target)).and(ASSIGNMENT.TARGET_ID.eq(target.id()));
    }

    private static String kind(AssignmentTarget target) {
        return target.kind().name().toLowerCase(Locale.ROOT);
    }

    private static Role role(RoleRecord row) {
        return new Role(
                row.getId(),
                row.getName(),
                Optional.ofNullable(row.getDomainId()).map(DomainId::new),
                Optional.ofNullable(row.getDescription()));
    }
}
