/** The SQL of the image service. */
@NullMarked
package cloud.welkin.image.store;

import org.jspecify.annotations.NullMarked;
