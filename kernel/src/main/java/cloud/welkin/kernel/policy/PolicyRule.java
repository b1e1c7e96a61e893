package cloud.welkin.kernel.policy;

import java.util.Set;

/**
 * A rule as a service declares it: OpenStack's name, the default in oslo.policy's language, what it
 * guards and which scopes of a token make sense for it.
 */
public record PolicyRule(String name, String check, String doc, Set<String> scopes) {
    public static PolicyRule of(String name, String check, String doc) {
        return new PolicyRule(name, check, doc, Set.of("project"));
    }

    public static PolicyRule of(String name, String check, String doc, String... scopes) {
        return new PolicyRule(name, check, doc, Set.of(scopes));
    }
}
