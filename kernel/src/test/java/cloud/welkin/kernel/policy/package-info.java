/** Tests of what services are declared with. */
@NullMarked
package cloud.welkin.kernel.policy;

import org.jspecify.annotations.NullMarked;
