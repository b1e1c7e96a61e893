package cloud.welkin.compute.work;

import static cloud.welkin.compute.schema.Tables.ATTACHMENT;
import static cloud.welkin.compute.schema.Tables.GUEST;
import static cloud.welkin.compute.schema.Tables.NIC;
import static cloud.welkin.compute.schema.Tables.SERVER;

import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.ServerGroupStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.quota.Quotas;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What always holds of servers and their guests, checked by {@code welkin doctor} and by tests. */
public final class ComputeInvariants {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int SHOWN = 1000;

    private final Database database;
    private final Clock clock;
    private final ServerStore servers;
    private final GuestStore guests;
    private final ServerGroupStore groups;
    private final Quotas quotas;

    public ComputeInvariants(
            Database database,
            Clock clock,
            ServerStore servers,
            GuestStore guests,
            ServerGroupStore groups,
            Quotas quotas) {
        this.database = database;
        this.clock = clock;
        this.servers = servers;
        this.guests = guests;
        this.groups = groups;
        this.quotas = quotas;
    }

    public List<Invariant> all() {
        return List.of(
                invariant(
                        "every living server on a host has a guest, and no other",
                        "A server without a guest can neither run nor be deleted.",
                        "a defect of Welkin; please report it",
                        tx ->
                                tx.sql()
                                        .select(SERVER.ID)
                                        .from(SERVER)
                                        .leftJoin(GUEST)
                                        .on(GUEST.SERVER_ID.eq(SERVER.ID))
                                        .where(
                                                SERVER.DELETED_AT
                                                        .isNull()
                                                        .and(SERVER.HOST.isNotNull())
                                                        .and(GUEST.SERVER_ID.isNull())
                                                        .or(
                                                                SERVER.DELETED_AT
                                                                        .isNotNull()
                                                                        .and(
                                                                                GUEST.SERVER_ID
                                                                                        .isNotNull())))
                                        .limit(SHOWN)
                                        .fetch(SERVER.ID)),
                invariant(
                        "every active server runs on its host",
                        "An active server was reported as running by its host.",
                        "the host's next report",
                        tx ->
                                tx.sql()
                                        .select(SERVER.ID)
                                        .from(SERVER)
                                        .join(GUEST)
                                        .on(GUEST.SERVER_ID.eq(SERVER.ID))
                                        .where(
                                                SERVER.VM_STATE.eq("active"),
                                                SERVER.TASK_STATE.isNull(),
                                                GUEST.OBSERVED_GENERATION.eq(GUEST.GENERATION),
                                                GUEST.OBSERVED_POWER.isDistinctFrom("RUNNING"))
                                        .limit(SHOWN)
                                        .fetch(SERVER.ID)),
                invariant(
                        "no server does something for long that its host has done",
                        "A task that no report and no saga will end leaves a server stuck.",
                        "a defect of Welkin; please report it",
                        tx ->
                                tx.sql()
                                        .select(SERVER.ID)
                                        .from(SERVER)
                                        .join(GUEST)
                                        .on(GUEST.SERVER_ID.eq(SERVER.ID))
                                        .where(
                                                SERVER.TASK_STATE.isNotNull(),
                                                SERVER.TASK_STATE.notIn(
                                                        "image_snapshot", "block_device_mapping"),
                                                GUEST.OBSERVED_GENERATION.eq(GUEST.GENERATION))
                                        .limit(SHOWN)
                                        .fetch(SERVER.ID)),
                invariant(
                        "hosts do what is wanted of guests soon",
                        "A guest that waits for more than five minutes: its host is down, or cannot.",
                        "bring the host back, or force it down to let deletions end",
                        tx -> guests.pendingSince(tx, clock.instant().minus(PATIENCE))),
                invariant(
                        "no port and no volume belongs to a deleted server",
                        "What a deleted server held must be free again.",
                        "a defect of Welkin; please report it",
                        tx ->
                                tx.sql()
                                        .select(SERVER.ID)
                                        .from(SERVER)
                                        .where(
                                                SERVER.DELETED_AT.isNotNull(),
                                                org.jooq
                                                        .impl
                                                        .DSL
                                                        .exists(
                                                                org.jooq
                                                                        .impl
                                                                        .DSL
                                                                        .selectOne()
                                                                        .from(NIC)
                                                                        .where(
                                                                                NIC.SERVER_ID.eq(
                                                                                        SERVER.ID)))
                                                        .or(
                                                                org.jooq.impl.DSL.exists(
                                                                        org.jooq
                                                                                .impl
                                                                                .DSL
                                                                                .selectOne()
                                                                                .from(ATTACHMENT)
                                                                                .where(
                                                                                        ATTACHMENT
                                                                                                .SERVER_ID
                                                                                                .eq(
                                                                                                        SERVER.ID)))))
                                        .limit(SHOWN)
                                        .fetch(SERVER.ID)),
                quotas.invariant(ComputeQuota.INSTANCES, sums(ServerStore.Sum::instances)),
                quotas.invariant(ComputeQuota.CORES, sums(ServerStore.Sum::cores)),
                quotas.invariant(ComputeQuota.RAM, sums(ServerStore.Sum::ram)),
                quotas.invariant(ComputeQuota.SERVER_GROUPS, groups::countByProject));
    }

    private Function<Tx, Map<String, Long>> sums(ToLongFunction<ServerStore.Sum> which) {
        return tx ->
                servers.sumByProject(tx).entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        entry -> which.applyAsLong(entry.getValue())));
    }

    private Invariant invariant(
            String name, String explains, String heals, Function<Tx, List<UUID>> wrong) {
        return new Invariant(
                name,
                "compute",
                explains,
                () ->
                        database.snapshot(wrong).stream()
                                .map(
                                        id ->
                                                new Finding(
                                                        "Not so for server " + id,
                                                        List.of(id.toString()),
                                                        heals))
                                .toList());
    }
}
