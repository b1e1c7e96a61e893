/** The image service (Glance): what servers and volumes are made from. */
@NullMarked
package cloud.welkin.image;

import org.jspecify.annotations.NullMarked;
