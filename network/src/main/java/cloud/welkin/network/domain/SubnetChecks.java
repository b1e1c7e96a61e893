package cloud.welkin.network.domain;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a subnet must satisfy by itself. Pure; refusals have Neutron's names. */
public final class SubnetChecks {
    private static final int SLAAC_PREFIX = 64;

    private SubnetChecks() {}

    public static void check(SubnetRow subnet) {
        block(subnet.cidr());
        modes(subnet);
        subnet.gateway().ifPresent(gateway -> gateway(subnet, gateway));
        pools(subnet);
        subnet.routes().forEach(route -> route("host_routes", route));
        Set<String> seen = new HashSet<>();
        for (String server : subnet.dns()) {
            if (Ip.parse(server).isEmpty()) {
                throw Refusals.wrong(
                        "dns_nameservers", "'" + server + "' is not a valid nameserver");
            }
            if (!seen.add(server)) {
                throw Refusals.wrong("dns_nameservers", "'" + server + "' is given twice");
            }
        }
    }

    private static void block(Cidr cidr) {
        Ip first = cidr.first();
        if (first.isMulticast() || first.isLoopback() || first.number().equals(BigInteger.ZERO)) {
            throw Refusals.invalid("%s is not a valid block for a subnet", cidr);
        }
        if (first.isLinkLocal() && cidr.version() == 6) {
            throw Refusals.invalid("%s: a subnet cannot be in the link-local block", cidr);
        }
        if (cidr.prefix() == 0) {
            throw Refusals.invalid("0 is not allowed as CIDR prefix length");
        }
    }

    private static void modes(SubnetRow subnet) {
        boolean any = subnet.raMode().isPresent() || subnet.addressMode().isPresent();
        if (any && subnet.version() == 4) {
            throw Refusals.invalid("ipv6_ra_mode and ipv6_address_mode are not valid for IPv4");
        }
        if (any && !subnet.dhcp()) {
            throw Refusals.invalid(
                    "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False");
        }
        if (subnet.raMode().isPresent()
                && subnet.addressMode().isPresent()
                && !subnet.raMode().equals(subnet.addressMode())) {
            throw Refusals.invalid(
                    "ipv6_ra_mode set to '%s' with ipv6_address_mode set to '%s' is not valid; they must be equal",
                    subnet.raMode().get().word(), subnet.addressMode().get().word());
        }
        if (subnet.isAutomatic() && subnet.cidr().prefix() != SLAAC_PREFIX) {
            throw Refusals.invalid(
                    "Invalid CIDR %s for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires"
                            + " the prefix to be /64",
                    subnet.cidr());
        }
    }

    private static void gateway(SubnetRow subnet, Ip gateway) {
        if (gateway.version() != subnet.version()) {
            throw Refusals.invalid("the gateway %s is not of the subnet's IP version", gateway);
        }
        Cidr cidr = subnet.cidr();
        boolean unusable =
                cidr.contains(gateway)
                        && (cidr.version() == 4
                                ? cidr.prefix() < 31
                                        && (gateway.equals(cidr.first())
                                                || gateway.equals(cidr.last()))
                                : cidr.prefix() < 127 && gateway.equals(cidr.first()));
        if (unusable) {
            throw Refusals.invalid("Gateway is not valid on subnet");
        }
        for (Pool pool : subnet.pools()) {
            if (pool.contains(gateway)) {
                throw Refusals.conflict(
                        "GatewayConflictWithAllocationPools",
                        "Gateway ip %s conflicts with allocation pool %s-%s.",
                        gateway,
                        pool.start(),
                        pool.end());
            }
        }
    }

    private static void pools(SubnetRow subnet) {
        List<Pool> pools = subnet.pools();
        for (int i = 0; i < pools.size(); i++) {
            Pool pool = pools.get(i);
            String text = pool.start() + "-" + pool.end();
            if (pool.start().version() != subnet.version()
                    || pool.end().version() != subnet.version()
                    || pool.start().compareTo(pool.end()) > 0) {
                throw Refusals.bad(
                        "InvalidAllocationPool", "The allocation pool %s is not valid.", text);
            }
            if (!subnet.cidr().contains(pool.start()) || !subnet.cidr().contains(pool.end())) {
                throw Refusals.bad(
                        "OutOfBoundsAllocationPool",
                        "The allocation pool %s spans beyond the subnet cidr %s.",
                        text,
                        subnet.cidr());
            }
            for (Pool other : pools.subList(i + 1, pools.size())) {
                if (pool.overlaps(other)) {
                    throw Refusals.conflict(
                            "OverlappingAllocationPools",
                            "Found overlapping allocation pools: %s %s-%s for subnet %s.",
                            text,
                            other.start(),
                            other.end(),
                            subnet.cidr());
                }
            }
        }
    }

    /** Destination and next hop of a route are of one version. */
    public static void route(String field, Route route) {
        Optional<Cidr> destination = Cidr.parse(route.destination());
        Optional<Ip> nexthop = Ip.parse(route.nexthop());
        if (destination.isEmpty() || !route.destination().contains("/")) {
            throw Refusals.wrong(field, "'" + route.destination() + "' is not a valid CIDR");
        }
        if (nexthop.isEmpty()) {
            throw Refusals.wrong(field, "'" + route.nexthop() + "' is not a valid IP address");
        }
        if (destination.get().version() != nexthop.get().version()) {
            throw Refusals.wrong(
                    field, "destination and nexthop of a route must be of one IP version");
        }
    }

    /** No block of a network may overlap another's. */
    public static void overlap(Cidr cidr, List<SubnetRow> others) {
        for (SubnetRow other : others) {
            if (other.cidr().overlaps(cidr)) {
                throw Refusals.invalid(
                        "Requested subnet with cidr: %s for network: %s overlaps with another subnet",
                        cidr, other.network());
            }
        }
    }
}
