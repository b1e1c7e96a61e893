/**
 * Background work: sagas (persisted steps with undo) and reconcilers (level-triggered, without
 * input). Requests write rows; what follows from the rows is done here, by any replica, across
 * crashes.
 */
@NullMarked
package cloud.welkin.kernel.work;

import org.jspecify.annotations.NullMarked;
