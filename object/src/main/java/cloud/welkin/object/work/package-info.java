/** What becomes of bodies, and what goes on behind the requests. */
@NullMarked
package cloud.welkin.object.work;

import org.jspecify.annotations.NullMarked;
