package cloud.welkin.identity.api;

import static cloud.welkin.identity.api.IdentityPolicy.ADMIN;
import static cloud.welkin.identity.api.IdentityPolicy.SYSTEM_READER;
import static cloud.welkin.identity.api.IdentityPolicy.rule;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/** Keystone's rules of policies, of what they are for, and of the endpoints that projects see. */
final class CatalogPolicy {
    private CatalogPolicy() {}

    static List<PolicyRule> rules() {
        return List.of(
                rule("list_policies", SYSTEM_READER, "List the policies of services."),
                rule("get_policy", SYSTEM_READER, "Show a policy of a service."),
                rule("create_policy", ADMIN, "Keep a policy for a service."),
                rule("update_policy", ADMIN, "Change a policy of a service."),
                rule("delete_policy", ADMIN, "Delete a policy of a service."),
                rule("create_policy_association_for_endpoint", ADMIN, "Give an endpoint a policy."),
                rule(
                        "check_policy_association_for_endpoint",
                        SYSTEM_READER,
                        "Check whether an endpoint has a policy."),
                rule(
                        "delete_policy_association_for_endpoint",
                        ADMIN,
                        "Take a policy from an endpoint."),
                rule("create_policy_association_for_service", ADMIN, "Give a service a policy."),
                rule(
                        "check_policy_association_for_service",
                        SYSTEM_READER,
                        "Check whether a service has a policy."),
                rule(
                        "delete_policy_association_for_service",
                        ADMIN,
                        "Take a policy from a service."),
                rule(
                        "create_policy_association_for_region_and_service",
                        ADMIN,
                        "Give a service in a region a policy."),
                rule(
                        "check_policy_association_for_region_and_service",
                        SYSTEM_READER,
                        "Check whether a service in a region has a policy."),
                rule(
                        "delete_policy_association_for_region_and_service",
                        ADMIN,
                        "Take a policy from a service in a region."),
                rule("get_policy_for_endpoint", SYSTEM_READER, "Show an endpoint's policy."),
                rule("list_endpoints_for_policy", SYSTEM_READER, "List a policy's endpoints."),
                rule(
                        "list_projects_for_endpoint",
                        SYSTEM_READER,
                        "List the projects that were given an endpoint."),
                rule("add_endpoint_to_project", ADMIN, "Give a project an endpoint."),
                rule(
                        "check_endpoint_in_project",
                        SYSTEM_READER,
                        "Check whether a project was given an endpoint."),
                rule(
                        "list_endpoints_for_project",
                        SYSTEM_READER,
                        "List the endpoints that a project was given."),
                rule("remove_endpoint_from_project", ADMIN, "Take an endpoint from a project."),
                rule("create_endpoint_group", ADMIN, "Make a group of endpoints."),
                rule("list_endpoint_groups", SYSTEM_READER, "List the groups of endpoints."),
                rule("get_endpoint_group", SYSTEM_READER, "Show a group of endpoints."),
                rule("update_endpoint_group", ADMIN, "Change a group of endpoints."),
                rule("delete_endpoint_group", ADMIN, "Delete a group of endpoints."),
                rule(
                        "list_projects_associated_with_endpoint_group",
                        SYSTEM_READER,
                        "List the projects that were given a group of endpoints."),
                rule(
                        "list_endpoints_associated_with_endpoint_group",
                        SYSTEM_READER,
                        "List the endpoints of a group."),
                rule(
                        "get_endpoint_group_in_project",
                        SYSTEM_READER,
                        "Check whether a project was given a group of endpoints."),
                rule(
                        "list_endpoint_groups_for_project",
                        SYSTEM_READER,
                        "List the groups of endpoints that a project was given."),
                rule(
                        "add_endpoint_group_to_project",
                        ADMIN,
                        "Give a project a group of endpoints."),
                rule(
                        "remove_endpoint_group_from_project",
                        ADMIN,
                        "Take a group of endpoints from a project."));
    }
}
