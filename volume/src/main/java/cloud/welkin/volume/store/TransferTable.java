package cloud.welkin.volume.store;

import static cloud.welkin.volume.schema.Tables.TRANSFERS;

import cloud.welkin.database.Tx;
import cloud.welkin.volume.domain.Transfer;
import cloud.welkin.volume.schema.tables.records.TransfersRecord;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;

/** The rows of transfers. */
public final class TransferTable {
    public Optional<Transfer> lock(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(TRANSFERS)
                .where(TRANSFERS.ID.eq(id))
                .forUpdate()
                .fetchOptional(TransferTable::transfer);
    }

    public Optional<Transfer> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(TRANSFERS)
                .where(TRANSFERS.ID.eq(id))
                .fetchOptional(TransferTable::transfer);
    }

    public List<Transfer> list(Tx tx, Optional<String> project, Optional<String> name) {
        return tx.sql()
                .selectFrom(TRANSFERS)
                .where(project.map(TRANSFERS.PROJECT::eq).orElse(DSL.noCondition()))
                .and(name.map(TRANSFERS.NAME::eq).orElse(DSL.noCondition()))
                .orderBy(TRANSFERS.CREATED_AT, TRANSFERS.ID)
                .limit(VolumeSearch.LARGEST_PAGE)
                .fetch(TransferTable::transfer);
    }

    public void insert(Tx tx, Transfer transfer) {
        TransfersRecord row = tx.sql().newRecord(TRANSFERS);
        row.setId(transfer.id());
        row.setVolumeId(transfer.volume());
        row.setProject(transfer.project());
        row.setName(transfer.name().orElse(null));
        row.setKeyHash(transfer.keyHash());
        row.setNoSnapshots(transfer.noSnapshots());
        row.setCreatedAt(transfer.createdAt());
        row.insert();
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(TRANSFERS).where(TRANSFERS.ID.eq(id)).execute();
    }

    private static Transfer transfer(TransfersRecord row) {
        return new Transfer(
                row.getId(),
                row.getVolumeId(),
                row.getProject(),
                Optional.ofNullable(row.getName()),
                row.getKeyHash(),
                row.getNoSnapshots(),
                row.getCreatedAt());
    }
}
