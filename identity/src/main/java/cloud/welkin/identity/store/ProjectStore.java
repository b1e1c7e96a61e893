package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.PROJECT;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.schema.tables.records.ProjectRecord;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Projects and domains in the database. */
public final class ProjectStore {
    private static final Map<String, Field<String>> TEXTS =
            Map.of(
                    "name", PROJECT.NAME,
                    "domain_id", PROJECT.DOMAIN_ID,
                    "parent_id", PROJECT.PARENT_ID);

    /**
     * What a list may be narrowed by; empty fields do not narrow.
     *
     * @param isDomain domains or projects, never both in one list
     * @param ids beyond these nothing is shown
     */
    public record Filter(
            boolean isDomain,
            List<TextMatch> texts,
            Optional<Boolean> enabled,
            Optional<DomainId> within,
            Optional<List<String>> ids,
            Tags tags,
            Paging paging) {

        /** All those of these ids. */
        public static Filter of(boolean isDomain, List<String> ids) {
            return new Filter(
                    isDomain,
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(ids),
                    Tags.ANY,
                    Paging.ALL);
        }
    }

    /** The tags that a project of a list must have (all or any of), or must not have. */
    public record Tags(
            List<String> all, List<String> any, List<String> notAll, List<String> notAny) {
        public static final Tags ANY = new Tags(List.of(), List.of(), List.of(), List.of());

        private void narrow(List<Condition> conditions) {
            if (!all.isEmpty()) {
                conditions.add(PROJECT.TAGS.contains(all.toArray(String[]::new)));
            }
            if (!any.isEmpty()) {
                conditions.add(
                        DSL.arrayOverlap(
                                PROJECT.TAGS, DSL.val(any.toArray(String[]::new), PROJECT.TAGS)));
            }
            if (!notAll.isEmpty()) {
                conditions.add(DSL.not(PROJECT.TAGS.contains(notAll.toArray(String[]::new))));
            }
            if (!notAny.isEmpty()) {
                conditions.add(
                        DSL.not(
                                DSL.arrayOverlap(
                                        PROJECT.TAGS,
                                        DSL.val(notAny.toArray(String[]::new), PROJECT.TAGS))));
            }
        }
    }

    /** The projects above, from the nearest to the domain; of a domain none. */
    public List<Project> above(Tx tx, ProjectId id) {
        List<Project> above = new ArrayList<>();
        Optional<ProjectId> next = find(tx, id).flatMap(Project::parent);
        while (next.isPresent()) {
            Optional<Project> parent = find(tx, next.get());
            parent.ifPresent(above::add);
            next = parent.flatMap(Project::parent);
        }
        return above;
    }

    /** All projects below, level by level. */
    public List<Project> below(Tx tx, ProjectId id) {
        return below(tx, id, false);
    }

    /** The same, and locks on them: nobody adds to them until the transaction ends. */
    public List<Project> lockBelow(Tx tx, ProjectId id) {
        lock(tx, id);
        return below(tx, id, true);
    }

    private List<Project> below(Tx tx, ProjectId id, boolean forUpdate) {
        List<Project> below = new ArrayList<>();
        List<String> level = List.of(id.value());
        while (!level.isEmpty()) {
            var children =
                    tx.sql()
                            .selectFrom(PROJECT)
                            .where(PROJECT.PARENT_ID.in(level))
                            .orderBy(PROJECT.ID);
            List<Project> next =
                    (forUpdate ? children.forUpdate() : children).fetch(ProjectStore::project);
            below.addAll(next);
            level = next.stream().map(project -> project.id().value()).toList();
        }
        return below;
    }

    public Optional<Project> find(Tx tx, ProjectId id) {
        return tx.sql()
                .selectFrom(PROJECT)
                .where(PROJECT.ID.eq(id.value()))
                .fetchOptional(ProjectStore::project);
    }

    /** The project and a lock on it: nobody adds to it or removes it until the transaction ends. */
    public Optional<Project> lock(Tx tx, ProjectId id) {
        return tx.sql()
                .selectFrom(PROJECT)
                .where(PROJECT.ID.eq(id.value()))
                .forUpdate()
                .fetchOptional(ProjectStore::project);
    }

    public Optional<Project> findByName(Tx tx, DomainId domain, String name) {
        return tx.sql()
                .selectFrom(PROJECT)
                .where(PROJECT.DOMAIN_ID.eq(domain.value()), PROJECT.NAME.eq(name))
                .and(PROJECT.IS_DOMAIN.isFalse())
                .fetchOptional(ProjectStore::project);
    }

    public Optional<Project> findDomainByName(Tx tx, String name) {
        return tx.sql()
                .selectFrom(PROJECT)
                .where(PROJECT.NAME.eq(name), PROJECT.IS_DOMAIN.isTrue())
                .fetchOptional(ProjectStore::project);
    }

    public Page<Project> list(Tx tx, Filter filter) {
        List<Condition> conditions = new ArrayList<>(TextMatch.on(filter.texts(), TEXTS));
        conditions.add(PROJECT.IS_DOMAIN.eq(filter.isDomain()));
        filter.enabled().ifPresent(enabled -> conditions.add(PROJECT.ENABLED.eq(enabled)));
        filter.within().ifPresent(domain -> conditions.add(PROJECT.DOMAIN_ID.eq(domain.value())));
        filter.ids().ifPresent(ids -> conditions.add(PROJECT.ID.in(ids)));
        filter.tags().narrow(conditions);
        return filter.paging()
                .of(tx, PROJECT, PROJECT.ID, PROJECT.NAME, conditions, ProjectStore::project);
    }

    /** The ids of all projects of a domain. */
    public List<String> idsIn(Tx tx, DomainId domain) {
        return tx.sql()
                .select(PROJECT.ID)
                .from(PROJECT)
                .where(PROJECT.DOMAIN_ID.eq(domain.value()), PROJECT.IS_DOMAIN.isFalse())
                .fetch(PROJECT.ID);
    }

    public boolean hasChildren(Tx tx, ProjectId id) {
        return tx.sql()
                .fetchExists(DSL.selectOne().from(PROJECT).where(PROJECT.PARENT_ID.eq(id.value())));
    }

    public void insert(Tx tx, Project project) {
        ProjectRecord row = tx.sql().newRecord(PROJECT);
        row.setId(project.id().value());
        row.setIsDomain(project.isDomain());
        fill(row, project).insert();
    }

    public void update(Tx tx, Project project) {
        ProjectRecord row = tx.sql().newRecord(PROJECT);
        row.setId(project.id().value());
        tx.sql()
                .update(PROJECT)
                .set(fill(row, project))
                .where(PROJECT.ID.eq(project.id().value()))
                .execute();
    }

    public void delete(Tx tx, ProjectId id) {
        tx.sql().deleteFrom(PROJECT).where(PROJECT.ID.eq(id.value())).execute();
    }

    /** The domain and every project of it. */
    public void deleteIn(Tx tx, DomainId domain) {
        tx.sql().deleteFrom(PROJECT).where(PROJECT.DOMAIN_ID.eq(domain.value())).execute();
    }

    private static ProjectRecord fill(ProjectRecord row, Project project) {
        row.setDomainId(project.domain().value());
        row.setParentId(project.parent().map(ProjectId::value).orElse(null));
        row.setName(project.name());
        row.setDescription(project.description());
        row.setEnabled(project.enabled());
        row.setTags(project.tags().toArray(String[]::new));
        row.setOptions(Rows.json(project.options()));
        row.setExtra(Rows.json(project.extra()));
        return row;
    }

    private static Project project(ProjectRecord row) {
        return new Project(
                new ProjectId(row.getId()),
                new DomainId(row.getDomainId()),
                Optional.ofNullable(row.getParentId()).map(ProjectId::new),
                row.getName(),
                row.getDescription(),
                row.getEnabled(),
                row.getIsDomain(),
                List.of(row.getTags()),
                Rows.extra(row.getOptions()),
                Rows.extra(row.getExtra()));
    }
}
