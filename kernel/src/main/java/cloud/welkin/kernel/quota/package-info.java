/**
 * Quotas: counted in the transaction that changes the thing, so that a count and what it counts
 * cannot differ.
 */
@NullMarked
package cloud.welkin.kernel.quota;

import org.jspecify.annotations.NullMarked;
