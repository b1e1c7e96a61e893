/** Files, the sweep and the imports. */
@NullMarked
package cloud.welkin.image.work;

import org.jspecify.annotations.NullMarked;
