package cloud.welkin.network.api;

import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.network.domain.Refusals;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which extensions of Neutron's API work here: Neutron's /extensions. Clients decide by it what
 * they dare.
 */
final class Extensions implements OperationGroup {
    record ExtensionView(
            String alias, String name, String description, String updated, List<String> links) {}

    private static final Map<String, ExtensionView> ALL = new TreeMap<>();

    static {
        put("agent", "agent", "The parts of the service on the hosts.");
        put(
                "allowed-address-pairs",
                "Allowed Address Pairs",
                "Further sources that a port may send from.");
        put("availability_zone", "Availability Zone", "The zones that there are.");
        put("binding", "Port Binding", "Where a port is plugged in.");
        put("default-subnetpools", "Default Subnetpools", "A pool for subnets that name none.");
        put("dns-integration", "DNS Integration", "Names of ports, answered in their networks.");
        put(
                "ext-gw-mode",
                "Neutron L3 Configurable external gateway mode",
                "Gateways with and without SNAT.");
        put("external-net", "Neutron external network", "Networks that lead outside.");
        put("extra_dhcp_opt", "Neutron Extra DHCP options", "DHCP options of single ports.");
        put("extraroute", "Neutron Extra Route", "Routes of routers.");
        put(
                "extraroute-atomic",
                "Atomically add/remove extra routes",
                "Routes added and taken one by one.");
        put("filter-validation", "Filter parameters validation", "Unknown filters are refused.");
        put(
                "fip-port-details",
                "Floating IP Port Details Extension",
                "What a floating IP leads to, shown with it.");
        put(
                "ip-substring-filtering",
                "IP address substring filtering",
                "Ports by a part of an address.");
        put("net-mtu", "Network MTU", "The MTU of networks.");
        put("net-mtu-writable", "Network MTU (writable)", "The MTU of networks, chosen.");
        put("network-ip-availability", "Network IP Availability", "How many addresses are in use.");
        put("network_availability_zone", "Network Availability Zone", "The zones of networks.");
        put("pagination", "Pagination support", "Lists in parts.");
        put("port-security", "Port Security", "Ports that may only send as themselves.");
        put("project-id", "project_id field enabled", "project_id besides tenant_id.");
        put("provider", "Provider Network", "What carries a network.");
        put("quotas", "Quota management support", "What projects may have.");
        put("quota_details", "Quota details management support", "What projects have.");
        put(
                "revision-if-match",
                "If-Match constraints based on revision_number",
                "Changes only of what was seen.");
        put("router", "Neutron L3 Router", "Routers and floating IPs.");
        put("router_availability_zone", "Router Availability Zone", "The zones of routers.");
        put("security-group", "security-group", "What may pass to and from ports.");
        put(
                "security-groups-normalized-cidr",
                "Normalized CIDR field for security group rules",
                "Blocks without host bits.");
        put("service-type", "Neutron Service Type Management", "Who provides what.");
        put("sorting", "Sorting support", "Lists in order.");
        put("standard-attr-description", "standard-attr-description", "Descriptions.");
        put(
                "standard-attr-revisions",
                "Resource revision numbers",
                "How often a thing was changed.");
        put("standard-attr-tag", "Tag support for resources with standard attribute", "Tags.");
        put("standard-attr-timestamp", "Resource timestamps", "When a thing was made and changed.");
        put(
                "stateful-security-group",
                "Stateful security group",
                "Groups that follow connections, and that do not.");
        put("subnet_allocation", "Subnet Allocation", "Subnets cut of pools.");
        put(
                "subnet-external-network",
                "Subnet belongs to an external network",
                "The subnets of external networks are seen by all.");
        put(
                "subnet-service-types",
                "Subnet service types",
                "Subnets for ports of some owners only.");
    }

    private static void put(String alias, String name, String description) {
        ALL.put(
                alias,
                new ExtensionView(
                        alias, name, description, "2026-01-01T00:00:00-00:00", List.of()));
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/extensions")
                        .policy("get_extension")
                        .anyParam()
                        .replies(ExtensionView.class)
                        .doc("The extensions of the API that work here.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "extensions",
                                                ALL.values().stream()
                                                        .map(
                                                                view ->
                                                                        Lists.one(call, "x", view)
                                                                                .get("x"))
                                                        .toList())),
                Operation.get("/extensions/{alias}")
                        .policy("get_extension")
                        .anyParam()
                        .replies(ExtensionView.class)
                        .doc("One extension.")
                        .reads(
                                (call, tx) -> {
                                    ExtensionView view = ALL.get(call.path("alias"));
                                    if (view == null) {
                                        throw Refusals.missing(
                                                "ExtensionNotFound",
                                                "Extension with alias",
                                                Texts.cut(call.path("alias")));
                                    }
                                    return Lists.one(call, "extension", view);
                                }));
    }
}
