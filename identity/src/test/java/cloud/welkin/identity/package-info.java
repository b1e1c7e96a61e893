/** Tests of the identity service. */
@NullMarked
package cloud.welkin.identity;

import org.jspecify.annotations.NullMarked;
