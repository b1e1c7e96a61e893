package cloud.welkin.identity.ldap;

import java.util.List;

/**
 * What a directory has answered.
 *
 * @param whole whether that is all there is, or as much as it gives
 */
record Found<T>(List<T> entries, boolean whole) {
    Found {
        entries = List.copyOf(entries);
    }
}
