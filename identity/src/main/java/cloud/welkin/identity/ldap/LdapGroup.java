package cloud.welkin.identity.ldap;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A group as the directory has it.
 *
 * @param id the directory's own: unique in the domain
 * @param dn where it is
 */
record LdapGroup(
        String id, String dn, String name, String description, Map<String, JsonNode> extra) {}
