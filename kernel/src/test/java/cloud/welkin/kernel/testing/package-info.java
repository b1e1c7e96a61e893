/** What the tests of every service stand on. */
@NullMarked
package cloud.welkin.kernel.testing;

import org.jspecify.annotations.NullMarked;
