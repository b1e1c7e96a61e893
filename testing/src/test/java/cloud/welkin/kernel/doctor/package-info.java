@NullMarked
package cloud.welkin.kernel.doctor;

import org.jspecify.annotations.NullMarked;
