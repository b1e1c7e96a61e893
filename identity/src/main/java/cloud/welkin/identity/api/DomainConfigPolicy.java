package cloud.welkin.identity.api;

import static cloud.welkin.identity.api.IdentityPolicy.ADMIN;
import static cloud.welkin.identity.api.IdentityPolicy.SYSTEM_READER;
import static cloud.welkin.identity.api.IdentityPolicy.rule;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/** Keystone's rules of how domains differ. */
final class DomainConfigPolicy {
    static final String COMPLIANCE = "identity:get_security_compliance_domain_config";

    private DomainConfigPolicy() {}

    static List<PolicyRule> rules() {
        return List.of(
                rule("create_domain_config", ADMIN, "Set how a domain differs from the others."),
                rule("get_domain_config", SYSTEM_READER, "Show how a domain differs."),
                rule(
                        "get_security_compliance_domain_config",
                        "",
                        "Show what is asked of passwords."),
                rule("update_domain_config", ADMIN, "Change how a domain differs."),
                rule("delete_domain_config", ADMIN, "Make a domain as the others."),
                rule(
                        "get_domain_config_default",
                        SYSTEM_READER,
                        "Show what holds where a domain does not differ."));
    }
}
