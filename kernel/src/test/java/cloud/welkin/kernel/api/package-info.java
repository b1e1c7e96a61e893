/** Tests of what services are declared with. */
@NullMarked
package cloud.welkin.kernel.api;

import org.jspecify.annotations.NullMarked;
