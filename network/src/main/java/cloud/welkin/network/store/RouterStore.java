package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.ADDRESS;
import static cloud.welkin.network.schema.Tables.FLOATING_IP;
import static cloud.welkin.network.schema.Tables.PORT;
import static cloud.welkin.network.schema.Tables.ROUTER;

import cloud.welkin.database.Tx;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.RouterRow.Gateway;
import cloud.welkin.network.schema.tables.records.RouterRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;

/** Routers in the database. */
public final class RouterStore {
    private static final Field<UUID[]> SUBNET_IDS =
            DSL.array(
                            DSL.select(ADDRESS.SUBNET_ID)
                                    .from(ADDRESS)
                                    .where(ADDRESS.PORT_ID.eq(ROUTER.GATEWAY_PORT_ID))
                                    .orderBy(ADDRESS.POSITION, ADDRESS.IP))
                    .as("gateway_subnets");
    private static final Field<String[]> IPS =
            DSL.array(
                            DSL.select(ADDRESS.IP)
                                    .from(ADDRESS)
                                    .where(ADDRESS.PORT_ID.eq(ROUTER.GATEWAY_PORT_ID))
                                    .orderBy(ADDRESS.POSITION, ADDRESS.IP))
                    .as("gateway_ips");

    public static final Listing<RouterRow> LISTING =
            new Listing<>(ROUTER, ROUTER.ID, List.of(ROUTER, SUBNET_IDS, IPS), RouterStore::router)
                    .text("name", ROUTER.NAME)
                    .text("description", ROUTER.DESCRIPTION)
                    .project(ROUTER.PROJECT_ID)
                    .bool("admin_state_up", ROUTER.ADMIN_STATE_UP)
                    .by(
                            "status",
                            values ->
                                    values.contains("ACTIVE")
                                            ? DSL.noCondition()
                                            : DSL.falseCondition())
                    .by("distributed", values -> isFalse("distributed", values))
                    .by("ha", values -> isFalse("ha", values))
                    .big("revision_number", ROUTER.REVISION)
                    .by(
                            "external_gateway_info",
                            values ->
                                    ROUTER.GATEWAY_NETWORK_ID
                                            .cast(String.class)
                                            .in(
                                                    values.stream()
                                                            .map(v -> v.replace("network_id=", ""))
                                                            .toList()))
                    .tags(ROUTER.TAGS);

    private static Condition isFalse(String name, List<String> values) {
        return values.stream().anyMatch(v -> !Listing.truth(name, v))
                ? DSL.noCondition()
                : DSL.falseCondition();
    }

    public static Condition visible(Visibility visibility) {
        return visibility.of(ROUTER.PROJECT_ID);
    }

    public void insert(Tx tx, RouterRow router) {
        RouterRecord row = new RouterRecord();
        row.setId(router.id());
        row.setProjectId(router.project().value());
        row.setCreatedAt(router.stamp().createdAt());
        tx.sql().insertInto(ROUTER).set(fill(row, router)).execute();
    }

    public RouterRow update(Tx tx, RouterRow router, Instant now) {
        tx.sql()
                .update(ROUTER)
                .set(fill(new RouterRecord(), router))
                .set(ROUTER.REVISION, ROUTER.REVISION.plus(1))
                .set(ROUTER.UPDATED_AT, now)
                .where(ROUTER.ID.eq(router.id()))
                .execute();
        return LISTING.find(tx, router.id()).orElseThrow(() -> Refusals.noRouter(router.id()));
    }

    public void delete(Tx tx, UUID router) {
        try {
            tx.sql().deleteFrom(ROUTER).where(ROUTER.ID.eq(router)).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw inUse(router);
        }
    }

    public static cloud.welkin.kernel.failure.Failure inUse(UUID router) {
        return Refusals.conflict("RouterInUse", "Router %s still has ports", router);
    }

    /**
     * The router that gives a subnet its way to an external network, if one does: what a floating
     * IP goes through.
     */
    public Optional<UUID> between(Tx tx, UUID subnet, UUID externalNetwork) {
        return tx.sql()
                .select(ROUTER.ID)
                .from(ROUTER)
                .join(PORT)
                .on(PORT.DEVICE_ID.eq(ROUTER.ID.cast(String.class)))
                .join(ADDRESS)
                .on(ADDRESS.PORT_ID.eq(PORT.ID))
                .where(
                        PORT.DEVICE_OWNER.eq(DeviceOwner.ROUTER_INTERFACE),
                        ADDRESS.SUBNET_ID.eq(subnet),
                        ROUTER.GATEWAY_NETWORK_ID.eq(externalNetwork))
                .orderBy(ROUTER.ID)
                .limit(1)
                .fetchOptional(row -> Rows.get(row, ROUTER.ID));
    }

    /** Whether a floating IP leads through the router to an address of the subnet. */
    public boolean floatingIpsBehind(Tx tx, UUID router, UUID subnet) {
        return tx.sql()
                .fetchExists(
                        DSL.selectOne()
                                .from(FLOATING_IP)
                                .join(ADDRESS)
                                .on(
                                        ADDRESS.PORT_ID.eq(FLOATING_IP.PORT_ID),
                                        ADDRESS.IP.eq(FLOATING_IP.FIXED_IP_ADDRESS))
                                .where(
                                        FLOATING_IP.ROUTER_ID.eq(router),
                                        ADDRESS.SUBNET_ID.eq(subnet)));
    }

    public boolean floatingIpsOn(Tx tx, UUID router) {
        return tx.sql().fetchExists(FLOATING_IP, FLOATING_IP.ROUTER_ID.eq(router));
    }

    private static RouterRecord fill(RouterRecord row, RouterRow router) {
        row.setName(router.name());
        row.setDescription(router.description());
        row.setAdminStateUp(router.adminStateUp());
        row.setGatewayNetworkId(Rows.orNull(router.gateway().map(Gateway::network)));
        row.setGatewayPortId(Rows.orNull(router.gateway().map(Gateway::port)));
        row.setEnableSnat(router.gateway().map(Gateway::snat).orElse(true));
        row.setRoutes(Rows.json(router.routes()));
        row.setAvailabilityZoneHints(Rows.texts(router.zoneHints()));
        row.setTags(Rows.texts(router.tags()));
        row.setUpdatedAt(router.stamp().updatedAt());
        return row;
    }

    static RouterRow router(Record row) {
        List<UUID> subnets = Rows.list(row, SUBNET_IDS);
        List<String> ips = Rows.list(row, IPS);
        List<FixedIp> fixed = new ArrayList<>(ips.size());
        for (int i = 0; i < Math.min(ips.size(), subnets.size()); i++) {
            fixed.add(new FixedIp(subnets.get(i), ips.get(i)));
        }
        Optional<UUID> port = Rows.maybe(row, ROUTER.GATEWAY_PORT_ID);
        return new RouterRow(
                Rows.get(row, ROUTER.ID),
                Rows.project(row, ROUTER.PROJECT_ID),
                Rows.get(row, ROUTER.NAME),
                Rows.get(row, ROUTER.DESCRIPTION),
                Rows.get(row, ROUTER.ADMIN_STATE_UP),
                Rows.maybe(row, ROUTER.GATEWAY_NETWORK_ID)
                        .map(
                                network ->
                                        new Gateway(
                                                network,
                                                port.orElseThrow(),
                                                Rows.get(row, ROUTER.ENABLE_SNAT),
                                                fixed)),
                Rows.listOf(Rows.get(row, ROUTER.ROUTES), SubnetStore.ROUTES),
                Rows.list(row, ROUTER.AVAILABILITY_ZONE_HINTS),
                Rows.list(row, ROUTER.TAGS),
                Rows.stamp(row, ROUTER.REVISION, ROUTER.CREATED_AT, ROUTER.UPDATED_AT));
    }
}
