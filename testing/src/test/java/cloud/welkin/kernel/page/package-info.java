@NullMarked
package cloud.welkin.kernel.page;

import org.jspecify.annotations.NullMarked;
