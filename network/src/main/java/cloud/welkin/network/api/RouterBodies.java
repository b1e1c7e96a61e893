package cloud.welkin.network.api;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.network.api.NetworkBodies.RouteBody;
import cloud.welkin.network.api.PortBodies.FixedIpBody;
import java.util.List;

/** The bodies of requests about routers and floating IPs. */
final class RouterBodies {
    private RouterBodies() {}

    record GatewayBody(
            Field<String> networkId,
            Field<Boolean> enableSnat,
            @Items(max = 10) Field<List<FixedIpBody>> externalFixedIps) {}

    record CreateRouter(Field<NewRouter> router, Field<List<NewRouter>> routers) {}

    record NewRouter(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<String> projectId,
            Field<String> tenantId,
            Field<Boolean> adminStateUp,
            Field<GatewayBody> externalGatewayInfo,
            Field<Boolean> distributed,
            Field<Boolean> ha,
            Field<String> flavorId,
            Field<List<String>> availabilityZoneHints,
            Field<List<String>> tags) {}

    record UpdateRouter(ChangedRouter router) {}

    record ChangedRouter(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            Field<Boolean> adminStateUp,
            Field<GatewayBody> externalGatewayInfo,
            Field<Boolean> distributed,
            Field<Boolean> ha,
            @Items(max = 100) Field<List<RouteBody>> routes) {}

    record InterfaceBody(Field<String> subnetId, Field<String> portId) {}

    record ExtraRoutes(RoutesOnly router) {}

    record RoutesOnly(@Items(max = 100) List<RouteBody> routes) {}

    record CreateFloatingIp(NewFloatingIp floatingip) {}

    record NewFloatingIp(
            String floatingNetworkId,
            Field<String> projectId,
            Field<String> tenantId,
            Field<String> portId,
            @Length(max = 64) Field<String> fixedIpAddress,
            @Length(max = 64) Field<String> floatingIpAddress,
            Field<String> subnetId,
            @Length(max = 255) Field<String> description,
            @Length(max = 255) Field<String> dnsName,
            @Length(max = 255) Field<String> dnsDomain,
            Field<List<String>> tags) {}

    record UpdateFloatingIp(ChangedFloatingIp floatingip) {}

    record ChangedFloatingIp(
            Field<String> portId,
            @Length(max = 64) Field<String> fixedIpAddress,
            @Length(max = 255) Field<String> description) {}
}
