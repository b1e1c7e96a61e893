package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.GUEST;

import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.schema.tables.records.GuestRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.Power;
import cloud.welkin.kernel.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.JSONB;
import tools.jackson.databind.JsonNode;

/** What shall be of servers on hosts, and what the hosts last said. */
public final class GuestStore {
    public Optional<Guest> find(Tx tx, UUID server) {
        return tx.sql()
                .selectFrom(GUEST)
                .where(GUEST.SERVER_ID.eq(server))
                .fetchOptional(GuestStore::guest);
    }

    public List<Guest> onHost(Tx tx, HostName host, boolean onlyPending) {
        return tx.sql()
                .selectFrom(GUEST)
                .where(
                        GUEST.HOST.eq(host.value()),
                        GUEST.READY.eq(true),
                        onlyPending
                                ? GUEST.OBSERVED_GENERATION.lt(GUEST.GENERATION)
                                : org.jooq.impl.DSL.noCondition())
                .orderBy(GUEST.CHANGED_AT, GUEST.SERVER_ID)
                .fetch(GuestStore::guest);
    }

    public void insert(Tx tx, Guest guest, Instant now) {
        GuestRecord row = tx.sql().newRecord(GUEST);
        row.setServerId(guest.server());
        row.setHost(guest.host().value());
        fill(row, guest);
        row.setChangedAt(now);
        row.insert();
    }

    /** Keeps the intent and what was observed. */
    public void save(Tx tx, Guest guest, Instant now, boolean reported) {
        GuestRecord row = tx.sql().newRecord(GUEST);
        fill(row, guest);
        if (reported) {
            row.setReportedAt(now);
        } else {
            row.setChangedAt(now);
        }
        tx.sql().update(GUEST).set(row).where(GUEST.SERVER_ID.eq(guest.server())).execute();
    }

    public void delete(Tx tx, UUID server) {
        tx.sql().deleteFrom(GUEST).where(GUEST.SERVER_ID.eq(server)).execute();
    }

    /** Guests whose host has not done what was wanted of it since the time. */
    public List<UUID> pendingSince(Tx tx, Instant time) {
        return tx.sql()
                .select(GUEST.SERVER_ID)
                .from(GUEST)
                .where(
                        GUEST.READY.eq(true),
                        GUEST.OBSERVED_GENERATION.lt(GUEST.GENERATION),
                        GUEST.CHANGED_AT.lt(time))
                .limit(Rows.MOST)
                .fetch(GUEST.SERVER_ID);
    }

    /** Guests that shall go from a host, for when the operator says that the host is no more. */
    public List<UUID> absentOn(Tx tx, HostName host) {
        return tx.sql()
                .select(GUEST.SERVER_ID)
                .from(GUEST)
                .where(GUEST.HOST.eq(host.value()), GUEST.PRESENT.eq(false))
                .fetch(GUEST.SERVER_ID);
    }

    /** The data of images that root disks lie upon: it must not be removed. */
    public java.util.Set<String> contents(Tx tx) {
        java.util.Set<String> all = new java.util.HashSet<>();
        for (String part : List.of("content", "kernel", "ramdisk")) {
            all.addAll(
                    tx.sql()
                            .selectDistinct(
                                    org.jooq.impl.DSL.field(
                                            "{0} ->> {1}",
                                            String.class,
                                            GUEST.ROOT,
                                            org.jooq.impl.DSL.inline(part)))
                            .from(GUEST)
                            .where(
                                    "{0} ->> {1} is not null",
                                    GUEST.ROOT, org.jooq.impl.DSL.inline(part))
                            .fetchInto(String.class));
        }
        return all;
    }

    private static void fill(GuestRecord row, Guest guest) {
        row.setGeneration(guest.generation());
        row.setObservedGeneration(guest.observedGeneration());
        row.setReady(guest.ready());
        row.setPresent(guest.present());
        row.setPower(guest.power().name());
        row.setRebuilds(guest.rebuilds());
        row.setReboots(guest.reboots());
        row.setHardReboot(guest.hardReboot());
        row.setRoot(root(guest.root()));
        row.setHardware(Rows.json(guest.hardware()));
        row.setObservedPower(guest.observedPower().map(Power::name).orElse(null));
        row.setVncSocket(guest.vncSocket().orElse(null));
    }

    private static Guest guest(GuestRecord row) {
        return new Guest(
                row.getServerId(),
                new HostName(row.getHost()),
                row.getGeneration(),
                row.getObservedGeneration(),
                row.getReady(),
                row.getPresent(),
                Power.valueOf(row.getPower()),
                row.getRebuilds(),
                row.getReboots(),
                row.getHardReboot(),
                root(row.getRoot()),
                Rows.texts(row.getHardware()),
                Rows.maybe(row.getObservedPower()).map(Power::valueOf),
                Rows.maybe(row.getVncSocket()));
    }

    /** A root disk on a volume is the empty object. */
    private static JSONB root(RootDisk root) {
        return switch (root) {
            case RootDisk.FromImage image -> Rows.json(image);
            case RootDisk.FromVolume volume -> Rows.json("{}");
        };
    }

    private static RootDisk root(JSONB json) {
        JsonNode tree = Json.mapper().readTree(json.data());
        return tree.isEmpty()
                ? new RootDisk.FromVolume()
                : Json.mapper().treeToValue(tree, RootDisk.FromImage.class);
    }
}
