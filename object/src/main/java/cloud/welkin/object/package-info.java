/** Object storage: Swift, with bodies in engines and everything else in rows. */
@NullMarked
package cloud.welkin.object;

import org.jspecify.annotations.NullMarked;
