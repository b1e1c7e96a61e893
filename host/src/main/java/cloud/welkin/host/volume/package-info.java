/** The disks of volumes on this host. */
@NullMarked
package cloud.welkin.host.volume;

import org.jspecify.annotations.NullMarked;
