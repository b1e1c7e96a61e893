/**
 * The outbox: what happened, written in the transaction in which it happened, read by subscribers
 * in order.
 */
@NullMarked
package cloud.welkin.kernel.event;

import org.jspecify.annotations.NullMarked;
