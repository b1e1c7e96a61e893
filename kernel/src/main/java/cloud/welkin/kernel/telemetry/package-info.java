/** Measurements of this process, as Prometheus reads them. */
@NullMarked
package cloud.welkin.kernel.telemetry;

import org.jspecify.annotations.NullMarked;
