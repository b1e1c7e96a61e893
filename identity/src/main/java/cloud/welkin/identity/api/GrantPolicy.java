package cloud.welkin.identity.api;

import static cloud.welkin.identity.api.IdentityPolicy.ADMIN;
import static cloud.welkin.identity.api.IdentityPolicy.SYSTEM_READER;
import static cloud.welkin.identity.api.IdentityPolicy.rule;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keystone's rules of who sees roles, and gives and takes them. Who manages a domain acts within it
 * only: both the holder and what the role is held on are the domain's. And of roles it hands on
 * none above its own: with {@code admin} on a project of its domain it would rule the cloud.
 */
final class GrantPolicy {
    private static final String MANAGED = "domain_managed_target_role";
    private static final String READER_OF_DOMAIN =
            SYSTEM_READER + " or (role:reader and domain_id:%(target.domain_id)s)";

    private GrantPolicy() {}

    static List<PolicyRule> rules() {
        String handsOn = ADMIN + " or (role:manager and " + within() + " and rule:" + MANAGED + ")";
        return List.of(
                PolicyRule.of(
                        MANAGED,
                        "'manager':%(target.role.name)s or 'member':%(target.role.name)s"
                                + " or 'reader':%(target.role.name)s",
                        "The roles that who manages a domain may give and take.",
                        "system",
                        "domain",
                        "project"),
                rule(
                        "list_roles",
                        SYSTEM_READER + " or (role:manager and not domain_id:None)",
                        "List roles."),
                rule(
                        "get_role",
                        SYSTEM_READER + " or (role:manager and rule:" + MANAGED + ")",
                        "Show a role."),
                rule("list_domain_roles", SYSTEM_READER, "List the roles of a domain."),
                rule("get_domain_role", SYSTEM_READER, "Show a role of a domain."),
                rule("create_domain_role", ADMIN, "Create a role of a domain."),
                rule("update_domain_role", ADMIN, "Change a role of a domain."),
                rule("delete_domain_role", ADMIN, "Delete a role of a domain."),
                rule(
                        "list_grants",
                        SYSTEM_READER + " or (role:reader and " + within() + ")",
                        "List the roles of a user or group on something."),
                rule(
                        "check_grant",
                        SYSTEM_READER
                                + " or (role:reader and "
                                + within()
                                + " and (domain_id:%(target.role.domain_id)s"
                                + " or None:%(target.role.domain_id)s))",
                        "Check a role of a user or group on something."),
                rule("create_grant", handsOn, "Give a user or group a role on something."),
                rule("revoke_grant", handsOn, "Take a role on something from a user or group."),
                rule("list_role_assignments", READER_OF_DOMAIN, "List role assignments."),
                rule(
                        "list_role_assignments_for_tree",
                        READER_OF_DOMAIN,
                        "List role assignments of a project and those below it."));
    }

    /** That both who holds a role and what it is held on are of the domain that a token is for. */
    private static String within() {
        return Stream.of("target.user.domain_id", "target.group.domain_id")
                .flatMap(
                        holder ->
                                Stream.of("target.project.domain_id", "target.domain.id")
                                        .map(
                                                on ->
                                                        "(domain_id:%%(%s)s and domain_id:%%(%s)s)"
                                                                .formatted(holder, on)))
                .collect(Collectors.joining(" or ", "(", ")"));
    }
}
