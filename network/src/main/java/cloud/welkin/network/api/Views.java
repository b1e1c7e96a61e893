package cloud.welkin.network.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.network.domain.Addressing;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.FloatingIpRow;
import cloud.welkin.network.domain.FloatingIpRow.Association;
import cloud.welkin.network.domain.FloatingIpRow.PortDetails;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.AddressPair;
import cloud.welkin.network.domain.PortRow.DhcpOption;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Route;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SecurityGroupRow.Rule;
import cloud.welkin.network.domain.SubnetPoolRow;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.NetworkStore.WithSubnets;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is shown of the things of this service. Members that only some callers see are in the map
 * {@code more}.
 */
final class Views {
    /** Where everything is: one zone, as long as hosts do not say otherwise. */
    static final String ZONE = "nova";

    private Views() {}

    record NetworkView(
            UUID id,
            String name,
            String description,
            String tenantId,
            String projectId,
            boolean adminStateUp,
            String status,
            boolean shared,
            @JsonProperty("router:external") boolean external,
            boolean isDefault,
            int mtu,
            boolean portSecurityEnabled,
            String dnsDomain,
            List<UUID> subnets,
            List<String> availabilityZoneHints,
            List<String> availabilityZones,
            Optional<String> ipv4AddressScope,
            Optional<String> ipv6AddressScope,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber,
            @JsonAnyGetter Map<String, Object> more) {}

    static NetworkView network(Call call, WithSubnets shown) {
        NetworkRow n = shown.network();
        Map<String, Object> more = Map.of();
        if (call.caller().isAdmin()) {
            more = new LinkedHashMap<>();
            more.put("provider:network_type", n.segment().type());
            more.put("provider:physical_network", n.segment().physicalNetwork());
            more.put("provider:segmentation_id", n.segment().id());
        }
        return new NetworkView(
                n.id(),
                n.name(),
                n.description(),
                n.project().value(),
                n.project().value(),
                n.adminStateUp(),
                "ACTIVE",
                n.shared(),
                n.external(),
                n.isDefault(),
                n.mtu(),
                n.portSecurity(),
                n.dnsDomain(),
                shown.subnets(),
                n.zoneHints(),
                shown.subnets().isEmpty() ? List.of() : List.of(ZONE),
                Optional.empty(),
                Optional.empty(),
                n.tags(),
                Times.seconds(n.stamp().createdAt()),
                Times.seconds(n.stamp().updatedAt()),
                n.stamp().revision(),
                more);
    }

    record PoolView(String start, String end) {}

    record SubnetView(
            UUID id,
            String name,
            String description,
            String tenantId,
            String projectId,
            UUID networkId,
            int ipVersion,
            String cidr,
            Optional<String> gatewayIp,
            boolean enableDhcp,
            List<PoolView> allocationPools,
            List<String> dnsNameservers,
            List<Route> hostRoutes,
            Optional<String> ipv6RaMode,
            Optional<String> ipv6AddressMode,
            List<String> serviceTypes,
            Optional<UUID> subnetpoolId,
            Optional<UUID> segmentId,
            boolean dnsPublishFixedIp,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber) {}

    static SubnetView subnet(SubnetRow s) {
        return new SubnetView(
                s.id(),
                s.name(),
                s.description(),
                s.project().value(),
                s.project().value(),
                s.network(),
                s.version(),
                s.cidr().toString(),
                s.gateway().map(Ip::toString),
                s.dhcp(),
                s.pools().stream()
                        .map(p -> new PoolView(p.start().toString(), p.end().toString()))
                        .toList(),
                s.dns(),
                s.routes(),
                s.raMode().map(Addressing::word),
                s.addressMode().map(Addressing::word),
                s.serviceTypes(),
                s.pool(),
                Optional.empty(),
                false,
                s.tags(),
                Times.seconds(s.stamp().createdAt()),
                Times.seconds(s.stamp().updatedAt()),
                s.stamp().revision());
    }

    record SubnetPoolView(
            UUID id,
            String name,
            String description,
            String tenantId,
            String projectId,
            List<String> prefixes,
            String defaultPrefixlen,
            String minPrefixlen,
            String maxPrefixlen,
            Optional<Integer> defaultQuota,
            int ipVersion,
            boolean shared,
            boolean isDefault,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber) {}

    /** Neutron spells the lengths as texts. */
    static SubnetPoolView subnetPool(SubnetPoolRow p) {
        return new SubnetPoolView(
                p.id(),
                p.name(),
                p.description(),
                p.project().value(),
                p.project().value(),
                p.prefixes().stream().map(Cidr::toString).toList(),
                Integer.toString(p.lengths().usual()),
                Integer.toString(p.lengths().shortest()),
                Integer.toString(p.lengths().longest()),
                p.quota(),
                p.version(),
                p.shared(),
                p.isDefault(),
                p.tags(),
                Times.seconds(p.stamp().createdAt()),
                Times.seconds(p.stamp().updatedAt()),
                p.stamp().revision());
    }

    record DnsAssignment(String hostname, String ipAddress, String fqdn) {}

    record PortView(
            UUID id,
            String name,
            String description,
            String tenantId,
            String projectId,
            UUID networkId,
            String macAddress,
            boolean adminStateUp,
            String status,
            String deviceId,
            String deviceOwner,
            List<FixedIp> fixedIps,
            List<UUID> securityGroups,
            boolean portSecurityEnabled,
            List<AddressPair> allowedAddressPairs,
            List<DhcpOption> extraDhcpOpts,
            String dnsName,
            List<DnsAssignment> dnsAssignment,
            @JsonProperty("binding:vnic_type") String vnicType,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber,
            @JsonAnyGetter Map<String, Object> more) {}

    static PortView port(Call call, PortRow p) {
        Map<String, Object> more = Map.of();
        if (call.caller().isAdmin() || call.caller().hasRole("service")) {
            boolean bound = p.binding().host().isPresent();
            more = new LinkedHashMap<>();
            more.put("binding:host_id", p.binding().host().orElse(""));
            more.put("binding:vif_type", bound ? "ovs" : "unbound");
            more.put(
                    "binding:vif_details",
                    bound
                            ? Map.of(
                                    "port_filter",
                                    true,
                                    "connectivity",
                                    "l2",
                                    "bridge_name",
                                    "br-int")
                            : Map.of());
            more.put("binding:profile", p.binding().profile());
        }
        String host = p.dnsName();
        return new PortView(
                p.id(),
                p.name(),
                p.description(),
                p.project().value(),
                p.project().value(),
                p.network(),
                p.mac().toString(),
                p.adminStateUp(),
                p.status(),
                p.deviceId(),
                p.deviceOwner(),
                p.fixedIps(),
                p.securityGroups(),
                p.portSecurity(),
                p.pairs(),
                p.dhcpOptions(),
                host,
                p.fixedIps().stream().map(ip -> assignment(host, ip.ipAddress())).toList(),
                p.binding().vnicType(),
                p.tags(),
                Times.seconds(p.stamp().createdAt()),
                Times.seconds(p.stamp().updatedAt()),
                p.stamp().revision(),
                more);
    }

    private static DnsAssignment assignment(String name, String ip) {
        String host = name.isEmpty() ? "host-" + ip.replace('.', '-').replace(':', '-') : name;
        return new DnsAssignment(host, ip, host + ".openstacklocal.");
    }

    record GatewayView(UUID networkId, boolean enableSnat, List<FixedIp> externalFixedIps) {}

    record RouterView(
            UUID id,
            String name,
            String description,
            String tenantId,
            String projectId,
            boolean adminStateUp,
            String status,
            Optional<GatewayView> externalGatewayInfo,
            List<Route> routes,
            Optional<String> flavorId,
            List<String> availabilityZoneHints,
            List<String> availabilityZones,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber,
            @JsonAnyGetter Map<String, Object> more) {}

    static RouterView router(Call call, RouterRow r) {
        return new RouterView(
                r.id(),
                r.name(),
                r.description(),
                r.project().value(),
                r.project().value(),
                r.adminStateUp(),
                "ACTIVE",
                r.gateway().map(g -> new GatewayView(g.network(), g.snat(), g.fixedIps())),
                r.routes(),
                Optional.empty(),
                r.zoneHints(),
                List.of(ZONE),
                r.tags(),
                Times.seconds(r.stamp().createdAt()),
                Times.seconds(r.stamp().updatedAt()),
                r.stamp().revision(),
                call.caller().isAdmin() ? Map.of("distributed", false, "ha", false) : Map.of());
    }

    record FloatingIpView(
            UUID id,
            String description,
            String tenantId,
            String projectId,
            UUID floatingNetworkId,
            String floatingIpAddress,
            Optional<UUID> portId,
            Optional<String> fixedIpAddress,
            Optional<UUID> routerId,
            Optional<PortDetails> portDetails,
            String status,
            String dnsName,
            String dnsDomain,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber) {}

    static FloatingIpView floatingIp(FloatingIpRow f) {
        return new FloatingIpView(
                f.id(),
                f.description(),
                f.project().value(),
                f.project().value(),
                f.network(),
                f.address(),
                f.association().map(Association::port),
                f.association().map(Association::fixedIp),
                f.association().map(Association::router),
                f.association().map(Association::details),
                f.status(),
                f.dnsName(),
                f.dnsDomain(),
                f.tags(),
                Times.seconds(f.stamp().createdAt()),
                Times.seconds(f.stamp().updatedAt()),
                f.stamp().revision());
    }

    record RuleView(
            UUID id,
            String tenantId,
            String projectId,
            UUID securityGroupId,
            String direction,
            String ethertype,
            Optional<String> protocol,
            Optional<Integer> portRangeMin,
            Optional<Integer> portRangeMax,
            Optional<UUID> remoteGroupId,
            Optional<UUID> remoteAddressGroupId,
            Optional<String> remoteIpPrefix,
            Optional<String> normalizedCidr,
            String description,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber) {}

    static RuleView rule(Rule r) {
        return new RuleView(
                r.id(),
                r.project().value(),
                r.project().value(),
                r.group(),
                r.direction(),
                r.ethertype(),
                r.protocol(),
                r.portMin(),
                r.portMax(),
                r.remoteGroup(),
                Optional.empty(),
                r.remotePrefix(),
                r.remotePrefix().map(p -> Cidr.of(p).toString()),
                r.description(),
                List.of(),
                Times.seconds(r.stamp().createdAt()),
                Times.seconds(r.stamp().updatedAt()),
                r.stamp().revision());
    }

    record SecurityGroupView(
            UUID id,
            String name,
            String description,
            String tenantId,
            String projectId,
            boolean stateful,
            boolean shared,
            List<RuleView> securityGroupRules,
            List<String> tags,
            String createdAt,
            String updatedAt,
            long revisionNumber) {}

    static SecurityGroupView group(SecurityGroupRow g) {
        return new SecurityGroupView(
                g.id(),
                g.name(),
                g.description(),
                g.project().value(),
                g.project().value(),
                g.stateful(),
                false,
                g.rules().stream().map(Views::rule).toList(),
                g.tags(),
                Times.seconds(g.stamp().createdAt()),
                Times.seconds(g.stamp().updatedAt()),
                g.stamp().revision());
    }
}
