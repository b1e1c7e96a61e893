/** The network service's SQL. */
@NullMarked
package cloud.welkin.network.store;

import org.jspecify.annotations.NullMarked;
