/** The operations of the network service, and the JSON that they take and give. */
@NullMarked
package cloud.welkin.network.api;

import org.jspecify.annotations.NullMarked;
