package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.FLAVOR;
import static cloud.welkin.compute.schema.Tables.FLAVOR_ACCESS;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.schema.tables.records.FlavorRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.page.Keyset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Flavors in the database. */
public final class FlavorStore {
    /**
     * What a list may be narrowed by; empty fields do not narrow.
     *
     * @param visibleTo public flavors and those that this project has access to; empty for all of
     *     them
     */
    public record Filter(
            Optional<ProjectId> visibleTo,
            Optional<Boolean> isPublic,
            Optional<Integer> minDisk,
            Optional<Integer> minRam,
            String sortKey,
            boolean descending,
            Optional<String> marker,
            int limit) {}

    public Optional<Flavor> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(FLAVOR)
                .where(FLAVOR.ID.eq(id))
                .fetchOptional(FlavorStore::flavor);
    }

    public List<Flavor> list(Tx tx, Filter filter) {
        List<Condition> conditions = new ArrayList<>();
        filter.visibleTo()
                .ifPresent(
                        project ->
                                conditions.add(FLAVOR.IS_PUBLIC.eq(true).or(accessible(project))));
        filter.isPublic().ifPresent(isPublic -> conditions.add(FLAVOR.IS_PUBLIC.eq(isPublic)));
        filter.minDisk().ifPresent(disk -> conditions.add(FLAVOR.DISK_GIB.ge(disk)));
        filter.minRam().ifPresent(ram -> conditions.add(FLAVOR.RAM_MIB.ge(ram)));
        Field<?> key =
                switch (filter.sortKey()) {
                    case "name" -> FLAVOR.NAME;
                    case "memory_mb" -> FLAVOR.RAM_MIB;
                    case "vcpus" -> FLAVOR.VCPUS;
                    case "root_gb" -> FLAVOR.DISK_GIB;
                    case "ephemeral_gb" -> FLAVOR.EPHEMERAL_GIB;
                    case "swap" -> FLAVOR.SWAP_MIB;
                    case "created_at" -> FLAVOR.CREATED_AT;
                    default -> FLAVOR.ID;
                };
        Keyset order =
                new Keyset(
                        List.of(
                                new Keyset.Key(key, filter.descending()),
                                new Keyset.Key(FLAVOR.ID, filter.descending())));
        filter.marker()
                .flatMap(marker -> order.behind(tx, FLAVOR, FLAVOR.ID.eq(marker)))
                .ifPresent(conditions::add);
        return tx.sql()
                .selectFrom(FLAVOR)
                .where(conditions)
                .orderBy(order.order())
                .limit(filter.limit())
                .fetch(FlavorStore::flavor);
    }

    public boolean mayUse(Tx tx, Flavor flavor, ProjectId project) {
        return flavor.isPublic()
                || tx.sql()
                        .fetchExists(
                                FLAVOR_ACCESS,
                                FLAVOR_ACCESS.FLAVOR_ID.eq(flavor.id()),
                                FLAVOR_ACCESS.PROJECT_ID.eq(project.value()));
    }

    private static Condition accessible(ProjectId project) {
        return FLAVOR.ID.in(
                DSL.select(FLAVOR_ACCESS.FLAVOR_ID)
                        .from(FLAVOR_ACCESS)
                        .where(FLAVOR_ACCESS.PROJECT_ID.eq(project.value())));
    }

    public void insert(Tx tx, Flavor flavor) {
        FlavorRecord row = tx.sql().newRecord(FLAVOR);
        row.setId(flavor.id());
        row.setName(flavor.name());
        row.setDescription(flavor.description().orElse(null));
        row.setVcpus(flavor.vcpus());
        row.setRamMib(flavor.ramMib());
        row.setDiskGib(flavor.diskGib());
        row.setEphemeralGib(flavor.ephemeralGib());
        row.setSwapMib(flavor.swapMib());
        row.setIsPublic(flavor.isPublic());
        row.setRxtxFactor(flavor.rxtxFactor());
        row.setExtraSpecs(Rows.json(flavor.extraSpecs()));
        row.setCreatedAt(flavor.createdAt());
        row.insert();
    }

    public void setDescription(Tx tx, String id, Optional<String> description) {
        tx.sql()
                .update(FLAVOR)
                .set(FLAVOR.DESCRIPTION, description.orElse(null))
                .where(FLAVOR.ID.eq(id))
                .execute();
    }

    public void setExtraSpecs(Tx tx, String id, Map<String, String> specs) {
        tx.sql()
                .update(FLAVOR)
                .set(FLAVOR.EXTRA_SPECS, Rows.json(specs))
                .where(FLAVOR.ID.eq(id))
                .execute();
    }

    /** Whether there was one. */
    public boolean delete(Tx tx, String id) {
        return tx.sql().deleteFrom(FLAVOR).where(FLAVOR.ID.eq(id)).execute() > 0;
    }

    public List<String> access(Tx tx, String flavor) {
        return tx.sql()
                .select(FLAVOR_ACCESS.PROJECT_ID)
                .from(FLAVOR_ACCESS)
                .where(FLAVOR_ACCESS.FLAVOR_ID.eq(flavor))
                .orderBy(FLAVOR_ACCESS.PROJECT_ID)
                .fetch(FLAVOR_ACCESS.PROJECT_ID);
    }

    /** Whether the project did not have access before. */
    public boolean addAccess(Tx tx, String flavor, String project) {
        return tx.sql()
                        .insertInto(
                                FLAVOR_ACCESS, FLAVOR_ACCESS.FLAVOR_ID, FLAVOR_ACCESS.PROJECT_ID)
                        .values(flavor, project)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    /** Whether the project had access. */
    public boolean removeAccess(Tx tx, String flavor, String project) {
        return tx.sql()
                        .deleteFrom(FLAVOR_ACCESS)
                        .where(
                                FLAVOR_ACCESS.FLAVOR_ID.eq(flavor),
                                FLAVOR_ACCESS.PROJECT_ID.eq(project))
                        .execute()
                > 0;
    }

    private static Flavor flavor(FlavorRecord row) {
        return new Flavor(
                row.getId(),
                row.getName(),
                Rows.maybe(row.getDescription()),
                row.getVcpus(),
                row.getRamMib(),
                row.getDiskGib(),
                row.getEphemeralGib(),
                row.getSwapMib(),
                row.getIsPublic(),
                row.getRxtxFactor(),
                Rows.texts(row.getExtraSpecs()),
                row.getCreatedAt());
    }
}
