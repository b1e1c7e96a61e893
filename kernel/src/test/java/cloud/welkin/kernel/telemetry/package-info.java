@NullMarked
package cloud.welkin.kernel.telemetry;

import org.jspecify.annotations.NullMarked;
