/**
 * Invariants between rows and the world: declared by each service, checked on demand and in tests.
 */
@NullMarked
package cloud.welkin.kernel.doctor;

import org.jspecify.annotations.NullMarked;
