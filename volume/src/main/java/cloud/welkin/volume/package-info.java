/** The volume service (Cinder): disks that outlive servers. */
@NullMarked
package cloud.welkin.volume;

import org.jspecify.annotations.NullMarked;
