/** Records, states and pure decisions about images. */
@NullMarked
package cloud.welkin.image.domain;

import org.jspecify.annotations.NullMarked;
