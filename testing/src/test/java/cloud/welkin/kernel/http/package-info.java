/** Tests of the transport over real sockets. */
@NullMarked
package cloud.welkin.kernel.http;

import org.jspecify.annotations.NullMarked;
