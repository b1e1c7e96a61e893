/** Cinder's API: operations, views, policy. */
@NullMarked
package cloud.welkin.volume.api;

import org.jspecify.annotations.NullMarked;
