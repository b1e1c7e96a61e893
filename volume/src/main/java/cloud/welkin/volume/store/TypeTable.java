package cloud.welkin.volume.store;

import static cloud.welkin.volume.schema.Tables.DEFAULT_TYPES;
import static cloud.welkin.volume.schema.Tables.TYPES;
import static cloud.welkin.volume.schema.Tables.TYPE_ACCESS;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.volume.domain.VolumeType;
import cloud.welkin.volume.schema.tables.records.TypesRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** The rows of volume types. */
public final class TypeTable {
    /** The types that a project may use; all of them for admins. */
    public List<VolumeType> list(Tx tx, Optional<String> project, boolean admin) {
        return tx.sql()
                .selectFrom(TYPES)
                .where(admin ? DSL.trueCondition() : usable(project))
                .orderBy(TYPES.CREATED_AT.desc(), TYPES.ID.desc())
                .fetch(TypeTable::type);
    }

    private static Condition usable(Optional<String> project) {
        return project.map(
                        it ->
                                TYPES.PUBLIC
                                        .isTrue()
                                        .or(
                                                DSL.exists(
                                                        DSL.selectOne()
                                                                .from(TYPE_ACCESS)
                                                                .where(
                                                                        TYPE_ACCESS
                                                                                .TYPE_ID
                                                                                .eq(TYPES.ID)
                                                                                .and(
                                                                                        TYPE_ACCESS
                                                                                                .PROJECT
                                                                                                .eq(
                                                                                                        it))))))
                .orElse(TYPES.PUBLIC.isTrue());
    }

    /** A type by id or name, if the project may use it. */
    public Optional<VolumeType> find(
            Tx tx, String idOrName, Optional<String> project, boolean admin) {
        Condition named =
                Ids.uuid(idOrName)
                        .map(id -> TYPES.ID.eq(id).or(TYPES.NAME.eq(idOrName)))
                        .orElse(TYPES.NAME.eq(idOrName));
        return tx.sql()
                .selectFrom(TYPES)
                .where(named.and(admin ? DSL.trueCondition() : usable(project)))
                .limit(1)
                .fetchOptional(TypeTable::type);
    }

    /**
     * @return false when the name is taken
     */
    public boolean insert(Tx tx, VolumeType type) {
        return tx.sql()
                        .insertInto(TYPES)
                        .set(TYPES.ID, type.id())
                        .set(TYPES.NAME, type.name())
                        .set(TYPES.DESCRIPTION, type.description().orElse(null))
                        .set(TYPES.PUBLIC, type.open())
                        .set(TYPES.EXTRA_SPECS, Rows.json(type.extraSpecs()))
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /**
     * @return false when the name is taken
     */
    public boolean update(Tx tx, VolumeType type) {
        boolean taken =
                tx.sql().fetchExists(TYPES, TYPES.NAME.eq(type.name()).and(TYPES.ID.ne(type.id())));
        return !taken
                && tx.sql()
                                .update(TYPES)
                                .set(TYPES.NAME, type.name())
                                .set(TYPES.DESCRIPTION, type.description().orElse(null))
                                .set(TYPES.PUBLIC, type.open())
                                .set(TYPES.EXTRA_SPECS, Rows.json(type.extraSpecs()))
                                .where(TYPES.ID.eq(type.id()))
                                .execute()
                        == 1;
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(TYPES).where(TYPES.ID.eq(id)).execute();
    }

    /** The projects with a default type of their own. */
    public Map<String, UUID> defaults(Tx tx) {
        return tx.sql()
                .selectFrom(DEFAULT_TYPES)
                .orderBy(DEFAULT_TYPES.PROJECT)
                .fetchMap(DEFAULT_TYPES.PROJECT, DEFAULT_TYPES.TYPE_ID);
    }

    public Optional<VolumeType> defaultOf(Tx tx, String project) {
        return tx.sql()
                .select(TYPES.fields())
                .from(TYPES)
                .join(DEFAULT_TYPES)
                .on(DEFAULT_TYPES.TYPE_ID.eq(TYPES.ID))
                .where(DEFAULT_TYPES.PROJECT.eq(project))
                .fetchOptionalInto(TYPES)
                .map(TypeTable::type);
    }

    public void setDefault(Tx tx, String project, UUID type) {
        tx.sql()
                .insertInto(DEFAULT_TYPES, DEFAULT_TYPES.PROJECT, DEFAULT_TYPES.TYPE_ID)
                .values(project, type)
                .onConflict(DEFAULT_TYPES.PROJECT)
                .doUpdate()
                .set(DEFAULT_TYPES.TYPE_ID, type)
                .execute();
    }

    public void unsetDefault(Tx tx, String project) {
        tx.sql().deleteFrom(DEFAULT_TYPES).where(DEFAULT_TYPES.PROJECT.eq(project)).execute();
    }

    public boolean isDefault(Tx tx, UUID type) {
        return tx.sql().fetchExists(DEFAULT_TYPES, DEFAULT_TYPES.TYPE_ID.eq(type));
    }

    public List<String> access(Tx tx, UUID type) {
        return tx.sql()
                .select(TYPE_ACCESS.PROJECT)
                .from(TYPE_ACCESS)
                .where(TYPE_ACCESS.TYPE_ID.eq(type))
                .orderBy(TYPE_ACCESS.PROJECT)
                .fetch(TYPE_ACCESS.PROJECT);
    }

    public boolean allow(Tx tx, UUID type, String project) {
        return tx.sql()
                        .insertInto(TYPE_ACCESS)
                        .set(TYPE_ACCESS.TYPE_ID, type)
                        .set(TYPE_ACCESS.PROJECT, project)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    public boolean forbid(Tx tx, UUID type, String project) {
        return tx.sql()
                        .deleteFrom(TYPE_ACCESS)
                        .where(TYPE_ACCESS.TYPE_ID.eq(type).and(TYPE_ACCESS.PROJECT.eq(project)))
                        .execute()
                == 1;
    }

    private static VolumeType type(TypesRecord row) {
        return new VolumeType(
                row.getId(),
                row.getName(),
                Optional.ofNullable(row.getDescription()),
                row.getPublic(),
                Rows.texts(row.getExtraSpecs()));
    }
}
