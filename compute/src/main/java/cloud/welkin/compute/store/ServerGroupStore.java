package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.SERVER;
import static cloud.welkin.compute.schema.Tables.SERVER_GROUP;

import cloud.welkin.compute.domain.ServerGroup;
import cloud.welkin.compute.schema.tables.records.ServerGroupRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;

/** Server groups in the database; the members are the servers that name the group. */
public final class ServerGroupStore {
    public Optional<ServerGroup> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(SERVER_GROUP)
                .where(SERVER_GROUP.ID.eq(id))
                .fetchOptional(
                        row -> group(row, members(tx, List.of(id)).getOrDefault(id, List.of())));
    }

    /**
     * The group, locked until the transaction ends, so that two placements cannot miss each other.
     */
    public Optional<ServerGroup> lock(Tx tx, UUID id) {
        tx.sql()
                .select(SERVER_GROUP.ID)
                .from(SERVER_GROUP)
                .where(SERVER_GROUP.ID.eq(id))
                .forUpdate()
                .fetch();
        return find(tx, id);
    }

    public List<ServerGroup> list(Tx tx, Optional<ProjectId> project, int limit, int offset) {
        List<ServerGroupRecord> rows =
                tx.sql()
                        .selectFrom(SERVER_GROUP)
                        .where(
                                project.map(p -> SERVER_GROUP.PROJECT_ID.eq(p.value()))
                                        .orElse(DSL.noCondition()))
                        .orderBy(SERVER_GROUP.CREATED_AT, SERVER_GROUP.ID)
                        .limit(limit)
                        .offset(offset)
                        .fetch();
        Map<UUID, List<UUID>> members =
                members(tx, rows.stream().map(ServerGroupRecord::getId).toList());
        return rows.stream()
                .map(row -> group(row, members.getOrDefault(row.getId(), List.of())))
                .toList();
    }

    public void insert(Tx tx, ServerGroup group, Instant now) {
        ServerGroupRecord row = tx.sql().newRecord(SERVER_GROUP);
        row.setId(group.id());
        row.setProjectId(group.project().value());
        row.setUserId(group.user().value());
        row.setName(group.name());
        row.setPolicy(group.policy());
        row.setPerHost(group.perHost());
        row.setCreatedAt(now);
        row.insert();
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(SERVER_GROUP).where(SERVER_GROUP.ID.eq(id)).execute();
    }

    public Map<String, Long> countByProject(Tx tx) {
        return tx.sql()
                .select(SERVER_GROUP.PROJECT_ID, DSL.count().cast(Long.class))
                .from(SERVER_GROUP)
                .groupBy(SERVER_GROUP.PROJECT_ID)
                .fetchMap(row -> row.value1(), row -> row.value2());
    }

    private static Map<UUID, List<UUID>> members(Tx tx, Collection<UUID> groups) {
        return groups.isEmpty()
                ? Map.of()
                : tx.sql()
                        .select(SERVER.GROUP_ID, SERVER.ID)
                        .from(SERVER)
                        .where(SERVER.GROUP_ID.in(groups), SERVER.DELETED_AT.isNull())
                        .orderBy(SERVER.CREATED_AT, SERVER.ID)
                        .fetchGroups(SERVER.GROUP_ID, SERVER.ID);
    }

    private static ServerGroup group(ServerGroupRecord row, List<UUID> members) {
        return new ServerGroup(
                row.getId(),
                new ProjectId(row.getProjectId()),
                new UserId(row.getUserId()),
                row.getName(),
                row.getPolicy(),
                row.getPerHost(),
                members);
    }
}
