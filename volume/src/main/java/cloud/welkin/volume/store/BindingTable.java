package cloud.welkin.volume.store;

import static cloud.welkin.volume.schema.Tables.ATTACHMENTS;

import cloud.welkin.database.Tx;
import cloud.welkin.volume.domain.Binding;
import cloud.welkin.volume.schema.tables.records.AttachmentsRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** The rows of attachments. */
public final class BindingTable {
    public Optional<Binding> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(ATTACHMENTS)
                .where(ATTACHMENTS.ID.eq(id))
                .fetchOptional(BindingTable::binding);
    }

    public List<Binding> ofVolumes(Tx tx, Collection<UUID> volumes) {
        return list(tx, ATTACHMENTS.VOLUME_ID.in(volumes));
    }

    public List<Binding> ofServers(Tx tx, Collection<UUID> servers) {
        return list(tx, ATTACHMENTS.SERVER_ID.in(servers));
    }

    /** Oldest first. */
    public List<Binding> list(Tx tx, Condition which) {
        return tx.sql()
                .selectFrom(ATTACHMENTS)
                .where(which)
                .orderBy(ATTACHMENTS.CREATED_AT, ATTACHMENTS.ID)
                .fetch(BindingTable::binding);
    }

    public void insert(Tx tx, Binding binding) {
        tx.sql()
                .insertInto(ATTACHMENTS)
                .set(ATTACHMENTS.ID, binding.id())
                .set(ATTACHMENTS.VOLUME_ID, binding.volume())
                .set(ATTACHMENTS.PROJECT, binding.project())
                .set(ATTACHMENTS.SERVER_ID, binding.server().orElse(null))
                .set(ATTACHMENTS.STATUS, binding.status().word())
                .set(ATTACHMENTS.MODE, binding.mode())
                .set(ATTACHMENTS.DEVICE, binding.device().orElse(null))
                .set(ATTACHMENTS.HOST, binding.host().orElse(null))
                .set(ATTACHMENTS.CREATED_AT, binding.createdAt())
                .execute();
    }

    public void setStatus(Tx tx, UUID id, Binding.Status status) {
        tx.sql()
                .update(ATTACHMENTS)
                .set(ATTACHMENTS.STATUS, status.word())
                .where(ATTACHMENTS.ID.eq(id))
                .execute();
    }

    public void connected(
            Tx tx, UUID id, Binding.Status status, Optional<String> device, Optional<String> host) {
        tx.sql()
                .update(ATTACHMENTS)
                .set(ATTACHMENTS.STATUS, status.word())
                .set(
                        ATTACHMENTS.DEVICE,
                        DSL.coalesce(DSL.val(device.orElse(null)), ATTACHMENTS.DEVICE))
                .set(ATTACHMENTS.HOST, DSL.coalesce(DSL.val(host.orElse(null)), ATTACHMENTS.HOST))
                .where(ATTACHMENTS.ID.eq(id))
                .execute();
    }

    public void attached(Tx tx, UUID id, Instant now) {
        tx.sql()
                .update(ATTACHMENTS)
                .set(ATTACHMENTS.STATUS, Binding.Status.ATTACHED.word())
                .set(ATTACHMENTS.ATTACHED_AT, now)
                .where(ATTACHMENTS.ID.eq(id))
                .execute();
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(ATTACHMENTS).where(ATTACHMENTS.ID.eq(id)).execute();
    }

    private static Binding binding(AttachmentsRecord row) {
        return new Binding(
                row.getId(),
                row.getVolumeId(),
                row.getProject(),
                Optional.ofNullable(row.getServerId()),
                Binding.Status.of(row.getStatus()),
                row.getMode(),
                Optional.ofNullable(row.getDevice()),
                Optional.ofNullable(row.getHost()),
                row.getCreatedAt(),
                Optional.ofNullable(row.getAttachedAt()));
    }
}
