/** Addresses, rows and pure decisions of the network service. */
@NullMarked
package cloud.welkin.network.domain;

import org.jspecify.annotations.NullMarked;
