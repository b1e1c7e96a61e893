@NullMarked
package cloud.welkin.testing;

import org.jspecify.annotations.NullMarked;
