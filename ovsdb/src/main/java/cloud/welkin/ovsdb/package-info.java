/**
 * A client for OVSDB, the database of Open vSwitch and OVN (RFC 7047 and ovsdb-server(7)).
 *
 * <p>{@link cloud.welkin.ovsdb.Ovsdb} is the way in: it keeps a live replica of chosen tables,
 * commits lists of {@link cloud.welkin.ovsdb.Operation}s as one transaction, and reconnects by
 * itself. Nothing here knows what the rows mean.
 */
@NullMarked
package cloud.welkin.ovsdb;

import org.jspecify.annotations.NullMarked;
