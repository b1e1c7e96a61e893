/** What brings the rows of the network service into OVN, and facts back. */
@NullMarked
package cloud.welkin.network.work;

import org.jspecify.annotations.NullMarked;
