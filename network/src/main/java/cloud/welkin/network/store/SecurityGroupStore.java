package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.PORT_SECURITY_GROUP;
import static cloud.welkin.network.schema.Tables.SECURITY_GROUP;
import static cloud.welkin.network.schema.Tables.SECURITY_GROUP_RULE;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SecurityGroupRow.Rule;
import cloud.welkin.network.schema.tables.records.SecurityGroupRecord;
import cloud.welkin.network.schema.tables.records.SecurityGroupRuleRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;

/** Security groups and their rules in the database. */
public final class SecurityGroupStore {
    private static final Field<Result<SecurityGroupRuleRecord>> RULES =
            DSL.multiset(
                            DSL.selectFrom(SECURITY_GROUP_RULE)
                                    .where(
                                            SECURITY_GROUP_RULE.SECURITY_GROUP_ID.eq(
                                                    SECURITY_GROUP.ID))
                                    .orderBy(
                                            SECURITY_GROUP_RULE.CREATED_AT, SECURITY_GROUP_RULE.ID))
                    .as("rules");

    public static final Listing<SecurityGroupRow> LISTING =
            new Listing<>(
                            SECURITY_GROUP,
                            SECURITY_GROUP.ID,
                            List.of(SECURITY_GROUP, RULES),
                            SecurityGroupStore::group)
                    .text("name", SECURITY_GROUP.NAME)
                    .text("description", SECURITY_GROUP.DESCRIPTION)
                    .project(SECURITY_GROUP.PROJECT_ID)
                    .bool("stateful", SECURITY_GROUP.STATEFUL)
                    .by(
                            "shared",
                            values ->
                                    values.stream().anyMatch(v -> !Listing.truth("shared", v))
                                            ? DSL.noCondition()
                                            : DSL.falseCondition())
                    .big("revision_number", SECURITY_GROUP.REVISION)
                    .tags(SECURITY_GROUP.TAGS);

    public static final Listing<Rule> RULE_LISTING =
            new Listing<>(
                            SECURITY_GROUP_RULE,
                            SECURITY_GROUP_RULE.ID,
                            List.of(SECURITY_GROUP_RULE),
                            SecurityGroupStore::rule)
                    .project(SECURITY_GROUP_RULE.PROJECT_ID)
                    .uuid("security_group_id", SECURITY_GROUP_RULE.SECURITY_GROUP_ID)
                    .text("direction", SECURITY_GROUP_RULE.DIRECTION)
                    .text("ethertype", SECURITY_GROUP_RULE.ETHERTYPE)
                    .text("protocol", SECURITY_GROUP_RULE.PROTOCOL)
                    .number("port_range_min", SECURITY_GROUP_RULE.PORT_RANGE_MIN)
                    .number("port_range_max", SECURITY_GROUP_RULE.PORT_RANGE_MAX)
                    .uuid("remote_group_id", SECURITY_GROUP_RULE.REMOTE_GROUP_ID)
                    .text("remote_ip_prefix", SECURITY_GROUP_RULE.REMOTE_IP_PREFIX)
                    .text("description", SECURITY_GROUP_RULE.DESCRIPTION)
                    .big("revision_number", SECURITY_GROUP_RULE.REVISION);

    public static Condition visible(Visibility visibility) {
        return visibility.of(SECURITY_GROUP.PROJECT_ID);
    }

    /** What the caller may see: its own rules, and those of its own groups. */
    public static Condition visibleRules(Visibility visibility) {
        return switch (visibility) {
            case Visibility.Everything all -> DSL.noCondition();
            case Visibility.Own own ->
                    visibility
                            .of(SECURITY_GROUP_RULE.PROJECT_ID)
                            .or(
                                    DSL.exists(
                                            DSL.selectOne()
                                                    .from(SECURITY_GROUP)
                                                    .where(
                                                            SECURITY_GROUP.ID.eq(
                                                                    SECURITY_GROUP_RULE
                                                                            .SECURITY_GROUP_ID),
                                                            visible(visibility))));
        };
    }

    /** The id of the project's default group, when it has been made. */
    public Optional<UUID> findDefault(Tx tx, ProjectId project) {
        return tx.sql()
                .select(SECURITY_GROUP.ID)
                .from(SECURITY_GROUP)
                .where(
                        SECURITY_GROUP.PROJECT_ID.eq(project.value()),
                        SECURITY_GROUP.IS_DEFAULT.eq(true))
                .fetchOptional(row -> Rows.get(row, SECURITY_GROUP.ID));
    }

    public Optional<UUID> named(Tx tx, ProjectId project, String name) {
        return tx.sql()
                .select(SECURITY_GROUP.ID)
                .from(SECURITY_GROUP)
                .where(SECURITY_GROUP.PROJECT_ID.eq(project.value()), SECURITY_GROUP.NAME.eq(name))
                .orderBy(SECURITY_GROUP.CREATED_AT, SECURITY_GROUP.ID)
                .limit(1)
                .fetchOptional(row -> Rows.get(row, SECURITY_GROUP.ID));
    }

    /** All groups of the project, oldest first. */
    public List<SecurityGroupRow> ofProject(Tx tx, ProjectId project) {
        return LISTING.where(tx, SECURITY_GROUP.PROJECT_ID.eq(project.value())).stream()
                .sorted(Comparator.comparing(group -> group.stamp().createdAt()))
                .toList();
    }

    /** Which of these groups exist and belong to the project (or to anyone, when none is named). */
    public List<UUID> existing(Tx tx, Collection<UUID> groups, Optional<ProjectId> project) {
        return tx.sql()
                .select(SECURITY_GROUP.ID)
                .from(SECURITY_GROUP)
                .where(
                        SECURITY_GROUP.ID.in(groups),
                        project.map(id -> SECURITY_GROUP.PROJECT_ID.eq(id.value()))
                                .orElse(DSL.noCondition()))
                .fetch(row -> Rows.get(row, SECURITY_GROUP.ID));
    }

    /** Inserts the group and its rules; false when it is a second default group of its project. */
    public boolean insert(Tx tx, SecurityGroupRow group) {
        SecurityGroupRecord row = new SecurityGroupRecord();
        row.setId(group.id());
        row.setProjectId(group.project().value());
        row.setIsDefault(group.isDefault());
        row.setCreatedAt(group.stamp().createdAt());
        int inserted =
                tx.sql()
                        .insertInto(SECURITY_GROUP)
                        .set(fill(row, group))
                        .onConflictDoNothing()
                        .execute();
        if (inserted == 1) {
            insertRules(tx, group.rules());
        }
        return inserted == 1;
    }

    public SecurityGroupRow update(Tx tx, SecurityGroupRow group, Instant now) {
        tx.sql()
                .update(SECURITY_GROUP)
                .set(fill(new SecurityGroupRecord(), group))
                .set(SECURITY_GROUP.REVISION, SECURITY_GROUP.REVISION.plus(1))
                .set(SECURITY_GROUP.UPDATED_AT, now)
                .where(SECURITY_GROUP.ID.eq(group.id()))
                .execute();
        return LISTING.find(tx, group.id()).orElseThrow(() -> Refusals.noSecurityGroup(group.id()));
    }

    public boolean inUse(Tx tx, UUID group) {
        return tx.sql()
                .fetchExists(PORT_SECURITY_GROUP, PORT_SECURITY_GROUP.SECURITY_GROUP_ID.eq(group));
    }

    /** Rules of other groups that name it go with it: {@link #goingWith} tells which. */
    public void delete(Tx tx, UUID group) {
        try {
            tx.sql().deleteFrom(SECURITY_GROUP).where(SECURITY_GROUP.ID.eq(group)).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw inUse(group);
        }
    }

    public static cloud.welkin.kernel.failure.Failure inUse(UUID group) {
        return Refusals.conflict("SecurityGroupInUse", "Security Group %s in use.", group);
    }

    /**
     * The projects of the rules that would go with a group: its own, and those of others that name
     * it.
     */
    public List<Rule> goingWith(Tx tx, UUID group) {
        return RULE_LISTING.where(
                tx,
                SECURITY_GROUP_RULE
                        .SECURITY_GROUP_ID
                        .eq(group)
                        .or(SECURITY_GROUP_RULE.REMOTE_GROUP_ID.eq(group)));
    }

    public void insertRules(Tx tx, List<Rule> rules) {
        if (rules.isEmpty()) {
            return;
        }
        try {
            tx.sql()
                    .insertInto(SECURITY_GROUP_RULE)
                    .set(rules.stream().map(SecurityGroupStore::record).toList())
                    .execute();
        } catch (IntegrityConstraintViolationException e) {
            throw switch (Constraints.violated(e).orElse("")) {
                case "security_group_rule_once" ->
                        Refusals.conflict(
                                "SecurityGroupRuleExists",
                                "Security group rule already exists. Rule id is %s.",
                                "that of an equal rule of group " + rules.getFirst().group());
                case "security_group_rule_security_group_id_fkey" ->
                        Refusals.noSecurityGroup(rules.getFirst().group());
                case "security_group_rule_remote_group_id_fkey" ->
                        Refusals.noSecurityGroup(
                                rules.getFirst().remoteGroup().map(UUID::toString).orElse("-"));
                default -> e;
            };
        }
    }

    public void deleteRule(Tx tx, UUID rule) {
        tx.sql().deleteFrom(SECURITY_GROUP_RULE).where(SECURITY_GROUP_RULE.ID.eq(rule)).execute();
    }

    private static SecurityGroupRecord fill(SecurityGroupRecord row, SecurityGroupRow group) {
        row.setName(group.name());
        row.setDescription(group.description());
        row.setStateful(group.stateful());
        row.setTags(Rows.texts(group.tags()));
        row.setUpdatedAt(group.stamp().updatedAt());
        return row;
    }

    private static SecurityGroupRuleRecord record(Rule rule) {
        SecurityGroupRuleRecord row = new SecurityGroupRuleRecord();
        row.setId(rule.id());
        row.setProjectId(rule.project().value());
        row.setSecurityGroupId(rule.group());
        row.setDirection(rule.direction());
        row.setEthertype(rule.ethertype());
        row.setProtocol(Rows.orNull(rule.protocol()));
        row.setPortRangeMin(Rows.orNull(rule.portMin()));
        row.setPortRangeMax(Rows.orNull(rule.portMax()));
        row.setRemoteGroupId(Rows.orNull(rule.remoteGroup()));
        row.setRemoteIpPrefix(Rows.orNull(rule.remotePrefix()));
        row.setDescription(rule.description());
        row.setRevision(rule.stamp().revision());
        row.setCreatedAt(rule.stamp().createdAt());
        row.setUpdatedAt(rule.stamp().updatedAt());
        return row;
    }

    static SecurityGroupRow group(Record row) {
        return new SecurityGroupRow(
                Rows.get(row, SECURITY_GROUP.ID),
                Rows.project(row, SECURITY_GROUP.PROJECT_ID),
                Rows.get(row, SECURITY_GROUP.NAME),
                Rows.get(row, SECURITY_GROUP.DESCRIPTION),
                Rows.get(row, SECURITY_GROUP.STATEFUL),
                Rows.get(row, SECURITY_GROUP.IS_DEFAULT),
                Rows.get(row, RULES).map(SecurityGroupStore::rule),
                Rows.list(row, SECURITY_GROUP.TAGS),
                Rows.stamp(
                        row,
                        SECURITY_GROUP.REVISION,
                        SECURITY_GROUP.CREATED_AT,
                        SECURITY_GROUP.UPDATED_AT));
    }

    static Rule rule(Record row) {
        return new Rule(
                Rows.get(row, SECURITY_GROUP_RULE.ID),
                Rows.project(row, SECURITY_GROUP_RULE.PROJECT_ID),
                Rows.get(row, SECURITY_GROUP_RULE.SECURITY_GROUP_ID),
                Rows.get(row, SECURITY_GROUP_RULE.DIRECTION),
                Rows.get(row, SECURITY_GROUP_RULE.ETHERTYPE),
                Rows.maybe(row, SECURITY_GROUP_RULE.PROTOCOL),
                Rows.maybe(row, SECURITY_GROUP_RULE.PORT_RANGE_MIN),
                Rows.maybe(row, SECURITY_GROUP_RULE.PORT_RANGE_MAX),
                Rows.maybe(row, SECURITY_GROUP_RULE.REMOTE_GROUP_ID),
                Rows.maybe(row, SECURITY_GROUP_RULE.REMOTE_IP_PREFIX),
                Rows.get(row, SECURITY_GROUP_RULE.DESCRIPTION),
                Rows.stamp(
                        row,
                        SECURITY_GROUP_RULE.REVISION,
                        SECURITY_GROUP_RULE.CREATED_AT,
                        SECURITY_GROUP_RULE.UPDATED_AT));
    }
}
