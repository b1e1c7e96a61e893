package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.ENDPOINT_GROUP;
import static cloud.welkin.identity.schema.Tables.PROJECT_ENDPOINT;
import static cloud.welkin.identity.schema.Tables.PROJECT_ENDPOINT_GROUP;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.EndpointGroup;
import cloud.welkin.identity.domain.SeenEndpoints;
import cloud.welkin.identity.schema.tables.records.EndpointGroupRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.impl.DSL;

/** Which endpoints projects see, where not all: given one by one or by groups. */
public final class EndpointFilterStore {
    /** Whether any project was given endpoints at all. */
    public boolean inUse(Tx tx) {
        return tx.sql()
                .select(
                        DSL.exists(DSL.selectOne().from(PROJECT_ENDPOINT))
                                .or(DSL.exists(DSL.selectOne().from(PROJECT_ENDPOINT_GROUP))))
                .fetchSingle()
                .value1();
    }

    public SeenEndpoints seenBy(Tx tx, String project) {
        Set<String> endpoints =
                tx.sql()
                        .select(PROJECT_ENDPOINT.ENDPOINT_ID)
                        .from(PROJECT_ENDPOINT)
                        .where(PROJECT_ENDPOINT.PROJECT_ID.eq(project))
                        .fetchSet(PROJECT_ENDPOINT.ENDPOINT_ID);
        return new SeenEndpoints(
                endpoints, groupsOf(tx, project).stream().map(EndpointGroup::filters).toList());
    }

    public boolean has(Tx tx, String project, String endpoint) {
        return tx.sql()
                .fetchExists(
                        DSL.selectOne()
                                .from(PROJECT_ENDPOINT)
                                .where(
                                        PROJECT_ENDPOINT.PROJECT_ID.eq(project),
                                        PROJECT_ENDPOINT.ENDPOINT_ID.eq(endpoint)));
    }

    /** False when the project had it before. */
    public boolean add(Tx tx, String project, String endpoint) {
        return tx.sql()
                        .insertInto(PROJECT_ENDPOINT)
                        .set(PROJECT_ENDPOINT.PROJECT_ID, project)
                        .set(PROJECT_ENDPOINT.ENDPOINT_ID, endpoint)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    /** False when the project did not have it. */
    public boolean remove(Tx tx, String project, String endpoint) {
        return tx.sql()
                        .deleteFrom(PROJECT_ENDPOINT)
                        .where(
                                PROJECT_ENDPOINT.PROJECT_ID.eq(project),
                                PROJECT_ENDPOINT.ENDPOINT_ID.eq(endpoint))
                        .execute()
                > 0;
    }

    /** The ids of the projects that were given an endpoint by itself, page by page. */
    public List<String> projectsOf(Tx tx, String endpoint, Optional<String> marker, int limit) {
        return tx.sql()
                .select(PROJECT_ENDPOINT.PROJECT_ID)
                .from(PROJECT_ENDPOINT)
                .where(PROJECT_ENDPOINT.ENDPOINT_ID.eq(endpoint))
                .and(marker.map(PROJECT_ENDPOINT.PROJECT_ID::gt).orElse(DSL.noCondition()))
                .orderBy(PROJECT_ENDPOINT.PROJECT_ID)
                .limit(limit)
                .fetch(PROJECT_ENDPOINT.PROJECT_ID);
    }

    /** The groups, page by page in the order of their ids. */
    public List<EndpointGroup> groups(
            Tx tx, Optional<String> name, Optional<String> marker, int limit) {
        return tx.sql()
                .selectFrom(ENDPOINT_GROUP)
                .where(name.map(ENDPOINT_GROUP.NAME::eq).orElse(DSL.noCondition()))
                .and(marker.map(ENDPOINT_GROUP.ID::gt).orElse(DSL.noCondition()))
                .orderBy(ENDPOINT_GROUP.ID)
                .limit(limit)
                .fetch(EndpointFilterStore::group);
    }

    public Optional<EndpointGroup> group(Tx tx, String id) {
        return tx.sql()
                .selectFrom(ENDPOINT_GROUP)
                .where(ENDPOINT_GROUP.ID.eq(id))
                .fetchOptional(EndpointFilterStore::group);
    }

    /** Writes the group, new or changed. */
    public void save(Tx tx, EndpointGroup group) {
        EndpointGroupRecord row = tx.sql().newRecord(ENDPOINT_GROUP);
        row.setId(group.id());
        row.setName(group.name());
        row.setDescription(group.description().orElse(null));
        row.setFilters(Rows.json(group.filters().values()));
        tx.sql().insertInto(ENDPOINT_GROUP).set(row).onDuplicateKeyUpdate().set(row).execute();
    }

    /** Deletes the group; no project has it any more. */
    public void deleteGroup(Tx tx, String id) {
        tx.sql().deleteFrom(ENDPOINT_GROUP).where(ENDPOINT_GROUP.ID.eq(id)).execute();
    }

    public List<EndpointGroup> groupsOf(Tx tx, String project) {
        return tx.sql()
                .select(ENDPOINT_GROUP.fields())
                .from(PROJECT_ENDPOINT_GROUP)
                .join(ENDPOINT_GROUP)
                .on(ENDPOINT_GROUP.ID.eq(PROJECT_ENDPOINT_GROUP.ENDPOINT_GROUP_ID))
                .where(PROJECT_ENDPOINT_GROUP.PROJECT_ID.eq(project))
                .orderBy(ENDPOINT_GROUP.ID)
                .fetch(row -> group(row.into(ENDPOINT_GROUP)));
    }

    public boolean hasGroup(Tx tx, String project, String group) {
        return tx.sql()
                .fetchExists(
                        DSL.selectOne()
                                .from(PROJECT_ENDPOINT_GROUP)
                                .where(
                                        PROJECT_ENDPOINT_GROUP.PROJECT_ID.eq(project),
                                        PROJECT_ENDPOINT_GROUP.ENDPOINT_GROUP_ID.eq(group)));
    }

    /** False when the project had it before. */
    public boolean addGroup(Tx tx, String project, String group) {
        return tx.sql()
                        .insertInto(PROJECT_ENDPOINT_GROUP)
                        .set(PROJECT_ENDPOINT_GROUP.PROJECT_ID, project)
                        .set(PROJECT_ENDPOINT_GROUP.ENDPOINT_GROUP_ID, group)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    /** False when the project did not have it. */
    public boolean removeGroup(Tx tx, String project, String group) {
        return tx.sql()
                        .deleteFrom(PROJECT_ENDPOINT_GROUP)
                        .where(
                                PROJECT_ENDPOINT_GROUP.PROJECT_ID.eq(project),
                                PROJECT_ENDPOINT_GROUP.ENDPOINT_GROUP_ID.eq(group))
                        .execute()
                > 0;
    }

    /** The ids of the projects that were given a group, page by page. */
    public List<String> projectsOfGroup(Tx tx, String group, Optional<String> marker, int limit) {
        return tx.sql()
                .select(PROJECT_ENDPOINT_GROUP.PROJECT_ID)
                .from(PROJECT_ENDPOINT_GROUP)
                .where(PROJECT_ENDPOINT_GROUP.ENDPOINT_GROUP_ID.eq(group))
                .and(marker.map(PROJECT_ENDPOINT_GROUP.PROJECT_ID::gt).orElse(DSL.noCondition()))
                .orderBy(PROJECT_ENDPOINT_GROUP.PROJECT_ID)
                .limit(limit)
                .fetch(PROJECT_ENDPOINT_GROUP.PROJECT_ID);
    }

    private static EndpointGroup group(EndpointGroupRecord row) {
        return new EndpointGroup(
                row.getId(),
                row.getName(),
                Optional.ofNullable(row.getDescription()),
                new EndpointGroup.Filters(Rows.extra(row.getFilters())));
    }
}
