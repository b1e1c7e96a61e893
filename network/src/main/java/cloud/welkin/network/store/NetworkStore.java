package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.ADDRESS;
import static cloud.welkin.network.schema.Tables.NETWORK_;
import static cloud.welkin.network.schema.Tables.PORT;
import static cloud.welkin.network.schema.Tables.SUBNET;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.NetworkRow.Segment;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.schema.Sequences;
import cloud.welkin.network.schema.tables.records.NetworkRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;

/** Networks in the database. */
public final class NetworkStore {
    private static final Field<UUID[]> SUBNETS =
            DSL.array(
                            DSL.select(SUBNET.ID)
                                    .from(SUBNET)
                                    .where(SUBNET.NETWORK_ID.eq(NETWORK_.ID))
                                    .orderBy(SUBNET.CREATED_AT, SUBNET.ID))
                    .as("subnets");

    /** A network with the ids of its subnets, as it is shown. */
    public record WithSubnets(NetworkRow network, List<UUID> subnets) {}

    public static final Listing<WithSubnets> LISTING =
            new Listing<>(
                            NETWORK_,
                            NETWORK_.ID,
                            List.of(NETWORK_, SUBNETS),
                            row -> new WithSubnets(network(row), Rows.list(row, SUBNETS)))
                    .text("name", NETWORK_.NAME)
                    .text("description", NETWORK_.DESCRIPTION)
                    .project(NETWORK_.PROJECT_ID)
                    .bool("admin_state_up", NETWORK_.ADMIN_STATE_UP)
                    .bool("shared", NETWORK_.SHARED)
                    .bool("router:external", NETWORK_.EXTERNAL)
                    .bool("is_default", NETWORK_.IS_DEFAULT)
                    .bool("port_security_enabled", NETWORK_.PORT_SECURITY_ENABLED)
                    .number("mtu", NETWORK_.MTU)
                    .text("dns_domain", NETWORK_.DNS_DOMAIN)
                    .text("provider:network_type", NETWORK_.NETWORK_TYPE)
                    .text("provider:physical_network", NETWORK_.PHYSICAL_NETWORK)
                    .number("provider:segmentation_id", NETWORK_.SEGMENTATION_ID)
                    .big("revision_number", NETWORK_.REVISION)
                    .by(
                            "status",
                            values ->
                                    values.contains("ACTIVE")
                                            ? DSL.noCondition()
                                            : DSL.falseCondition())
                    .by(
                            "subnets",
                            values ->
                                    DSL.exists(
                                            DSL.selectOne()
                                                    .from(SUBNET)
                                                    .where(
                                                            SUBNET.NETWORK_ID.eq(NETWORK_.ID),
                                                            SUBNET.ID
                                                                    .cast(String.class)
                                                                    .in(values))))
                    .tags(NETWORK_.TAGS);

    private static final Listing<NetworkRow> BARE =
            new Listing<>(NETWORK_, NETWORK_.ID, List.of(NETWORK_), NetworkStore::network);

    /** What the caller may see: its own networks, and those that are open to all. */
    public static Condition visible(Visibility visibility) {
        return switch (visibility) {
            case Visibility.Everything all -> DSL.noCondition();
            case Visibility.Own own ->
                    visibility
                            .of(NETWORK_.PROJECT_ID)
                            .or(NETWORK_.SHARED.eq(true))
                            .or(NETWORK_.EXTERNAL.eq(true));
        };
    }

    public Optional<NetworkRow> find(Tx tx, UUID id) {
        return BARE.find(tx, id);
    }

    public Optional<NetworkRow> lock(Tx tx, UUID id) {
        return BARE.lock(tx, id);
    }

    public List<NetworkRow> where(Tx tx, Condition condition) {
        return BARE.where(tx, condition);
    }

    /**
     * Networks that a project's servers may use: its own and shared ones; with external ones for
     * admins.
     */
    public List<NetworkRow> usable(Tx tx, Visibility visibility) {
        return BARE.where(
                tx,
                switch (visibility) {
                    case Visibility.Everything all -> DSL.noCondition();
                    case Visibility.Own own ->
                            visibility
                                    .of(NETWORK_.PROJECT_ID)
                                    .or(NETWORK_.SHARED.eq(true).and(NETWORK_.EXTERNAL.eq(false)));
                });
    }

    public boolean anyExternal(Tx tx) {
        return tx.sql().fetchExists(NETWORK_, NETWORK_.EXTERNAL.eq(true));
    }

    public int nextSegment(Tx tx) {
        return Math.toIntExact(tx.sql().nextval(Sequences.GENEVE_SEGMENT));
    }

    public void insert(Tx tx, NetworkRow network) {
        try {
            NetworkRecord row = new NetworkRecord();
            row.setId(network.id());
            row.setProjectId(network.project().value());
            row.setCreatedAt(network.stamp().createdAt());
            tx.sql().insertInto(NETWORK_).set(fill(row, network)).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(network, e);
        }
    }

    /**
     * @return the row as it is now, with its new stamp
     */
    public NetworkRow update(Tx tx, NetworkRow network, Instant now) {
        try {
            return tx.sql()
                    .update(NETWORK_)
                    .set(fill(new NetworkRecord(), network))
                    .set(NETWORK_.REVISION, NETWORK_.REVISION.plus(1))
                    .set(NETWORK_.UPDATED_AT, now)
                    .where(NETWORK_.ID.eq(network.id()))
                    .returning()
                    .fetchOptional(NetworkStore::network)
                    .orElseThrow(() -> Refusals.noNetwork(network.id()));
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(network, e);
        }
    }

    /**
     * Whether ports are left that keep the network from being deleted; its metadata port goes with
     * it.
     */
    public boolean inUse(Tx tx, UUID network) {
        return tx.sql()
                .fetchExists(
                        PORT,
                        PORT.NETWORK_ID.eq(network),
                        PORT.DEVICE_OWNER.ne(DeviceOwner.METADATA));
    }

    /**
     * Deletes the network with its subnets and its metadata port.
     *
     * @return the projects of the subnets, one for each
     */
    public List<ProjectId> delete(Tx tx, UUID network) {
        try {
            tx.sql()
                    .deleteFrom(PORT)
                    .where(PORT.NETWORK_ID.eq(network), PORT.DEVICE_OWNER.eq(DeviceOwner.METADATA))
                    .execute();
            List<ProjectId> owners =
                    tx.sql()
                            .deleteFrom(SUBNET)
                            .where(SUBNET.NETWORK_ID.eq(network))
                            .returning(SUBNET.PROJECT_ID)
                            .fetch(row -> Rows.project(row, SUBNET.PROJECT_ID));
            tx.sql().deleteFrom(NETWORK_).where(NETWORK_.ID.eq(network)).execute();
            return owners;
        } catch (IntegrityConstraintViolationException e) {
            // A port was made since we looked.
            throw inUse(network);
        }
    }

    public static cloud.welkin.kernel.failure.Failure inUse(UUID network) {
        return Refusals.conflict(
                "NetworkInUse",
                "Unable to complete operation on network %s. There are one or more ports still in use on the network.",
                network);
    }

    /** How many addresses of a subnet are in use. */
    public static Field<Integer> used(Field<UUID> subnet) {
        return DSL.field(DSL.select(DSL.count()).from(ADDRESS).where(ADDRESS.SUBNET_ID.eq(subnet)));
    }

    private static RuntimeException refusal(
            NetworkRow network, IntegrityConstraintViolationException e) {
        return switch (Constraints.violated(e).orElse("")) {
            case "network_segment" ->
                    Refusals.conflict(
                            network.segment().type().equals("flat")
                                    ? "FlatNetworkInUse"
                                    : "TunnelIdInUse",
                            "Unable to create the network. The segment %s of %s is in use.",
                            network.segment().id().map(String::valueOf).orElse("-"),
                            network.segment().physicalNetwork().orElse(network.segment().type()));
            case "network_default" ->
                    Refusals.conflict(
                            "DefaultExternalNetworkExists",
                            "A default external network already exists.");
            default -> e;
        };
    }

    private static NetworkRecord fill(NetworkRecord row, NetworkRow network) {
        row.setName(network.name());
        row.setDescription(network.description());
        row.setAdminStateUp(network.adminStateUp());
        row.setShared(network.shared());
        row.setExternal(network.external());
        row.setIsDefault(network.isDefault());
        row.setMtu(network.mtu());
        row.setPortSecurityEnabled(network.portSecurity());
        row.setDnsDomain(network.dnsDomain());
        row.setNetworkType(network.segment().type());
        row.setPhysicalNetwork(Rows.orNull(network.segment().physicalNetwork()));
        row.setSegmentationId(Rows.orNull(network.segment().id()));
        row.setAvailabilityZoneHints(Rows.texts(network.zoneHints()));
        row.setTags(Rows.texts(network.tags()));
        row.setUpdatedAt(network.stamp().updatedAt());
        return row;
    }

    static NetworkRow network(Record row) {
        return new NetworkRow(
                Rows.get(row, NETWORK_.ID),
                Rows.project(row, NETWORK_.PROJECT_ID),
                Rows.get(row, NETWORK_.NAME),
                Rows.get(row, NETWORK_.DESCRIPTION),
                Rows.get(row, NETWORK_.ADMIN_STATE_UP),
                Rows.get(row, NETWORK_.SHARED),
                Rows.get(row, NETWORK_.EXTERNAL),
                Rows.get(row, NETWORK_.IS_DEFAULT),
                Rows.get(row, NETWORK_.MTU),
                Rows.get(row, NETWORK_.PORT_SECURITY_ENABLED),
                Rows.get(row, NETWORK_.DNS_DOMAIN),
                new Segment(
                        Rows.get(row, NETWORK_.NETWORK_TYPE),
                        Rows.maybe(row, NETWORK_.PHYSICAL_NETWORK),
                        Rows.maybe(row, NETWORK_.SEGMENTATION_ID)),
                Rows.list(row, NETWORK_.AVAILABILITY_ZONE_HINTS),
                Rows.list(row, NETWORK_.TAGS),
                Rows.stamp(row, NETWORK_.REVISION, NETWORK_.CREATED_AT, NETWORK_.UPDATED_AT));
    }
}
