/** The object service as clients see it. */
@NullMarked
package cloud.welkin.object.api;

import org.jspecify.annotations.NullMarked;
