package cloud.welkin.identity.api;

import static cloud.welkin.identity.api.IdentityPolicy.ADMIN;
import static cloud.welkin.identity.api.IdentityPolicy.SYSTEM_READER;
import static cloud.welkin.identity.api.IdentityPolicy.rule;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/** Keystone's rules of unified limits. */
final class LimitPolicy {
    private LimitPolicy() {}

    static List<PolicyRule> rules() {
        return List.of(
                rule("get_limit_model", "", "Show how limits bear on each other."),
                rule("list_registered_limits", "", "List the default limits."),
                rule("get_registered_limit", "", "Show a default limit."),
                rule("create_registered_limits", ADMIN, "Make default limits."),
                rule("update_registered_limit", ADMIN, "Change a default limit."),
                rule("delete_registered_limit", ADMIN, "Delete a default limit."),
                rule("list_limits", "", "List the limits that the caller may see."),
                rule(
                        "get_limit",
                        SYSTEM_READER
                                + " or domain_id:%(target.limit.domain.id)s"
                                + " or domain_id:%(target.limit.project.domain_id)s"
                                + " or project_id:%(target.limit.project_id)s",
                        "Show a limit of a project or a domain."),
                rule("create_limits", ADMIN, "Limit projects and domains."),
                rule("update_limit", ADMIN, "Change the limit of a project or a domain."),
                rule("delete_limit", ADMIN, "Delete the limit of a project or a domain."));
    }
}
