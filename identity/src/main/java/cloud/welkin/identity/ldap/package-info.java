/**
 * Users and groups of domains that are kept in LDAP directories, as Keystone's LDAP driver does.
 */
@org.jspecify.annotations.NullMarked
package cloud.welkin.identity.ldap;
