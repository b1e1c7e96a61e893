/** The SQL of the volume service. */
@NullMarked
package cloud.welkin.volume.store;

import org.jspecify.annotations.NullMarked;
