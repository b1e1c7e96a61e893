/**
 * Settings: declared once with type, default and meaning; read from four places; a wrong one stops
 * the start.
 */
@NullMarked
package cloud.welkin.kernel.settings;

import org.jspecify.annotations.NullMarked;
