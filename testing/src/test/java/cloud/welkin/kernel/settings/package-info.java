@NullMarked
package cloud.welkin.kernel.settings;

import org.jspecify.annotations.NullMarked;
