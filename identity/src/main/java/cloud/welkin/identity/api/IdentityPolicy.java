package cloud.welkin.identity.api;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keystone's rules (docs.openstack.org/keystone/latest/configuration/policy.html), as far as there
 * are operations.
 */
final class IdentityPolicy {
    static final String ADMIN = "role:admin";
    static final String SYSTEM_READER = "role:admin or (role:reader and system_scope:all)";

    private IdentityPolicy() {}

    static PolicyRule rule(String name, String check, String doc) {
        return PolicyRule.of("identity:" + name, check, doc, IdentityScopes.of(name));
    }

    static List<PolicyRule> rules() {
        return Stream.of(
                        first(),
                        more(),
                        RevocationOperations.rules(),
                        OauthPolicy.rules(),
                        FederationPolicy.rules(),
                        LimitPolicy.rules(),
                        GrantPolicy.rules(),
                        CatalogPolicy.rules(),
                        SignaturePolicy.rules(),
                        DomainConfigPolicy.rules())
                .flatMap(List::stream)
                .toList();
    }

    /** Tokens, projects, domains, users, roles and who holds them. */
    private static List<PolicyRule> first() {
        return List.of(
                rule(
                        "check_token",
                        SYSTEM_READER + " or user_id:%(target.token.user_id)s",
                        "Check a token."),
                rule(
                        "validate_token",
                        SYSTEM_READER + " or role:service or user_id:%(target.token.user_id)s",
                        "Show a token."),
                rule(
                        "revoke_token",
                        ADMIN + " or user_id:%(target.token.user_id)s",
                        "Revoke a token."),
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
                        SYSTEM_READER
                                + " or (role:reader and domain_id:%(target.user.domain_id)s)"
                                + " or user_id:%(target.user.id)s",
                        "List a user's projects."),
                rule(
                        "list_domains",
                        SYSTEM_READER + " or (role:reader and domain_id:%(target.domain.id)s)",
                        "List domains."),
                rule(
                        "get_domain",
                        SYSTEM_READER
                                + " or domain_id:%(target.domain.id)s or"
                                + " project_domain_id:%(target.domain.id)s",
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
                rule("create_role", ADMIN, "Create a role."),
                rule("update_role", ADMIN, "Change a role."),
                rule("delete_role", ADMIN, "Delete a role."),
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

    /** Groups, tags, credentials, trusts, the catalogue and what else came with them. */
    private static List<PolicyRule> more() {
        List<PolicyRule> rules = new ArrayList<>();
        String group = SYSTEM_READER + " or (role:reader and domain_id:%(target.group.domain_id)s)";
        String ownUser = " or user_id:%(target.user.id)s";
        rules.add(rule("list_groups", group, "List groups."));
        rules.add(rule("get_group", group, "Show a group."));
        rules.add(rule("list_users_in_group", group, "List the users in a group."));
        rules.add(
                rule(
                        "list_groups_for_user",
                        SYSTEM_READER
                                + " or (role:reader and domain_id:%(target.user.domain_id)s)"
                                + ownUser,
                        "List a user's groups."));
        rules.add(rule("create_group", domainManager("target.group.domain_id"), "Create a group."));
        rules.add(rule("update_group", domainManager("target.group.domain_id"), "Change a group."));
        rules.add(rule("delete_group", domainManager("target.group.domain_id"), "Delete a group."));
        String bothOf =
                " and domain_id:%(target.group.domain_id)s and"
                        + " domain_id:%(target.user.domain_id)s)";
        rules.add(
                rule(
                        "check_user_in_group",
                        SYSTEM_READER + " or (role:reader" + bothOf,
                        "Check whether a user is in a group."));
        rules.add(
                rule(
                        "add_user_to_group",
                        "role:admin or (role:manager" + bothOf,
                        "Put a user into a group."));
        rules.add(
                rule(
                        "remove_user_from_group",
                        "role:admin or (role:manager" + bothOf,
                        "Take a user out of a group."));
        String project =
                SYSTEM_READER
                        + " or (role:reader and domain_id:%(target.project.domain_id)s)"
                        + " or project_id:%(target.project.id)s";
        rules.add(rule("list_project_tags", project, "List a project's tags."));
        rules.add(rule("get_project_tag", project, "Check a project's tag."));
        for (String name :
                List.of(
                        "update_project_tags",
                        "create_project_tag",
                        "delete_project_tags",
                        "delete_project_tag")) {
            rules.add(
                    rule(
                            name,
                            domainManager("target.project.domain_id"),
                            "Change a project's tags."));
        }
        for (String holder : List.of("user", "group")) {
            rules.add(
                    rule(
                            "list_system_grants_for_" + holder,
                            SYSTEM_READER,
                            "List roles on the system."));
            rules.add(
                    rule(
                            "check_system_grant_for_" + holder,
                            SYSTEM_READER,
                            "Check a role on the system."));
            rules.add(
                    rule("create_system_grant_for_" + holder, ADMIN, "Give a role on the system."));
            rules.add(
                    rule(
                            "revoke_system_grant_for_" + holder,
                            ADMIN,
                            "Take a role on the system away."));
        }
        for (String name :
                List.of(
                        "list_role_inference_rules",
                        "list_implied_roles",
                        "get_implied_role",
                        "check_implied_role")) {
            rules.add(rule(name, SYSTEM_READER, "See what roles imply."));
        }
        rules.add(rule("create_implied_role", ADMIN, "Make a role imply another."));
        rules.add(rule("delete_implied_role", ADMIN, "Make a role no longer imply another."));
        String ofCredential = "user_id:%(target.credential.user_id)s";
        rules.add(
                rule(
                        "list_credentials",
                        SYSTEM_READER + " or " + ofCredential,
                        "List credentials."));
        rules.add(
                rule(
                        "get_credential",
                        SYSTEM_READER + " or " + ofCredential,
                        "Show a credential."));
        rules.add(rule("create_credential", ADMIN + " or " + ofCredential, "Create a credential."));
        rules.add(rule("update_credential", ADMIN + " or " + ofCredential, "Change a credential."));
        rules.add(rule("delete_credential", ADMIN + " or " + ofCredential, "Delete a credential."));
        String trustor = "user_id:%(target.trust.trustor_user_id)s";
        String trustee = "user_id:%(target.trust.trustee_user_id)s";
        String either = SYSTEM_READER + " or " + trustor + " or " + trustee;
        rules.add(rule("create_trust", trustor, "Lend roles to another user."));
        rules.add(rule("list_trusts", SYSTEM_READER, "List all trusts."));
        rules.add(
                rule(
                        "list_trusts_for_trustor",
                        SYSTEM_READER + " or " + trustor,
                        "List a trustor's trusts."));
        rules.add(
                rule(
                        "list_trusts_for_trustee",
                        SYSTEM_READER + " or " + trustee,
                        "List a trustee's trusts."));
        rules.add(rule("get_trust", either, "Show a trust."));
        rules.add(rule("list_roles_for_trust", either, "List a trust's roles."));
        rules.add(rule("get_role_for_trust", either, "Show a trust's role."));
        rules.add(rule("delete_trust", ADMIN + " or " + trustor, "End a trust."));
        String ofSystem = "role:reader and system_scope:all" + ownUser;
        rules.add(rule("list_access_rules", ofSystem, "List a user's access rules."));
        rules.add(rule("get_access_rule", ofSystem, "Show an access rule."));
        rules.add(
                rule(
                        "delete_access_rule",
                        "role:admin and system_scope:all" + ownUser,
                        "Delete an access rule."));
        for (String what : List.of("region", "service", "endpoint")) {
            rules.add(rule("create_" + what, ADMIN, "Add a " + what + " to the catalogue."));
            rules.add(rule("update_" + what, ADMIN, "Change a " + what + " of the catalogue."));
            rules.add(rule("delete_" + what, ADMIN, "Take a " + what + " from the catalogue."));
        }
        return rules;
    }

    static String domainManager(String attribute) {
        return "role:admin or (role:manager and domain_id:%(" + attribute + ")s)";
    }
}
