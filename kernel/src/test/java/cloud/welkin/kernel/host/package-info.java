/** Tests of what controllers and hosts say to each other. */
@NullMarked
package cloud.welkin.kernel.host;

import org.jspecify.annotations.NullMarked;
