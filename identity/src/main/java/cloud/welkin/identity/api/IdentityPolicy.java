package cloud.welkin.identity.api;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/**
 * Keystone's rules (docs.openstack.org/keystone/latest/configuration/policy.html), as far as there
 * are operations.
 */
final class IdentityPolicy {
    private static final String ADMIN = "role:admin";
    private static final String SYSTEM_READER = "role:admin or (role:reader and system_scope:all)";
    private static final String[] ALL = {"system", "domain", "project"};

    private IdentityPolicy() {}

    private static PolicyRule rule(String name, String check, String doc) {
        return PolicyRule.of("identity:" + name, check, doc, ALL);
    }

    static List<PolicyRule> rules() {
        return List.of(
                rule(
                        "check_token",
                        SYSTEM_READER + " or role:service or user_id:%(user_id)s",
                        "Check a token."),
                rule(
                        "validate_token",
                        SYSTEM_READER + " or role:service or user_id:%(user_id)s",
                        "Show a token."),
                rule("revoke_token", ADMIN + " or user_id:%(user_id)s", "Revoke a token."),
                rule("get_auth_catalog", "", "Show the catalogue of the token."),
                rule("get_auth_projects", "", "List the projects that the caller has a role in."),
                rule("get_auth_domains", "", "List the domains that the caller has a role in."),
                rule("get_auth_system", "", "List the systems that the caller has a role in."),
                rule(
                        "list_projects",
                        SYSTEM_READER + " or (role:reader and domain_id:%(target.domain_id)s)",
                        "List projects."),
                rule(
                        "get_project",
                        SYSTEM_READER
                                + " or (role:reader and domain_id:%(target.project.domain_id)s)"
                                + " or project_id:%(target.project.id)s",
                        "Show a project."),
                rule(
                        "create_project",
                        domainManager("target.project.domain_id"),
                        "Create a project."),
                rule(
                        "update_project",
                        domainManager("target.project.domain_id"),
                        "Change a project."),
                rule(
                        "delete_project",
                        domainManager("target.project.domain_id"),
                        "Delete a project."),
                rule(
                        "list_user_projects",
                        SYSTEM_READER + " or user_id:%(target.user.id)s",
                        "List a user's projects."),
                rule(
                        "list_domains",
                        SYSTEM_READER + " or (role:reader and domain_id:%(target.domain.id)s)",
                        "List domains."),
                rule(
                        "get_domain",
                        SYSTEM_READER
                                + " or domain_id:%(target.domain.id)s or"
                                + " project_domain_id:%(target.domain.id)s or"
                                + " token.user.domain.id:%(target.domain.id)s",
                        "Show a domain."),
                rule("create_domain", ADMIN, "Create a domain."),
                rule("update_domain", ADMIN, "Change a domain."),
                rule("delete_domain", ADMIN, "Delete a domain."),
                rule(
                        "list_users",
                        SYSTEM_READER + " or (role:reader and domain_id:%(target.domain_id)s)",
                        "List users."),
                rule(
                        "get_user",
                        SYSTEM_READER
                                + " or (role:reader and domain_id:%(target.user.domain_id)s) or"
                                + " user_id:%(target.user.id)s",
                        "Show a user."),
                rule("create_user", domainManager("target.user.domain_id"), "Create a user."),
                rule("update_user", domainManager("target.user.domain_id"), "Change a user."),
                rule("delete_user", domainManager("target.user.domain_id"), "Delete a user."),
                rule("change_password", "user_id:%(target.user.id)s", "Change one's own password."),
                rule(
                        "list_roles",
                        "role:admin or role:manager or (role:reader and system_scope:all)",
                        "List roles."),
                rule(
                        "get_role",
                        "role:admin or role:manager or (role:reader and system_scope:all)",
                        "Show a role."),
                rule("create_role", ADMIN, "Create a role."),
                rule("update_role", ADMIN, "Change a role."),
                rule("delete_role", ADMIN, "Delete a role."),
                rule(
                        "list_role_assignments",
                        SYSTEM_READER
                                + " or (role:reader and domain_id:%(target.domain_id)s) or user_id:%(target.user.id)s",
                        "List role assignments."),
                rule(
                        "list_grants",
                        SYSTEM_READER + " or (role:reader and domain_id:%(target.domain_id)s)",
                        "List a user's roles on something."),
                rule(
                        "check_grant",
                        SYSTEM_READER + " or (role:reader and domain_id:%(target.domain_id)s)",
                        "Check a user's role on something."),
                rule(
                        "create_grant",
                        domainManager("target.domain_id"),
                        "Give a user a role on something."),
                rule(
                        "revoke_grant",
                        domainManager("target.domain_id"),
                        "Take a user's role on something away."),
                rule(
                        "list_application_credentials",
                        SYSTEM_READER + " or user_id:%(target.user.id)s",
                        "List a user's application credentials."),
                rule(
                        "get_application_credential",
                        SYSTEM_READER + " or user_id:%(target.user.id)s",
                        "Show an application credential."),
                rule(
                        "create_application_credential",
                        "user_id:%(target.user.id)s",
                        "Create an application credential for oneself."),
                rule(
                        "delete_application_credential",
                        "role:admin or user_id:%(target.user.id)s",
                        "Delete an application credential."),
                rule("list_services", SYSTEM_READER, "List services."),
                rule("get_service", SYSTEM_READER, "Show a service."),
                rule("list_endpoints", SYSTEM_READER, "List endpoints."),
                rule("get_endpoint", SYSTEM_READER, "Show an endpoint."),
                rule("list_regions", "", "List regions."),
                rule("get_region", "", "Show a region."));
    }

    private static String domainManager(String attribute) {
        return "role:admin or (role:manager and domain_id:%(" + attribute + ")s)";
    }
}
