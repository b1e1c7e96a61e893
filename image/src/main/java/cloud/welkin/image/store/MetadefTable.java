package cloud.welkin.image.store;

import static cloud.welkin.image.schema.Tables.METADEF_ASSOCIATION;
import static cloud.welkin.image.schema.Tables.METADEF_ITEM;
import static cloud.welkin.image.schema.Tables.METADEF_NAMESPACE;
import static cloud.welkin.image.schema.Tables.METADEF_RESOURCE_TYPE;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.MetadefItem;
import cloud.welkin.image.domain.MetadefNamespace;
import cloud.welkin.image.domain.MetadefNamespace.Association;
import cloud.welkin.image.schema.tables.records.MetadefAssociationRecord;
import cloud.welkin.image.schema.tables.records.MetadefItemRecord;
import cloud.welkin.image.schema.tables.records.MetadefNamespaceRecord;
import cloud.welkin.kernel.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** The rows of metadata definitions. */
public final class MetadefTable {
    private static final TypeReference<Map<String, JsonNode>> BODY = new TypeReference<>() {};

    /**
     * What a list of namespaces may be narrowed by.
     *
     * @param viewer the project whose private ones are shown too; empty for those of all
     * @param types those for any of these types of resources
     * @param sort created_at, updated_at or namespace
     * @param marker behind this one
     */
    public record Filter(
            Optional<String> viewer,
            Optional<String> visibility,
            List<String> types,
            String sort,
            boolean descending,
            Optional<String> marker,
            int limit) {}

    public Optional<MetadefNamespace> find(Tx tx, String name) {
        return tx.sql()
                .selectFrom(METADEF_NAMESPACE)
                .where(METADEF_NAMESPACE.NAME.eq(name))
                .fetchOptional(MetadefTable::namespace);
    }

    public List<MetadefNamespace> list(Tx tx, Filter filter) {
        List<Condition> where = new ArrayList<>();
        filter.viewer()
                .ifPresent(
                        project ->
                                where.add(
                                        METADEF_NAMESPACE
                                                .VISIBILITY
                                                .eq("public")
                                                .or(METADEF_NAMESPACE.OWNER.eq(project))));
        filter.visibility().ifPresent(word -> where.add(METADEF_NAMESPACE.VISIBILITY.eq(word)));
        if (!filter.types().isEmpty()) {
            where.add(
                    METADEF_NAMESPACE.NAME.in(
                            DSL.select(METADEF_ASSOCIATION.NAMESPACE)
                                    .from(METADEF_ASSOCIATION)
                                    .where(METADEF_ASSOCIATION.RESOURCE_TYPE.in(filter.types()))));
        }
        filter.marker()
                .flatMap(name -> find(tx, name))
                .ifPresent(marker -> where.add(behind(filter, marker)));
        return tx.sql()
                .selectFrom(METADEF_NAMESPACE)
                .where(where)
                .orderBy(order(filter))
                .limit(filter.limit())
                .fetch(MetadefTable::namespace);
    }

    private static Condition behind(Filter filter, MetadefNamespace marker) {
        Field<String> name = METADEF_NAMESPACE.NAME;
        if (filter.sort().equals("namespace")) {
            return filter.descending() ? name.lt(marker.name()) : name.gt(marker.name());
        }
        Field<Instant> time = time(filter);
        Instant at = filter.sort().equals("created_at") ? marker.createdAt() : marker.updatedAt();
        return filter.descending()
                ? DSL.row(time, name).lt(at, marker.name())
                : DSL.row(time, name).gt(at, marker.name());
    }

    private static Field<Instant> time(Filter filter) {
        return filter.sort().equals("created_at")
                ? METADEF_NAMESPACE.CREATED_AT
                : METADEF_NAMESPACE.UPDATED_AT;
    }

    private static List<SortField<?>> order(Filter filter) {
        Field<String> name = METADEF_NAMESPACE.NAME;
        SortField<?> last = filter.descending() ? name.desc() : name.asc();
        if (filter.sort().equals("namespace")) {
            return List.of(last);
        }
        Field<Instant> time = time(filter);
        return List.of(filter.descending() ? time.desc() : time.asc(), last);
    }

    /** Writes a new namespace; false when the name is taken. */
    public boolean insert(Tx tx, MetadefNamespace namespace) {
        return tx.sql()
                        .insertInto(METADEF_NAMESPACE)
                        .set(row(tx, namespace))
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** Writes a namespace that may have another name now; what is in it goes with it. */
    public boolean update(Tx tx, String name, MetadefNamespace changed) {
        boolean taken = !name.equals(changed.name()) && find(tx, changed.name()).isPresent();
        return !taken
                && tx.sql()
                                .update(METADEF_NAMESPACE)
                                .set(row(tx, changed))
                                .where(METADEF_NAMESPACE.NAME.eq(name))
                                .execute()
                        == 1;
    }

    public void delete(Tx tx, String name) {
        tx.sql().deleteFrom(METADEF_NAMESPACE).where(METADEF_NAMESPACE.NAME.eq(name)).execute();
    }

    public Optional<MetadefItem> item(Tx tx, String namespace, MetadefItem.Kind kind, String name) {
        return tx.sql()
                .selectFrom(METADEF_ITEM)
                .where(in(namespace, kind), METADEF_ITEM.NAME.eq(name))
                .fetchOptional(MetadefTable::item);
    }

    public List<MetadefItem> items(Tx tx, String namespace, MetadefItem.Kind kind) {
        return tx.sql()
                .selectFrom(METADEF_ITEM)
                .where(in(namespace, kind))
                .orderBy(METADEF_ITEM.NAME)
                .fetch(MetadefTable::item);
    }

    /** Writes a new item; false when the name is taken. */
    public boolean insert(Tx tx, String namespace, MetadefItem item) {
        return tx.sql()
                        .insertInto(METADEF_ITEM)
                        .set(row(tx, namespace, item))
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** Writes an item that may have another name now; false when that is taken. */
    public boolean update(Tx tx, String namespace, String name, MetadefItem changed) {
        boolean taken =
                !name.equals(changed.name())
                        && item(tx, namespace, changed.kind(), changed.name()).isPresent();
        return !taken
                && tx.sql()
                                .update(METADEF_ITEM)
                                .set(row(tx, namespace, changed))
                                .where(in(namespace, changed.kind()), METADEF_ITEM.NAME.eq(name))
                                .execute()
                        == 1;
    }

    public void delete(Tx tx, String namespace, MetadefItem.Kind kind, String name) {
        tx.sql()
                .deleteFrom(METADEF_ITEM)
                .where(in(namespace, kind), METADEF_ITEM.NAME.eq(name))
                .execute();
    }

    public void deleteAll(Tx tx, String namespace, MetadefItem.Kind kind) {
        tx.sql().deleteFrom(METADEF_ITEM).where(in(namespace, kind)).execute();
    }

    /** The types of resources, with the times of their making and last change. */
    public Map<String, List<Instant>> types(Tx tx) {
        Map<String, List<Instant>> types = new LinkedHashMap<>();
        tx.sql()
                .selectFrom(METADEF_RESOURCE_TYPE)
                .orderBy(METADEF_RESOURCE_TYPE.NAME)
                .forEach(
                        row ->
                                types.put(
                                        row.getName(),
                                        List.of(row.getCreatedAt(), row.getUpdatedAt())));
        return types;
    }

    public List<Association> associations(Tx tx, String namespace) {
        return tx.sql()
                .selectFrom(METADEF_ASSOCIATION)
                .where(METADEF_ASSOCIATION.NAMESPACE.eq(namespace))
                .orderBy(METADEF_ASSOCIATION.RESOURCE_TYPE)
                .fetch(
                        row ->
                                new Association(
                                        row.getResourceType(),
                                        Optional.ofNullable(row.getPrefix()),
                                        Optional.ofNullable(row.getPropertiesTarget()),
                                        row.getCreatedAt(),
                                        row.getUpdatedAt()));
    }

    /** Makes the type known where it is not, and joins it; false when it was joined already. */
    public boolean associate(Tx tx, String namespace, Association association) {
        tx.sql()
                .insertInto(METADEF_RESOURCE_TYPE)
                .set(METADEF_RESOURCE_TYPE.NAME, association.type())
                .onConflictDoNothing()
                .execute();
        MetadefAssociationRecord row = tx.sql().newRecord(METADEF_ASSOCIATION);
        row.setNamespace(namespace);
        row.setResourceType(association.type());
        row.setPrefix(association.prefix().orElse(null));
        row.setPropertiesTarget(association.target().orElse(null));
        row.setCreatedAt(association.createdAt());
        row.setUpdatedAt(association.updatedAt());
        return tx.sql().insertInto(METADEF_ASSOCIATION).set(row).onConflictDoNothing().execute()
                == 1;
    }

    public boolean dissociate(Tx tx, String namespace, String type) {
        return tx.sql()
                        .deleteFrom(METADEF_ASSOCIATION)
                        .where(
                                METADEF_ASSOCIATION.NAMESPACE.eq(namespace),
                                METADEF_ASSOCIATION.RESOURCE_TYPE.eq(type))
                        .execute()
                == 1;
    }

    private static Condition in(String namespace, MetadefItem.Kind kind) {
        return METADEF_ITEM.NAMESPACE.eq(namespace).and(METADEF_ITEM.KIND.eq(kind.word()));
    }

    private static MetadefItemRecord row(Tx tx, String namespace, MetadefItem item) {
        MetadefItemRecord row = tx.sql().newRecord(METADEF_ITEM);
        row.setNamespace(namespace);
        row.setKind(item.kind().word());
        row.setName(item.name());
        row.setBody(JSONB.valueOf(Json.text(item.body())));
        row.setCreatedAt(item.createdAt());
        row.setUpdatedAt(item.updatedAt());
        return row;
    }

    private static MetadefNamespaceRecord row(Tx tx, MetadefNamespace namespace) {
        MetadefNamespaceRecord row = tx.sql().newRecord(METADEF_NAMESPACE);
        row.setName(namespace.name());
        row.setOwner(namespace.owner());
        row.setVisibility(namespace.visibility());
        row.setProtected(namespace.guarded());
        row.setDisplayName(namespace.displayName().orElse(null));
        row.setDescription(namespace.description().orElse(null));
        row.setCreatedAt(namespace.createdAt());
        row.setUpdatedAt(namespace.updatedAt());
        return row;
    }

    private static MetadefNamespace namespace(MetadefNamespaceRecord row) {
        return new MetadefNamespace(
                row.getName(),
                row.getOwner(),
                row.getVisibility(),
                row.getProtected(),
                Optional.ofNullable(row.getDisplayName()),
                Optional.ofNullable(row.getDescription()),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }

    private static MetadefItem item(MetadefItemRecord row) {
        return new MetadefItem(
                java.util.Arrays.stream(MetadefItem.Kind.values())
                        .filter(kind -> kind.word().equals(row.getKind()))
                        .findFirst()
                        .orElseThrow(),
                row.getName(),
                Json.mapper().readValue(row.getBody().data(), BODY),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }
}
