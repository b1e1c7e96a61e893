package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.ATTACHMENT;
import static cloud.welkin.compute.schema.Tables.NIC;
import static cloud.welkin.compute.schema.Tables.SERVER;

import cloud.welkin.compute.domain.Fault;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerName;
import cloud.welkin.compute.domain.ServerState;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.schema.tables.records.ServerRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.json.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.JSONB;
import org.jooq.impl.DSL;

/** Servers in the database, one row each; what lists show is all in it. */
public final class ServerStore {
    /** How much of the compute quota a project's servers take. */
    public record Sum(long instances, long cores, long ram) {}

    public Optional<Server> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(SERVER)
                .where(SERVER.ID.eq(id), SERVER.DELETED_AT.isNull())
                .fetchOptional(ServerStore::server);
    }

    public Optional<Server> findEvenDeleted(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(SERVER)
                .where(SERVER.ID.eq(id))
                .fetchOptional(ServerStore::server);
    }

    /**
     * The server, locked until the transaction ends: whoever changes a server or its guest comes
     * through here.
     */
    public Optional<Server> lock(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(SERVER)
                .where(SERVER.ID.eq(id), SERVER.DELETED_AT.isNull())
                .forNoKeyUpdate()
                .fetchOptional(ServerStore::server);
    }

    public List<Server> list(Tx tx, ServerFilter filter) {
        return filter.select(tx, tx.sql().selectFrom(SERVER)).fetch(ServerStore::server);
    }

    /** As {@link #list}, but reads no more than a short list shows. */
    public List<ServerName> names(Tx tx, ServerFilter filter) {
        return filter.select(tx, tx.sql().select(SERVER.ID, SERVER.NAME).from(SERVER))
                .fetch(row -> new ServerName(row.value1(), row.value2()));
    }

    /** The servers' numbers come from the database; libvirt's names are made of them. */
    public void insert(Tx tx, Server server) {
        ServerRecord row = tx.sql().newRecord(SERVER);
        row.setId(server.id());
        row.setProjectId(server.project().value());
        row.setUserId(server.user().value());
        row.setFlavorId(server.flavorId());
        row.setFlavor(Rows.json(server.flavorJson()));
        row.setVcpus(server.vcpus());
        row.setRamMib(server.ramMib());
        row.setHost(server.host().map(HostName::value).orElse(null));
        row.setZone(server.zone());
        row.setPinnedZone(server.pinnedZone().orElse(null));
        row.setKeyName(server.key().map(Server.Key::name).orElse(null));
        row.setPublicKey(server.key().map(Server.Key::publicKey).orElse(null));
        row.setKeyType(server.key().map(Server.Key::type).orElse(null));
        row.setConfigDrive(server.configDrive());
        row.setHints(Rows.json(server.hintsJson()));
        row.setGroupId(server.group().orElse(null));
        row.setReservationId(server.reservationId());
        row.setLaunchIndex(server.launchIndex());
        row.setRootDevice(server.rootDevice());
        row.setTags(server.tags().toArray(String[]::new));
        row.setCreatedAt(server.createdAt());
        row.setVmState(server.state().vm().text());
        row.setTaskState(server.state().task().map(TaskState::text).orElse(null));
        row.setPowerState(server.state().powerState());
        row.setAddresses(Rows.json(server.addressesJson()));
        row.setSecurityGroups(Rows.json(server.securityGroupsJson()));
        row.setVolumes(Rows.json(server.volumesJson()));
        row.setName(server.name());
        row.setHostname(server.hostname());
        row.setDescription(server.description().orElse(null));
        row.setImageId(server.image().orElse(null));
        row.setImage(Rows.json(server.imageJson()));
        row.setUserData(server.userData().orElse(null));
        row.setAdminPass(server.adminPass().orElse(null));
        row.setMetadata(Rows.json(server.metadataJson()));
        row.setAccessV4(server.accessV4());
        row.setAccessV6(server.accessV6());
        row.setDiskConfig(server.diskConfig());
        row.setLocked(server.lock().locked());
        row.setLockedByAdmin(server.lock().byAdmin());
        row.setLockedReason(server.lock().reason().orElse(null));
        row.setUpdatedAt(server.updatedAt());
        row.setFault(server.fault().map(Rows::json).orElse(null));
        row.insert();
    }

    /** What a server is called and described by. */
    public record Description(
            String name,
            String hostname,
            Optional<String> description,
            String accessV4,
            String accessV6,
            String diskConfig) {}

    public void describe(Tx tx, UUID id, Description as, Instant now) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.NAME, as.name())
                .set(SERVER.HOSTNAME, as.hostname())
                .set(SERVER.DESCRIPTION, as.description().orElse(null))
                .set(SERVER.ACCESS_V4, as.accessV4())
                .set(SERVER.ACCESS_V6, as.accessV6())
                .set(SERVER.DISK_CONFIG, as.diskConfig())
                .set(SERVER.UPDATED_AT, now)
                .where(SERVER.ID.eq(id))
                .execute();
    }

    /** What a rebuild changes beside the description. */
    public void rebuilt(
            Tx tx,
            UUID id,
            UUID image,
            Map<String, String> imageProperties,
            Optional<Server.Key> key,
            Optional<String> userData,
            Optional<String> adminPass) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.IMAGE_ID, image)
                .set(SERVER.IMAGE, Rows.json(imageProperties))
                .set(SERVER.KEY_NAME, key.map(Server.Key::name).orElse(null))
                .set(SERVER.PUBLIC_KEY, key.map(Server.Key::publicKey).orElse(null))
                .set(SERVER.KEY_TYPE, key.map(Server.Key::type).orElse(null))
                .set(SERVER.USER_DATA, userData.orElse(null))
                .set(SERVER.ADMIN_PASS, adminPass.orElse(null))
                .where(SERVER.ID.eq(id))
                .execute();
    }

    /** The guest has its password, or never will. */
    public void forgetPassword(Tx tx, UUID id) {
        tx.sql().update(SERVER).setNull(SERVER.ADMIN_PASS).where(SERVER.ID.eq(id)).execute();
    }

    public void setLock(Tx tx, UUID id, Server.Lock lock, Instant now) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.LOCKED, lock.locked())
                .set(SERVER.LOCKED_BY_ADMIN, lock.byAdmin())
                .set(SERVER.LOCKED_REASON, lock.reason().orElse(null))
                .set(SERVER.UPDATED_AT, now)
                .where(SERVER.ID.eq(id))
                .execute();
    }

    public void setMetadata(Tx tx, UUID id, Map<String, String> metadata, Instant now) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.METADATA, Rows.json(metadata))
                .set(SERVER.UPDATED_AT, now)
                .where(SERVER.ID.eq(id))
                .execute();
    }

    public void setState(Tx tx, UUID id, ServerState state, Optional<Fault> fault, Instant now) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.VM_STATE, state.vm().text())
                .set(SERVER.TASK_STATE, state.task().map(TaskState::text).orElse(null))
                .set(SERVER.POWER_STATE, state.powerState())
                .set(SERVER.FAULT, fault.map(Rows::json).orElse(null))
                .set(SERVER.UPDATED_AT, now)
                .where(SERVER.ID.eq(id))
                .execute();
    }

    public void launched(Tx tx, UUID id, Instant now) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.LAUNCHED_AT, now)
                .setNull(SERVER.ADMIN_PASS)
                .where(SERVER.ID.eq(id))
                .execute();
    }

    public void deleted(Tx tx, UUID id, Instant now) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.VM_STATE, VmState.DELETED.text())
                .setNull(SERVER.TASK_STATE)
                .set(SERVER.POWER_STATE, ServerState.NO_STATE)
                .set(SERVER.ADDRESSES, Rows.json("{}"))
                .set(SERVER.SECURITY_GROUPS, Rows.json("[]"))
                .set(SERVER.VOLUMES, Rows.json("[]"))
                .setNull(SERVER.ADMIN_PASS)
                .set(SERVER.UPDATED_AT, now)
                .set(SERVER.TERMINATED_AT, now)
                .set(SERVER.DELETED_AT, now)
                .where(SERVER.ID.eq(id))
                .execute();
    }

    public void setTags(Tx tx, UUID id, List<String> tags, Instant now) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.TAGS, tags.toArray(String[]::new))
                .set(SERVER.UPDATED_AT, now)
                .where(SERVER.ID.eq(id))
                .execute();
    }

    public void setAddresses(Tx tx, UUID id, Object addresses, Object groups) {
        tx.sql()
                .update(SERVER)
                .set(SERVER.ADDRESSES, Rows.json(addresses))
                .set(SERVER.SECURITY_GROUPS, Rows.json(groups))
                .where(SERVER.ID.eq(id))
                .execute();
    }

    /** Makes the list of volumes in the row equal to the attachments; one statement. */
    public void refreshVolumes(Tx tx, UUID id) {
        tx.sql()
                .update(SERVER)
                .set(
                        SERVER.VOLUMES,
                        DSL.field(
                                "coalesce((select jsonb_agg(jsonb_build_object('id', a.volume_id,"
                                        + " 'delete_on_termination', a.delete_on_termination) order"
                                        + " by a.number) from {0} a where a.server_id = {1}), '[]')",
                                JSONB.class, ATTACHMENT, DSL.val(id)))
                .where(SERVER.ID.eq(id))
                .execute();
    }

    /**
     * Hosts of the members of a group, with how many each has. Locks the group, so that nobody
     * joins meanwhile.
     */
    public Map<String, Integer> hostsOfGroup(Tx tx, UUID group) {
        return tx.sql()
                .select(SERVER.HOST, DSL.count())
                .from(SERVER)
                .where(
                        SERVER.GROUP_ID.eq(group),
                        SERVER.HOST.isNotNull(),
                        SERVER.DELETED_AT.isNull())
                .groupBy(SERVER.HOST)
                .fetchMap(SERVER.HOST, DSL.count());
    }

    public Map<UUID, String> hostsOf(Tx tx, Collection<UUID> servers) {
        return tx.sql()
                .select(SERVER.ID, SERVER.HOST)
                .from(SERVER)
                .where(SERVER.ID.in(servers), SERVER.HOST.isNotNull(), SERVER.DELETED_AT.isNull())
                .fetchMap(SERVER.ID, SERVER.HOST);
    }

    public Map<String, Integer> countByHost(Tx tx) {
        return tx.sql()
                .select(SERVER.HOST, DSL.count())
                .from(SERVER)
                .where(SERVER.HOST.isNotNull(), SERVER.DELETED_AT.isNull())
                .groupBy(SERVER.HOST)
                .fetchMap(SERVER.HOST, DSL.count());
    }

    /** What the living servers of each project take, for the invariants of quota. */
    public Map<String, Sum> sumByProject(Tx tx) {
        var cores = DSL.sum(SERVER.VCPUS).cast(Long.class);
        var ram = DSL.sum(SERVER.RAM_MIB).cast(Long.class);
        return tx.sql()
                .select(SERVER.PROJECT_ID, DSL.count(), cores, ram)
                .from(SERVER)
                .where(SERVER.DELETED_AT.isNull())
                .groupBy(SERVER.PROJECT_ID)
                .fetchMap(
                        row -> row.value1(),
                        row -> new Sum(row.value2(), row.value3(), row.value4()));
    }

    /** Servers of a project that existed at some time between the two, for usage. */
    public List<Server> existedBetween(
            Tx tx, Optional<ProjectId> project, Instant from, Instant to) {
        return tx.sql()
                .selectFrom(SERVER)
                .where(
                        project.map(p -> SERVER.PROJECT_ID.eq(p.value())).orElse(DSL.noCondition()),
                        SERVER.CREATED_AT.lt(to),
                        SERVER.DELETED_AT.isNull().or(SERVER.DELETED_AT.gt(from)))
                .orderBy(SERVER.CREATED_AT, SERVER.ID)
                .limit(100_000)
                .fetch(ServerStore::server);
    }

    /** Forgets servers that were deleted before the time, a thousand at once. */
    public int forget(Tx tx, Instant before) {
        return tx.sql()
                .deleteFrom(SERVER)
                .where(
                        SERVER.ID.in(
                                DSL.select(SERVER.ID)
                                        .from(SERVER)
                                        .where(SERVER.DELETED_AT.lt(before))
                                        .limit(Rows.MOST)))
                .execute();
    }

    static Server server(ServerRecord row) {
        return new Server(
                row.getId(),
                row.getNumber(),
                new ProjectId(row.getProjectId()),
                new UserId(row.getUserId()),
                row.getName(),
                row.getHostname(),
                Rows.maybe(row.getDescription()),
                row.getFlavorId(),
                row.getFlavor().data(),
                row.getVcpus(),
                row.getRamMib(),
                Rows.maybe(row.getImageId()),
                row.getImage().data(),
                Rows.maybe(row.getHost()).map(HostName::new),
                row.getZone(),
                Rows.maybe(row.getPinnedZone()),
                Rows.maybe(row.getKeyName())
                        .map(name -> new Server.Key(name, row.getPublicKey(), row.getKeyType())),
                Rows.maybe(row.getUserData()),
                row.getConfigDrive(),
                Rows.maybe(row.getAdminPass()),
                row.getMetadata().data(),
                List.of(row.getTags()),
                row.getHints().data(),
                Rows.maybe(row.getGroupId()),
                row.getAccessV4(),
                row.getAccessV6(),
                row.getDiskConfig(),
                row.getLocked()
                        ? new Server.Lock(
                                true, row.getLockedByAdmin(), Rows.maybe(row.getLockedReason()))
                        : Server.Lock.OPEN,
                new ServerState(
                        VmState.of(row.getVmState()),
                        Rows.maybe(row.getTaskState()).map(TaskState::of),
                        row.getPowerState()),
                Rows.maybe(row.getFault()).map(json -> Json.read(json.data(), Fault.class)),
                row.getReservationId(),
                row.getLaunchIndex(),
                row.getRootDevice(),
                row.getAddresses().data(),
                row.getSecurityGroups().data(),
                row.getVolumes().data(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                Rows.maybe(row.getLaunchedAt()),
                Rows.maybe(row.getTerminatedAt()),
                Rows.maybe(row.getDeletedAt()));
    }

    /** Whether a port or a volume is known to belong to a server; for the invariants. */
    public List<UUID> portsWithoutServer(Tx tx) {
        return tx.sql()
                .select(NIC.PORT_ID)
                .from(NIC)
                .join(SERVER)
                .on(SERVER.ID.eq(NIC.SERVER_ID))
                .where(SERVER.DELETED_AT.isNotNull())
                .limit(Rows.MOST)
                .fetch(NIC.PORT_ID);
    }
}
