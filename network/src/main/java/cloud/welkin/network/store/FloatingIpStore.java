package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.FLOATING_IP;
import static cloud.welkin.network.schema.Tables.PORT;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.network.domain.FloatingIpRow;
import cloud.welkin.network.domain.FloatingIpRow.Association;
import cloud.welkin.network.domain.FloatingIpRow.PortDetails;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.schema.tables.records.FloatingIpRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.exception.IntegrityConstraintViolationException;

/** Floating IPs in the database. */
public final class FloatingIpStore {
    private static final cloud.welkin.network.schema.tables.Port FIXED = PORT.as("fixed");

    public static final Listing<FloatingIpRow> LISTING =
            new Listing<>(
                            FLOATING_IP.leftJoin(FIXED).on(FIXED.ID.eq(FLOATING_IP.PORT_ID)),
                            FLOATING_IP.ID,
                            List.of(
                                    FLOATING_IP,
                                    FIXED.NAME,
                                    FIXED.NETWORK_ID,
                                    FIXED.MAC_ADDRESS,
                                    FIXED.ADMIN_STATE_UP,
                                    FIXED.STATUS,
                                    FIXED.DEVICE_ID,
                                    FIXED.DEVICE_OWNER),
                            FloatingIpStore::floatingIp)
                    .text("description", FLOATING_IP.DESCRIPTION)
                    .project(FLOATING_IP.PROJECT_ID)
                    .uuid("floating_network_id", FLOATING_IP.FLOATING_NETWORK_ID)
                    .text("floating_ip_address", FLOATING_IP.FLOATING_IP_ADDRESS)
                    .text("fixed_ip_address", FLOATING_IP.FIXED_IP_ADDRESS)
                    .uuid("port_id", FLOATING_IP.PORT_ID)
                    .uuid("router_id", FLOATING_IP.ROUTER_ID)
                    .text("status", FLOATING_IP.STATUS)
                    .text("dns_name", FLOATING_IP.DNS_NAME)
                    .text("dns_domain", FLOATING_IP.DNS_DOMAIN)
                    .big("revision_number", FLOATING_IP.REVISION)
                    .tags(FLOATING_IP.TAGS);

    public static Condition visible(Visibility visibility) {
        return visibility.of(FLOATING_IP.PROJECT_ID);
    }

    public void insert(Tx tx, FloatingIpRow ip) {
        FloatingIpRecord row = new FloatingIpRecord();
        row.setId(ip.id());
        row.setProjectId(ip.project().value());
        row.setFloatingNetworkId(ip.network());
        row.setFloatingIpAddress(ip.address());
        row.setFloatingPortId(ip.ownPort());
        row.setCreatedAt(ip.stamp().createdAt());
        try {
            tx.sql().insertInto(FLOATING_IP).set(fill(row, ip)).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(ip, e);
        }
    }

    public FloatingIpRow update(Tx tx, FloatingIpRow ip, Instant now) {
        try {
            tx.sql()
                    .update(FLOATING_IP)
                    .set(fill(new FloatingIpRecord(), ip))
                    .set(FLOATING_IP.REVISION, FLOATING_IP.REVISION.plus(1))
                    .set(FLOATING_IP.UPDATED_AT, now)
                    .where(FLOATING_IP.ID.eq(ip.id()))
                    .execute();
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(ip, e);
        }
        return LISTING.find(tx, ip.id()).orElseThrow(() -> Refusals.noFloatingIp(ip.id()));
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(FLOATING_IP).where(FLOATING_IP.ID.eq(id)).execute();
    }

    /** Gives back the addresses of a network that lead nowhere. */
    public List<FloatingIpRow> removeIdle(Tx tx, UUID network) {
        List<FloatingIpRow> idle =
                LISTING.where(
                        tx,
                        FLOATING_IP
                                .FLOATING_NETWORK_ID
                                .eq(network)
                                .and(FLOATING_IP.PORT_ID.isNull()));
        if (!idle.isEmpty()) {
            tx.sql()
                    .deleteFrom(FLOATING_IP)
                    .where(FLOATING_IP.ID.in(idle.stream().map(FloatingIpRow::id).toList()))
                    .execute();
            tx.sql()
                    .deleteFrom(PORT)
                    .where(PORT.ID.in(idle.stream().map(FloatingIpRow::ownPort).toList()))
                    .execute();
        }
        return idle;
    }

    /** Lets the floating IPs that lead to a port lead nowhere; says whether there were any. */
    public boolean disassociate(Tx tx, UUID port, Instant now) {
        return cut(tx, FLOATING_IP.PORT_ID.eq(port), now);
    }

    /** The same for those that lead to addresses which the port no longer has. */
    public void disassociate(Tx tx, UUID port, Collection<String> addresses, Instant now) {
        if (!addresses.isEmpty()) {
            cut(
                    tx,
                    FLOATING_IP.PORT_ID.eq(port).and(FLOATING_IP.FIXED_IP_ADDRESS.in(addresses)),
                    now);
        }
    }

    private static boolean cut(Tx tx, Condition which, Instant now) {
        return tx.sql()
                        .update(FLOATING_IP)
                        .setNull(FLOATING_IP.PORT_ID)
                        .setNull(FLOATING_IP.FIXED_IP_ADDRESS)
                        .setNull(FLOATING_IP.ROUTER_ID)
                        .set(FLOATING_IP.STATUS, "DOWN")
                        .set(FLOATING_IP.REVISION, FLOATING_IP.REVISION.plus(1))
                        .set(FLOATING_IP.UPDATED_AT, now)
                        .where(which)
                        .execute()
                > 0;
    }

    public List<FloatingIpRow> toPorts(Tx tx, Collection<UUID> ports) {
        return LISTING.where(tx, FLOATING_IP.PORT_ID.in(ports));
    }

    private static RuntimeException refusal(
            FloatingIpRow ip, IntegrityConstraintViolationException e) {
        return switch (Constraints.violated(e).orElse("")) {
            case "floating_ip_of_fixed" ->
                    Refusals.conflict(
                            "FloatingIPPortAlreadyAssociated",
                            "Cannot associate floating IP %s with port %s using fixed IP %s, as that fixed IP already"
                                    + " has a floating IP on external network %s.",
                            ip.address(),
                            ip.association().map(Association::port).orElse(ip.ownPort()),
                            ip.association().map(Association::fixedIp).orElse(""),
                            ip.network());
            default -> e;
        };
    }

    private static FloatingIpRecord fill(FloatingIpRecord row, FloatingIpRow ip) {
        row.setDescription(ip.description());
        row.setPortId(Rows.orNull(ip.association().map(Association::port)));
        row.setFixedIpAddress(Rows.orNull(ip.association().map(Association::fixedIp)));
        row.setRouterId(Rows.orNull(ip.association().map(Association::router)));
        row.setStatus(ip.status());
        row.setDnsName(ip.dnsName());
        row.setDnsDomain(ip.dnsDomain());
        row.setTags(Rows.texts(ip.tags()));
        row.setUpdatedAt(ip.stamp().updatedAt());
        return row;
    }

    static FloatingIpRow floatingIp(Record row) {
        return new FloatingIpRow(
                Rows.get(row, FLOATING_IP.ID),
                Rows.project(row, FLOATING_IP.PROJECT_ID),
                Rows.get(row, FLOATING_IP.DESCRIPTION),
                Rows.get(row, FLOATING_IP.FLOATING_NETWORK_ID),
                Rows.get(row, FLOATING_IP.FLOATING_IP_ADDRESS),
                Rows.get(row, FLOATING_IP.FLOATING_PORT_ID),
                Rows.maybe(row, FLOATING_IP.PORT_ID)
                        .map(
                                port ->
                                        new Association(
                                                port,
                                                Rows.get(row, FLOATING_IP.FIXED_IP_ADDRESS),
                                                Rows.get(row, FLOATING_IP.ROUTER_ID),
                                                details(row))),
                Rows.get(row, FLOATING_IP.STATUS),
                Rows.get(row, FLOATING_IP.DNS_NAME),
                Rows.get(row, FLOATING_IP.DNS_DOMAIN),
                Rows.list(row, FLOATING_IP.TAGS),
                Rows.stamp(
                        row, FLOATING_IP.REVISION, FLOATING_IP.CREATED_AT, FLOATING_IP.UPDATED_AT));
    }

    private static PortDetails details(Record row) {
        return new PortDetails(
                Rows.get(row, FIXED.NAME),
                Rows.get(row, FIXED.NETWORK_ID),
                Rows.get(row, FIXED.MAC_ADDRESS),
                Rows.get(row, FIXED.ADMIN_STATE_UP),
                Rows.get(row, FIXED.STATUS),
                Rows.get(row, FIXED.DEVICE_ID),
                Rows.get(row, FIXED.DEVICE_OWNER));
    }
}
