@NullMarked
package cloud.welkin.kernel.event;

import org.jspecify.annotations.NullMarked;
