/** Records, states and pure decisions about volumes. */
@NullMarked
package cloud.welkin.volume.domain;

import org.jspecify.annotations.NullMarked;
