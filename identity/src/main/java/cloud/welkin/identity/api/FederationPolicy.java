package cloud.welkin.identity.api;

import static cloud.welkin.identity.api.IdentityPolicy.ADMIN;
import static cloud.welkin.identity.api.IdentityPolicy.SYSTEM_READER;
import static cloud.welkin.identity.api.IdentityPolicy.rule;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.ArrayList;
import java.util.List;

/** The rules of federation, Keystone's but for the verification of protocols, which is ours. */
final class FederationPolicy {
    private FederationPolicy() {}

    static List<PolicyRule> rules() {
        List<PolicyRule> rules = new ArrayList<>();
        for (String what :
                List.of("identity_provider", "mapping", "protocol", "service_provider")) {
            String name = what.replace('_', ' ');
            rules.add(rule("list_" + what + "s", SYSTEM_READER, "List " + name + "s."));
            rules.add(rule("get_" + what, SYSTEM_READER, "Show one " + name + "."));
            rules.add(rule("create_" + what, ADMIN, "Create one " + name + "."));
            rules.add(rule("update_" + what, ADMIN, "Change one " + name + "."));
            rules.add(rule("delete_" + what, ADMIN, "Delete one " + name + "."));
        }
        rules.add(
                rule(
                        "set_protocol_verification",
                        ADMIN,
                        "Say how what an identity provider says is verified."));
        rules.add(
                rule(
                        "get_protocol_verification",
                        SYSTEM_READER,
                        "Show how what an identity provider says is verified."));
        return rules;
    }
}
