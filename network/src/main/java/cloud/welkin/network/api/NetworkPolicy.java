package cloud.welkin.network.api;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.SubnetPoolRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Neutron's policy rules with their secure-RBAC defaults. Where Neutron writes {@code
 * field:networks:shared=True}, the rules here compare with the same attribute of the target ({@code
 * True:%(shared)s}).
 */
public final class NetworkPolicy {
    private static final String ADMIN = "role:admin";
    private static final String MEMBER = "(role:member and project_id:%(project_id)s)";
    private static final String MANAGER = "(role:manager and project_id:%(project_id)s)";
    private static final String READER = "(role:reader and project_id:%(project_id)s)";
    private static final String NETWORK_MEMBER =
            "(role:member and project_id:%(network:project_id)s)";
    private static final String NETWORK_READER =
            "(role:reader and project_id:%(network:project_id)s)";
    private static final String GROUP_MEMBER =
            "(role:member and project_id:%(security_group:project_id)s)";
    private static final String GROUP_READER =
            "(role:reader and project_id:%(security_group:project_id)s)";
    private static final String SERVICE = "role:service";
    private static final String SHARED = "True:%(shared)s";
    private static final String EXTERNAL = "True:%(router:external)s";

    private NetworkPolicy() {}

    public static List<PolicyRule> rules() {
        List<PolicyRule> rules = new ArrayList<>();
        resource(rules, "network", or(ADMIN, READER, SHARED, EXTERNAL, SERVICE), or(ADMIN, MEMBER));
        adminOnly(
                rules,
                "network",
                "shared",
                "router:external",
                "is_default",
                "provider:network_type",
                "provider:physical_network",
                "provider:segmentation_id");
        resource(
                rules,
                "subnet",
                or(ADMIN, READER, NETWORK_READER, SHARED, EXTERNAL, SERVICE),
                or(ADMIN, NETWORK_MEMBER));
        adminOnly(rules, "subnet", "service_types", "segment_id");
        resource(rules, "subnetpool", or(ADMIN, READER, SHARED), or(ADMIN, MEMBER));
        rules.add(PolicyRule.of("create_subnetpool:shared", ADMIN, "Make pools that all may use."));
        both(rules, "subnetpool", "is_default", ADMIN);
        rules.add(
                PolicyRule.of(
                        "create_port", or(ADMIN, SERVICE, NETWORK_MEMBER, SHARED), "Make ports."));
        rules.add(
                PolicyRule.of(
                        "get_port", or(ADMIN, SERVICE, NETWORK_READER, READER), "See ports."));
        rules.add(PolicyRule.of("update_port", or(ADMIN, SERVICE, MEMBER), "Change ports."));
        rules.add(
                PolicyRule.of(
                        "delete_port",
                        or(ADMIN, SERVICE, NETWORK_MEMBER, MEMBER),
                        "Delete ports."));
        for (String attribute :
                List.of("mac_address", "fixed_ips:ip_address", "port_security_enabled")) {
            both(rules, "port", attribute, or(ADMIN, SERVICE, NETWORK_MEMBER));
        }
        both(rules, "port", "device_owner", or(ADMIN, SERVICE, NETWORK_MEMBER));
        both(rules, "port", "allowed_address_pairs", or(ADMIN, SERVICE, NETWORK_MEMBER));
        both(rules, "port", "binding:host_id", or(ADMIN, SERVICE));
        both(rules, "port", "binding:profile", or(ADMIN, SERVICE));
        resource(rules, "router", or(ADMIN, READER), or(ADMIN, MEMBER));
        adminOnly(
                rules,
                "router",
                "distributed",
                "ha",
                "external_gateway_info:enable_snat",
                "external_gateway_info:external_fixed_ips");
        rules.add(
                PolicyRule.of(
                        "add_router_interface", or(ADMIN, MEMBER), "Join a subnet to a router."));
        rules.add(
                PolicyRule.of(
                        "remove_router_interface",
                        or(ADMIN, MEMBER),
                        "Part a subnet from a router."));
        rules.add(PolicyRule.of("add_extraroutes", or(ADMIN, MEMBER), "Add routes to a router."));
        rules.add(
                PolicyRule.of(
                        "remove_extraroutes", or(ADMIN, MEMBER), "Take routes from a router."));
        resource(rules, "floatingip", or(ADMIN, READER), or(ADMIN, MEMBER));
        rules.add(
                PolicyRule.of(
                        "create_floatingip:floating_ip_address",
                        or(ADMIN, MANAGER),
                        "Choose the floating address."));
        resource(rules, "security_group", or(ADMIN, READER), or(ADMIN, MEMBER));
        rules.add(
                PolicyRule.of(
                        "create_security_group_rule",
                        or(ADMIN, GROUP_MEMBER),
                        "Add rules to groups."));
        rules.add(
                PolicyRule.of(
                        "get_security_group_rule",
                        or(ADMIN, READER, GROUP_READER),
                        "See rules of groups."));
        rules.add(
                PolicyRule.of(
                        "delete_security_group_rule",
                        or(ADMIN, GROUP_MEMBER),
                        "Delete rules of groups."));
        rules.add(PolicyRule.of("get_quota", or(ADMIN, READER), "See the quotas of a project."));
        rules.add(PolicyRule.of("update_quota", ADMIN, "Set the quotas of a project."));
        rules.add(PolicyRule.of("delete_quota", ADMIN, "Reset the quotas of a project."));
        rules.add(PolicyRule.of("get_agents", "", "Ask for the agents that get_agent shows."));
        rules.add(PolicyRule.of("get_agent", ADMIN, "See the agents."));
        rules.add(
                PolicyRule.of(
                        "get_availability_zone", "role:reader", "See the availability zones."));
        rules.add(
                PolicyRule.of("get_service_provider", "role:reader", "See the service providers."));
        rules.add(
                PolicyRule.of(
                        "get_network_ip_availability",
                        ADMIN,
                        "See how many addresses are in use."));
        rules.add(PolicyRule.of("get_extension", "", "See the extensions."));
        return rules;
    }

    private static void resource(List<PolicyRule> rules, String name, String see, String change) {
        rules.add(PolicyRule.of("get_" + name, see, "See a " + name + "."));
        rules.add(PolicyRule.of("create_" + name, change, "Make a " + name + "."));
        rules.add(PolicyRule.of("update_" + name, change, "Change a " + name + "."));
        rules.add(PolicyRule.of("delete_" + name, change, "Delete a " + name + "."));
    }

    private static void adminOnly(List<PolicyRule> rules, String name, String... attributes) {
        for (String attribute : attributes) {
            both(rules, name, attribute, ADMIN);
        }
    }

    private static void both(List<PolicyRule> rules, String name, String attribute, String check) {
        rules.add(
                PolicyRule.of(
                        "create_" + name + ":" + attribute, check, "Choose " + attribute + "."));
        rules.add(
                PolicyRule.of(
                        "update_" + name + ":" + attribute, check, "Change " + attribute + "."));
    }

    private static String or(String... parts) {
        return String.join(" or ", parts);
    }

    static Target of(NetworkRow network) {
        return of(network.project(), network);
    }

    /** A thing of a project that lies in a network. */
    static Target of(ProjectId project, NetworkRow network) {
        return new Target(
                Map.of(
                        "project_id", project.value(),
                        "tenant_id", project.value(),
                        "network:project_id", network.project().value(),
                        "shared", network.shared() ? "True" : "False",
                        "router:external", network.external() ? "True" : "False"));
    }

    static Target of(SubnetPoolRow pool) {
        return new Target(
                Map.of(
                        "project_id", pool.project().value(),
                        "tenant_id", pool.project().value(),
                        "shared", pool.shared() ? "True" : "False"));
    }

    static Target ofGroup(ProjectId project, ProjectId group) {
        return new Target(
                Map.of(
                        "project_id", project.value(),
                        "tenant_id", project.value(),
                        "security_group:project_id", group.value()));
    }
}
