package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.ADDRESS;
import static cloud.welkin.network.schema.Tables.NETWORK_;
import static cloud.welkin.network.schema.Tables.PORT;
import static cloud.welkin.network.schema.Tables.SUBNET;

import cloud.welkin.database.Tx;
import cloud.welkin.network.domain.Addressing;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Pool;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.Route;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.schema.tables.records.SubnetRecord;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;

/** Subnets in the database. */
public final class SubnetStore {
    private record StartEnd(String start, String end) {}

    private static final TypeReference<List<StartEnd>> POOLS = new TypeReference<>() {};
    static final TypeReference<List<Route>> ROUTES = new TypeReference<>() {};

    public static final Listing<SubnetRow> LISTING =
            new Listing<>(SUBNET, SUBNET.ID, List.of(SUBNET), SubnetStore::subnet)
                    .text("name", SUBNET.NAME)
                    .text("description", SUBNET.DESCRIPTION)
                    .project(SUBNET.PROJECT_ID)
                    .uuid("network_id", SUBNET.NETWORK_ID)
                    .number("ip_version", SUBNET.IP_VERSION)
                    .text("cidr", SUBNET.CIDR)
                    .text("gateway_ip", SUBNET.GATEWAY_IP)
                    .bool("enable_dhcp", SUBNET.ENABLE_DHCP)
                    .text("ipv6_ra_mode", SUBNET.IPV6_RA_MODE)
                    .text("ipv6_address_mode", SUBNET.IPV6_ADDRESS_MODE)
                    .uuid("subnetpool_id", SUBNET.SUBNETPOOL_ID)
                    .big("revision_number", SUBNET.REVISION)
                    .by(
                            "shared",
                            values ->
                                    openNetwork(
                                            NETWORK_.SHARED.in(
                                                    values.stream()
                                                            .map(v -> Listing.truth("shared", v))
                                                            .toList())))
                    .by(
                            "router:external",
                            values ->
                                    openNetwork(
                                            NETWORK_.EXTERNAL.in(
                                                    values.stream()
                                                            .map(
                                                                    v ->
                                                                            Listing.truth(
                                                                                    "router:external",
                                                                                    v))
                                                            .toList())))
                    .by(
                            "service_types",
                            values -> DSL.arrayOverlap(SUBNET.SERVICE_TYPES, Listing.parts(values)))
                    .tags(SUBNET.TAGS);

    /**
     * What the caller may see: its own subnets, and those of networks that are its own or open to
     * all.
     */
    public static Condition visible(Visibility visibility) {
        return switch (visibility) {
            case Visibility.Everything all -> DSL.noCondition();
            case Visibility.Own own ->
                    visibility
                            .of(SUBNET.PROJECT_ID)
                            .or(openNetwork(NetworkStore.visible(visibility)));
        };
    }

    private static Condition openNetwork(Condition condition) {
        return DSL.exists(
                DSL.selectOne().from(NETWORK_).where(NETWORK_.ID.eq(SUBNET.NETWORK_ID), condition));
    }

    public List<SubnetRow> where(Tx tx, Condition condition) {
        return LISTING.where(tx, condition);
    }

    public List<SubnetRow> ofNetwork(Tx tx, UUID network) {
        return tx.sql()
                .selectFrom(SUBNET)
                .where(SUBNET.NETWORK_ID.eq(network))
                .orderBy(SUBNET.CREATED_AT, SUBNET.ID)
                .fetch(SubnetStore::subnet);
    }

    public void insert(Tx tx, SubnetRow subnet) {
        SubnetRecord row = new SubnetRecord();
        row.setId(subnet.id());
        row.setProjectId(subnet.project().value());
        row.setNetworkId(subnet.network());
        row.setIpVersion(subnet.version());
        row.setCidr(subnet.cidr().toString());
        row.setIpv6RaMode(Rows.orNull(subnet.raMode().map(Addressing::word)));
        row.setIpv6AddressMode(Rows.orNull(subnet.addressMode().map(Addressing::word)));
        row.setSubnetpoolId(Rows.orNull(subnet.pool()));
        row.setCreatedAt(subnet.stamp().createdAt());
        tx.sql().insertInto(SUBNET).set(fill(row, subnet)).execute();
    }

    public SubnetRow update(Tx tx, SubnetRow subnet, Instant now) {
        return tx.sql()
                .update(SUBNET)
                .set(fill(new SubnetRecord(), subnet))
                .set(SUBNET.REVISION, SUBNET.REVISION.plus(1))
                .set(SUBNET.UPDATED_AT, now)
                .where(SUBNET.ID.eq(subnet.id()))
                .returning()
                .fetchOptional(SubnetStore::subnet)
                .orElseThrow(() -> Refusals.noSubnet(subnet.id()));
    }

    /**
     * Deletes the subnet. Addresses that ports made for themselves of its prefix, and that of the
     * metadata port, go with it; any other keeps it.
     *
     * @return the ports that lost an address
     */
    public List<UUID> delete(Tx tx, SubnetRow subnet) {
        Condition goes = PORT.DEVICE_OWNER.eq(DeviceOwner.METADATA);
        if (subnet.isAutomatic()) {
            goes = goes.or(PORT.DEVICE_OWNER.notLike("network:router%"));
        }
        List<UUID> freed =
                tx.sql()
                        .deleteFrom(ADDRESS)
                        .using(PORT)
                        .where(ADDRESS.SUBNET_ID.eq(subnet.id()), PORT.ID.eq(ADDRESS.PORT_ID), goes)
                        .returning(ADDRESS.PORT_ID)
                        .fetch(row -> Rows.get(row, ADDRESS.PORT_ID));
        try {
            tx.sql().deleteFrom(SUBNET).where(SUBNET.ID.eq(subnet.id())).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw Refusals.conflict(
                    "SubnetInUse",
                    "Unable to complete operation on subnet %s: One or more ports have an IP allocation from this subnet.",
                    subnet.id());
        }
        return freed;
    }

    private static SubnetRecord fill(SubnetRecord row, SubnetRow subnet) {
        row.setName(subnet.name());
        row.setDescription(subnet.description());
        row.setGatewayIp(Rows.orNull(subnet.gateway().map(Ip::toString)));
        row.setEnableDhcp(subnet.dhcp());
        row.setAllocationPools(
                Rows.json(
                        subnet.pools().stream()
                                .map(
                                        pool ->
                                                new StartEnd(
                                                        pool.start().toString(),
                                                        pool.end().toString()))
                                .toList()));
        row.setDnsNameservers(Rows.texts(subnet.dns()));
        row.setHostRoutes(Rows.json(subnet.routes()));
        row.setServiceTypes(Rows.texts(subnet.serviceTypes()));
        row.setTags(Rows.texts(subnet.tags()));
        row.setUpdatedAt(subnet.stamp().updatedAt());
        return row;
    }

    static SubnetRow subnet(Record row) {
        return new SubnetRow(
                Rows.get(row, SUBNET.ID),
                Rows.project(row, SUBNET.PROJECT_ID),
                Rows.get(row, SUBNET.NETWORK_ID),
                Rows.get(row, SUBNET.NAME),
                Rows.get(row, SUBNET.DESCRIPTION),
                Cidr.of(Rows.get(row, SUBNET.CIDR)),
                Rows.maybe(row, SUBNET.GATEWAY_IP).map(Ip::of),
                Rows.get(row, SUBNET.ENABLE_DHCP),
                pools(Rows.get(row, SUBNET.ALLOCATION_POOLS)),
                Rows.list(row, SUBNET.DNS_NAMESERVERS),
                Rows.listOf(Rows.get(row, SUBNET.HOST_ROUTES), ROUTES),
                Rows.maybe(row, SUBNET.IPV6_RA_MODE).map(Addressing::of),
                Rows.maybe(row, SUBNET.IPV6_ADDRESS_MODE).map(Addressing::of),
                Rows.list(row, SUBNET.SERVICE_TYPES),
                Rows.maybe(row, SUBNET.SUBNETPOOL_ID),
                Rows.list(row, SUBNET.TAGS),
                Rows.stamp(row, SUBNET.REVISION, SUBNET.CREATED_AT, SUBNET.UPDATED_AT));
    }

    private static List<Pool> pools(JSONB json) {
        return Rows.listOf(json, POOLS).stream()
                .map(pool -> new Pool(Ip.of(pool.start()), Ip.of(pool.end())))
                .toList();
    }
}
