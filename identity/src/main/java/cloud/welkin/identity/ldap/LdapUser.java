package cloud.welkin.identity.ldap;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A user as the directory has it.
 *
 * @param id the directory's own: unique in the domain
 * @param dn where it is
 */
record LdapUser(
        String id,
        String dn,
        String name,
        boolean enabled,
        Optional<String> description,
        Optional<String> email,
        Optional<String> defaultProject,
        Map<String, JsonNode> extra) {
    LdapUser enabled(boolean whether) {
        return new LdapUser(id, dn, name, whether, description, email, defaultProject, extra);
    }
}
