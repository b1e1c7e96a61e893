package cloud.welkin.network.api;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** The bodies of requests about networks and subnets. */
final class NetworkBodies {
    private NetworkBodies() {}

    record CreateNetwork(Field<NewNetwork> network, Field<List<NewNetwork>> networks) {}

    record NewNetwork(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<String> projectId,
            Field<String> tenantId,
            Field<Boolean> adminStateUp,
            Field<Boolean> shared,
            @JsonProperty("router:external") Field<Boolean> external,
            Field<Boolean> isDefault,
            @Between(min = 0, max = 65535) Field<Integer> mtu,
            Field<Boolean> portSecurityEnabled,
            @Length(max = 255) Field<String> dnsDomain,
            @JsonProperty("provider:network_type") @OneOf({"geneve", "flat", "vlan"})
                    Field<String> networkType,
            @JsonProperty("provider:physical_network") @Length(max = 64)
                    Field<String> physicalNetwork,
            @JsonProperty("provider:segmentation_id") @Between(min = 1, max = 16777215)
                    Field<Integer> segmentationId,
            Field<Boolean> vlanTransparent,
            Field<List<String>> availabilityZoneHints,
            Field<List<String>> tags) {}

    record UpdateNetwork(ChangedNetwork network) {}

    record ChangedNetwork(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<Boolean> adminStateUp,
            Field<Boolean> shared,
            @JsonProperty("router:external") Field<Boolean> external,
            Field<Boolean> isDefault,
            @Between(min = 0, max = 65535) Field<Integer> mtu,
            Field<Boolean> portSecurityEnabled,
            @Length(max = 255) Field<String> dnsDomain) {}

    record CreateSubnet(Field<NewSubnet> subnet, Field<List<NewSubnet>> subnets) {}

    record PoolBody(@Length(max = 64) String start, @Length(max = 64) String end) {}

    record RouteBody(@Length(max = 64) String destination, @Length(max = 64) String nexthop) {}

    record NewSubnet(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<String> projectId,
            Field<String> tenantId,
            String networkId,
            @Between(min = 4, max = 6) Field<Integer> ipVersion,
            @Length(max = 64) Field<String> cidr,
            @Length(max = 64) Field<String> gatewayIp,
            Field<Boolean> enableDhcp,
            Field<List<PoolBody>> allocationPools,
            Field<List<String>> dnsNameservers,
            Field<List<RouteBody>> hostRoutes,
            @OneOf({"slaac", "dhcpv6-stateful", "dhcpv6-stateless"}) Field<String> ipv6RaMode,
            @OneOf({"slaac", "dhcpv6-stateful", "dhcpv6-stateless"}) Field<String> ipv6AddressMode,
            Field<List<String>> serviceTypes,
            Field<String> subnetpoolId,
            Field<Boolean> useDefaultSubnetpool,
            Field<Integer> prefixlen,
            Field<String> segmentId,
            Field<Boolean> dnsPublishFixedIp,
            Field<List<String>> tags) {}

    record UpdateSubnet(ChangedSubnet subnet) {}

    record ChangedSubnet(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            @Length(max = 64) Field<String> gatewayIp,
            Field<Boolean> enableDhcp,
            Field<List<PoolBody>> allocationPools,
            Field<List<String>> dnsNameservers,
            Field<List<RouteBody>> hostRoutes,
            Field<List<String>> serviceTypes) {}
}
