package cloud.welkin.identity.domain;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Keystone's rules of a user about which methods must come together
 * (docs.openstack.org/keystone/latest/admin/multi-factor-authentication.html): one rule fulfilled
 * is enough. Methods that this cloud does not have are left out of a rule, and a rule of nothing
 * else is none, so that nobody is locked out by a wrong word.
 */
public final class MultiFactor {
    private final List<Set<String>> rules;

    private MultiFactor(List<Set<String>> rules) {
        this.rules = rules;
    }

    /**
     * @param known the methods that there are
     */
    public static MultiFactor of(Map<String, JsonNode> options, Set<String> known) {
        boolean enabled =
                !options.containsKey("multi_factor_auth_enabled")
                        || Options.flag(options, "multi_factor_auth_enabled");
        return new MultiFactor(
                !enabled
                        ? List.of()
                        : Options.rules(options, "multi_factor_auth_rules").stream()
                                .<Set<String>>map(
                                        rule -> {
                                            Set<String> left = new HashSet<>(rule);
                                            left.retainAll(known);
                                            return left;
                                        })
                                .filter(rule -> !rule.isEmpty())
                                .toList());
    }

    public boolean satisfiedBy(Set<String> methods) {
        return rules.isEmpty() || rules.stream().anyMatch(methods::containsAll);
    }

    /** The rules that the methods shown have a part in. */
    public List<List<String>> begunBy(Set<String> methods) {
        return rules.stream()
                .filter(rule -> rule.stream().anyMatch(methods::contains))
                .map(rule -> rule.stream().sorted().toList())
                .toList();
    }
}
