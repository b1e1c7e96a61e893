/** The test kit of background work, and its own tests. */
@NullMarked
package cloud.welkin.kernel.work;

import org.jspecify.annotations.NullMarked;
