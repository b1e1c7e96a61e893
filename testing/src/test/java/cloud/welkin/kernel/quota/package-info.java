@NullMarked
package cloud.welkin.kernel.quota;

import org.jspecify.annotations.NullMarked;
