package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.ATTACHMENT;
import static cloud.welkin.compute.schema.Tables.NIC;

import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.schema.tables.records.AttachmentRecord;
import cloud.welkin.compute.schema.tables.records.NicRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.Networks.PortFacts;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What is plugged into servers, or shall be, or shall no longer be: ports and volumes. */
public final class PlugStore {
    public List<Nic> nics(Tx tx, Collection<UUID> servers) {
        return tx.sql()
                .selectFrom(NIC)
                .where(NIC.SERVER_ID.in(servers))
                .orderBy(NIC.SERVER_ID, NIC.NUMBER)
                .fetch(PlugStore::nic);
    }

    public List<Nic> nics(Tx tx, UUID server) {
        return nics(tx, List.of(server));
    }

    public void insert(Tx tx, Nic nic) {
        NicRecord row = tx.sql().newRecord(NIC);
        row.setPortId(nic.port());
        row.setServerId(nic.server());
        row.setNetworkId(nic.facts().network());
        row.setMac(nic.facts().mac());
        row.setMtu(nic.facts().mtu());
        row.setDevice(nic.facts().device());
        row.setTag(nic.tag().orElse(null));
        row.setKeep(nic.facts().keep());
        row.setFacts(Rows.json(nic.facts()));
        row.insert();
    }

    /** New facts of a port; whether there is such a NIC. */
    public boolean update(Tx tx, PortFacts facts) {
        return tx.sql()
                        .update(NIC)
                        .set(NIC.FACTS, Rows.json(facts))
                        .set(NIC.MAC, facts.mac())
                        .set(NIC.MTU, facts.mtu())
                        .set(NIC.KEEP, facts.keep())
                        .where(NIC.PORT_ID.eq(facts.id()))
                        .execute()
                > 0;
    }

    public void nicWanted(Tx tx, UUID port, boolean wanted) {
        tx.sql().update(NIC).set(NIC.WANTED, wanted).where(NIC.PORT_ID.eq(port)).execute();
    }

    public void nicPlugged(Tx tx, UUID port) {
        tx.sql().update(NIC).set(NIC.PLUGGED, true).where(NIC.PORT_ID.eq(port)).execute();
    }

    public void deleteNic(Tx tx, UUID port) {
        tx.sql().deleteFrom(NIC).where(NIC.PORT_ID.eq(port)).execute();
    }

    public List<VolumeAttachment> attachments(Tx tx, Collection<UUID> servers) {
        return tx.sql()
                .selectFrom(ATTACHMENT)
                .where(ATTACHMENT.SERVER_ID.in(servers))
                .orderBy(ATTACHMENT.SERVER_ID, ATTACHMENT.NUMBER)
                .fetch(PlugStore::attachment);
    }

    public List<VolumeAttachment> attachments(Tx tx, UUID server) {
        return attachments(tx, List.of(server));
    }

    public List<VolumeAttachment> ofVolume(Tx tx, UUID volume) {
        return tx.sql()
                .selectFrom(ATTACHMENT)
                .where(ATTACHMENT.VOLUME_ID.eq(volume))
                .fetch(PlugStore::attachment);
    }

    public void insert(Tx tx, VolumeAttachment attachment) {
        AttachmentRecord row = tx.sql().newRecord(ATTACHMENT);
        row.setId(attachment.id());
        row.setServerId(attachment.server());
        row.setVolumeId(attachment.volume());
        row.setReservationId(attachment.reservation().orElse(null));
        row.setDevice(attachment.device());
        row.setBootIndex(attachment.bootIndex().orElse(null));
        row.setTag(attachment.tag().orElse(null));
        row.setDeleteOnTermination(attachment.deleteOnTermination());
        row.setPath(attachment.path().orElse(null));
        row.setSizeGib(attachment.sizeGib());
        row.insert();
    }

    /** The volume was made and is the server's now. */
    public void reserved(Tx tx, UUID attachment, UUID reservation, Optional<String> path) {
        tx.sql()
                .update(ATTACHMENT)
                .set(ATTACHMENT.RESERVATION_ID, reservation)
                .set(ATTACHMENT.PATH, path.orElse(null))
                .where(ATTACHMENT.ID.eq(attachment))
                .execute();
    }

    public void deleteOnTermination(Tx tx, UUID attachment, boolean delete) {
        tx.sql()
                .update(ATTACHMENT)
                .set(ATTACHMENT.DELETE_ON_TERMINATION, delete)
                .where(ATTACHMENT.ID.eq(attachment))
                .execute();
    }

    public void volumeWanted(Tx tx, UUID attachment, boolean wanted) {
        tx.sql()
                .update(ATTACHMENT)
                .set(ATTACHMENT.WANTED, wanted)
                .where(ATTACHMENT.ID.eq(attachment))
                .execute();
    }

    public void volumePlugged(Tx tx, UUID attachment) {
        tx.sql()
                .update(ATTACHMENT)
                .set(ATTACHMENT.PLUGGED, true)
                .where(ATTACHMENT.ID.eq(attachment))
                .execute();
    }

    public void deleteAttachment(Tx tx, UUID attachment) {
        tx.sql().deleteFrom(ATTACHMENT).where(ATTACHMENT.ID.eq(attachment)).execute();
    }

    private static Nic nic(NicRecord row) {
        return new Nic(
                row.getServerId(),
                Json.read(row.getFacts().data(), PortFacts.class),
                Rows.maybe(row.getTag()),
                row.getWanted(),
                row.getPlugged());
    }

    private static VolumeAttachment attachment(AttachmentRecord row) {
        return new VolumeAttachment(
                row.getId(),
                row.getServerId(),
                row.getVolumeId(),
                Rows.maybe(row.getReservationId()),
                row.getDevice(),
                Rows.maybe(row.getBootIndex()),
                Rows.maybe(row.getTag()),
                row.getDeleteOnTermination(),
                Rows.maybe(row.getPath()),
                row.getSizeGib(),
                row.getWanted(),
                row.getPlugged());
    }
}
