package cloud.welkin.identity.ldap;

import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.SearchScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How a domain's directory is reached and read: Keystone's [ldap]
 * (docs.openstack.org/keystone/latest/configuration/config-options.html#ldap), in types.
 *
 * @param servers in the order in which they are tried
 * @param login whom the directory knows this cloud as; empty: anonymous
 * @param pageSize entries on a page of a search; 0: no pages
 * @param log whether every question is logged
 */
record LdapOptions(
        List<Server> servers,
        Optional<Login> login,
        Tls tls,
        Duration timeout,
        Pool pool,
        Pool binds,
        SearchScope scope,
        int pageSize,
        DereferencePolicy aliases,
        boolean chaseReferrals,
        boolean log,
        Users users,
        Groups groups) {

    /**
     * @param secure LDAP over TLS from the first byte on
     */
    record Server(String host, int port, boolean secure) {
        @Override
        public String toString() {
            return (secure ? "ldaps://" : "ldap://") + host + ":" + port;
        }
    }

    record Login(String dn, String password) {
        @Override
        public String toString() {
            return dn;
        }
    }

    /**
     * @param start whether plain connections are secured by StartTLS
     * @param checked whether the server must have a certificate of a known authority, in its name
     * @param authorities a file or a folder of them; empty: those that Java knows
     */
    record Tls(boolean start, boolean checked, Optional<Path> authorities) {}

    /**
     * Connections that are kept.
     *
     * @param most 0: none is kept
     * @param attempts how often a lost connection is made again
     */
    record Pool(int most, Duration lifetime, int attempts, Duration pause) {}

    /** What users and groups have in common; attributes that are empty are not read. */
    record Entries(
            DN tree,
            Optional<Filter> filter,
            String objectClass,
            String id,
            String name,
            Optional<String> description,
            Set<String> ignored,
            Map<String, String> additional) {
        boolean ignores(String field) {
            return ignored.contains(field);
        }
    }

    /**
     * @param enabled the attribute that says it
     * @param mask the bits of a number that say the contrary; 0: the attribute is a truth value
     * @param usual what holds where there is no such attribute
     * @param emulation the group whose members are enabled, in the place of all this
     */
    record Users(
            Entries entries,
            Optional<String> mail,
            Optional<String> defaultProject,
            String enabled,
            boolean invert,
            int mask,
            String usual,
            Optional<Emulation> emulation) {}

    /**
     * @param dn of the group
     * @param ids whether members are ids, not DNs
     */
    record Emulation(DN dn, String member, boolean ids) {}

    /**
     * @param ids whether members are ids, not DNs
     * @param nesting whether groups may be members of groups ({@code group_ad_nesting}, which is
     *     taken for every directory here, by walking from group to group)
     */
    record Groups(Entries entries, String member, boolean ids, boolean nesting) {}
}
