/** Tests of what services are declared with. */
@NullMarked
package cloud.welkin.kernel.http;

import org.jspecify.annotations.NullMarked;
