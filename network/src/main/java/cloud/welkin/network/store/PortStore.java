package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.ADDRESS;
import static cloud.welkin.network.schema.Tables.NETWORK_;
import static cloud.welkin.network.schema.Tables.PORT;
import static cloud.welkin.network.schema.Tables.PORT_SECURITY_GROUP;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.AddressPair;
import cloud.welkin.network.domain.PortRow.Binding;
import cloud.welkin.network.domain.PortRow.DhcpOption;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.schema.tables.records.PortRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;

/**
 * Ports in the database, with their security groups; addresses are {@link AddressStore}'s to hand
 * out.
 */
public final class PortStore {
    private static final TypeReference<List<AddressPair>> PAIRS = new TypeReference<>() {};
    private static final TypeReference<List<DhcpOption>> OPTIONS = new TypeReference<>() {};

    private static final Field<UUID[]> SUBNET_IDS =
            DSL.array(
                            DSL.select(ADDRESS.SUBNET_ID)
                                    .from(ADDRESS)
                                    .where(ADDRESS.PORT_ID.eq(PORT.ID))
                                    .orderBy(ADDRESS.POSITION, ADDRESS.IP))
                    .as("address_subnets");
    private static final Field<String[]> IPS =
            DSL.array(
                            DSL.select(ADDRESS.IP)
                                    .from(ADDRESS)
                                    .where(ADDRESS.PORT_ID.eq(PORT.ID))
                                    .orderBy(ADDRESS.POSITION, ADDRESS.IP))
                    .as("address_ips");
    private static final Field<UUID[]> GROUPS =
            DSL.array(
                            DSL.select(PORT_SECURITY_GROUP.SECURITY_GROUP_ID)
                                    .from(PORT_SECURITY_GROUP)
                                    .where(PORT_SECURITY_GROUP.PORT_ID.eq(PORT.ID))
                                    .orderBy(
                                            PORT_SECURITY_GROUP.POSITION,
                                            PORT_SECURITY_GROUP.SECURITY_GROUP_ID))
                    .as("security_groups");

    public static final Listing<PortRow> LISTING =
            new Listing<>(PORT, PORT.ID, List.of(PORT, SUBNET_IDS, IPS, GROUPS), PortStore::port)
                    .text("name", PORT.NAME)
                    .text("description", PORT.DESCRIPTION)
                    .project(PORT.PROJECT_ID)
                    .uuid("network_id", PORT.NETWORK_ID)
                    .bool("admin_state_up", PORT.ADMIN_STATE_UP)
                    .by(
                            "mac_address",
                            values ->
                                    PORT.MAC_ADDRESS.in(
                                            values.stream()
                                                    .flatMap(v -> Mac.parse(v).stream())
                                                    .map(Mac::toString)
                                                    .toList()))
                    .text("status", PORT.STATUS)
                    .text("device_id", PORT.DEVICE_ID)
                    .text("device_owner", PORT.DEVICE_OWNER)
                    .text("binding:host_id", PORT.BINDING_HOST)
                    .text("binding:vnic_type", PORT.BINDING_VNIC_TYPE)
                    .text("dns_name", PORT.DNS_NAME)
                    .bool("port_security_enabled", PORT.PORT_SECURITY_ENABLED)
                    .big("revision_number", PORT.REVISION)
                    .by("fixed_ips", PortStore::byFixedIps)
                    .by("security_groups", PortStore::byGroups)
                    .by("security_group_ids", PortStore::byGroups)
                    .tags(PORT.TAGS);

    /** What the caller may see: its own ports, and those of its own networks. */
    public static Condition visible(Visibility visibility) {
        return switch (visibility) {
            case Visibility.Everything all -> DSL.noCondition();
            case Visibility.Own own ->
                    visibility
                            .of(PORT.PROJECT_ID)
                            .or(
                                    DSL.exists(
                                            DSL.selectOne()
                                                    .from(NETWORK_)
                                                    .where(
                                                            NETWORK_.ID.eq(PORT.NETWORK_ID),
                                                            visibility.of(NETWORK_.PROJECT_ID))));
        };
    }

    /**
     * Filters like {@code ip_address=10.0.0.3}, {@code subnet_id=…} and {@code
     * ip_address_substr=10.}; all of them hold.
     */
    private static Condition byFixedIps(List<String> values) {
        List<String> ips = new ArrayList<>();
        List<String> subnets = new ArrayList<>();
        Condition all = DSL.noCondition();
        for (String value : values) {
            int equals = value.indexOf('=');
            String key = equals < 0 ? "" : value.substring(0, equals);
            String wanted = value.substring(equals + 1);
            switch (key) {
                case "ip_address" ->
                        ips.add(
                                cloud.welkin.network.domain.Ip.parse(wanted)
                                        .map(Object::toString)
                                        .orElse(""));
                case "subnet_id" -> subnets.add(wanted);
                case "ip_address_substr" -> all = all.and(hasAddress(ADDRESS.IP.contains(wanted)));
                default -> all = DSL.falseCondition();
            }
        }
        if (!ips.isEmpty()) {
            all = all.and(hasAddress(ADDRESS.IP.in(ips)));
        }
        return subnets.isEmpty()
                ? all
                : all.and(hasAddress(ADDRESS.SUBNET_ID.cast(String.class).in(subnets)));
    }

    private static Condition hasAddress(Condition condition) {
        return DSL.exists(
                DSL.selectOne().from(ADDRESS).where(ADDRESS.PORT_ID.eq(PORT.ID), condition));
    }

    private static Condition byGroups(List<String> values) {
        return DSL.exists(
                DSL.selectOne()
                        .from(PORT_SECURITY_GROUP)
                        .where(
                                PORT_SECURITY_GROUP.PORT_ID.eq(PORT.ID),
                                PORT_SECURITY_GROUP
                                        .SECURITY_GROUP_ID
                                        .cast(String.class)
                                        .in(values)));
    }

    public Optional<PortRow> find(Tx tx, UUID id) {
        return LISTING.find(tx, id);
    }

    public Optional<PortRow> lock(Tx tx, UUID id) {
        return LISTING.lock(tx, id);
    }

    public List<PortRow> where(Tx tx, Condition condition) {
        return LISTING.where(tx, condition);
    }

    public List<PortRow> ofDevices(Tx tx, Collection<String> devices) {
        return tx.sql()
                .select(PORT.asterisk(), SUBNET_IDS, IPS, GROUPS)
                .from(PORT)
                .where(PORT.DEVICE_ID.in(devices))
                .orderBy(PORT.CREATED_AT, PORT.ID)
                .fetch(PortStore::port);
    }

    public Optional<PortRow> metadataPort(Tx tx, UUID network) {
        return where(
                        tx,
                        PORT.NETWORK_ID
                                .eq(network)
                                .and(
                                        PORT.DEVICE_OWNER.eq(
                                                cloud.welkin.network.domain.DeviceOwner.METADATA)))
                .stream()
                .findFirst();
    }

    /**
     * Inserts the port and its security groups; not its addresses. False when the MAC is taken in
     * the network.
     */
    public boolean insert(Tx tx, PortRow port) {
        PortRecord row = new PortRecord();
        row.setId(port.id());
        row.setProjectId(port.project().value());
        row.setNetworkId(port.network());
        row.setMadeForServer(port.madeForServer());
        row.setCreatedAt(port.stamp().createdAt());
        int inserted;
        try {
            inserted =
                    tx.sql()
                            .insertInto(PORT)
                            .set(fill(row, port))
                            .onConflictOnConstraint(
                                    cloud.welkin.network.schema.Keys.PORT_MAC_IN_NETWORK)
                            .doNothing()
                            .execute();
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(port, e);
        }
        if (inserted == 1) {
            setGroups(tx, port.id(), port.securityGroups());
        }
        return inserted == 1;
    }

    public PortRow update(Tx tx, PortRow port, Instant now) {
        try {
            tx.sql()
                    .update(PORT)
                    .set(fill(new PortRecord(), port))
                    .set(PORT.REVISION, PORT.REVISION.plus(1))
                    .set(PORT.UPDATED_AT, now)
                    .where(PORT.ID.eq(port.id()))
                    .execute();
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(port, e);
        }
        return find(tx, port.id()).orElseThrow(() -> Refusals.noPort(port.id()));
    }

    public void replaceGroups(Tx tx, UUID port, List<UUID> groups) {
        tx.sql()
                .deleteFrom(PORT_SECURITY_GROUP)
                .where(PORT_SECURITY_GROUP.PORT_ID.eq(port))
                .execute();
        setGroups(tx, port, groups);
    }

    private static void setGroups(Tx tx, UUID port, List<UUID> groups) {
        if (groups.isEmpty()) {
            return;
        }
        var insert =
                tx.sql()
                        .insertInto(
                                PORT_SECURITY_GROUP,
                                PORT_SECURITY_GROUP.PORT_ID,
                                PORT_SECURITY_GROUP.SECURITY_GROUP_ID,
                                PORT_SECURITY_GROUP.POSITION);
        for (int i = 0; i < groups.size(); i++) {
            insert = insert.values(port, groups.get(i), i);
        }
        try {
            insert.execute();
        } catch (IntegrityConstraintViolationException e) {
            throw Refusals.noSecurityGroup(groups);
        }
    }

    /** Sets the status of many ports; answers those whose status it changed. */
    public List<PortRow> setStatus(Tx tx, Map<UUID, String> wanted, Instant now) {
        List<UUID> changed = new ArrayList<>();
        for (String status : List.of(PortRow.ACTIVE, PortRow.DOWN)) {
            List<UUID> ids =
                    wanted.entrySet().stream()
                            .filter(entry -> entry.getValue().equals(status))
                            .map(Map.Entry::getKey)
                            .sorted()
                            .toList();
            if (!ids.isEmpty()) {
                changed.addAll(
                        tx.sql()
                                .update(PORT)
                                .set(PORT.STATUS, status)
                                .set(PORT.REVISION, PORT.REVISION.plus(1))
                                .set(PORT.UPDATED_AT, now)
                                .where(
                                        PORT.ID.in(ids),
                                        PORT.STATUS.ne(status),
                                        PORT.STATUS.ne(PortRow.NOT_APPLICABLE),
                                        // What is unbound meanwhile may be told of once more.
                                        status.equals(PortRow.ACTIVE)
                                                ? PORT.BINDING_HOST.ne("")
                                                : DSL.noCondition())
                                .returning(PORT.ID)
                                .fetch(row -> Rows.get(row, PORT.ID)));
            }
        }
        return changed.isEmpty() ? List.of() : where(tx, PORT.ID.in(changed));
    }

    /** Deletes the port with its addresses; what still leads to it must be gone before. */
    public void delete(Tx tx, UUID port) {
        try {
            tx.sql().deleteFrom(PORT).where(PORT.ID.eq(port)).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw Refusals.conflict(
                    "PortInUse",
                    "Unable to complete operation on port %s. Something still uses it.",
                    port);
        }
    }

    private static RuntimeException refusal(PortRow port, IntegrityConstraintViolationException e) {
        return switch (Constraints.violated(e).orElse("")) {
            case "port_network_id_fkey" -> Refusals.noNetwork(port.network());
            case "port_mac_in_network" -> macInUse(port);
            default -> e;
        };
    }

    public static cloud.welkin.kernel.failure.Failure macInUse(PortRow port) {
        return Refusals.conflict(
                "MacAddressInUse",
                "Unable to complete operation for network %s. The mac address %s is in use.",
                port.network(),
                port.mac());
    }

    private static PortRecord fill(PortRecord row, PortRow port) {
        row.setName(port.name());
        row.setDescription(port.description());
        row.setMacAddress(port.mac().toString());
        row.setAdminStateUp(port.adminStateUp());
        row.setStatus(port.status());
        row.setDeviceId(port.deviceId());
        row.setDeviceOwner(port.deviceOwner());
        row.setPortSecurityEnabled(port.portSecurity());
        row.setAllowedAddressPairs(Rows.json(port.pairs()));
        row.setExtraDhcpOpts(Rows.json(port.dhcpOptions()));
        row.setDnsName(port.dnsName());
        row.setBindingHost(port.binding().host().orElse(""));
        row.setBindingVnicType(port.binding().vnicType());
        row.setBindingProfile(Rows.json(port.binding().profile()));
        row.setTags(Rows.texts(port.tags()));
        row.setUpdatedAt(port.stamp().updatedAt());
        return row;
    }

    static PortRow port(Record row) {
        List<UUID> subnets = Rows.list(row, SUBNET_IDS);
        List<String> ips = Rows.list(row, IPS);
        List<FixedIp> fixed = new ArrayList<>(ips.size());
        for (int i = 0; i < Math.min(ips.size(), subnets.size()); i++) {
            fixed.add(new FixedIp(subnets.get(i), ips.get(i)));
        }
        return new PortRow(
                Rows.get(row, PORT.ID),
                Rows.project(row, PORT.PROJECT_ID),
                Rows.get(row, PORT.NETWORK_ID),
                Rows.get(row, PORT.NAME),
                Rows.get(row, PORT.DESCRIPTION),
                Mac.of(Rows.get(row, PORT.MAC_ADDRESS)),
                Rows.get(row, PORT.ADMIN_STATE_UP),
                Rows.get(row, PORT.STATUS),
                Rows.get(row, PORT.DEVICE_ID),
                Rows.get(row, PORT.DEVICE_OWNER),
                fixed,
                Rows.list(row, GROUPS),
                Rows.get(row, PORT.PORT_SECURITY_ENABLED),
                Rows.listOf(Rows.get(row, PORT.ALLOWED_ADDRESS_PAIRS), PAIRS),
                Rows.listOf(Rows.get(row, PORT.EXTRA_DHCP_OPTS), OPTIONS),
                Rows.get(row, PORT.DNS_NAME),
                new Binding(
                        Optional.of(Rows.get(row, PORT.BINDING_HOST))
                                .filter(host -> !host.isEmpty()),
                        Rows.get(row, PORT.BINDING_VNIC_TYPE),
                        Json.mapper().readTree(Rows.get(row, PORT.BINDING_PROFILE).data())),
                Rows.get(row, PORT.MADE_FOR_SERVER),
                Rows.list(row, PORT.TAGS),
                Rows.stamp(row, PORT.REVISION, PORT.CREATED_AT, PORT.UPDATED_AT));
    }
}
