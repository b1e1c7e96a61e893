/**
 * Parsers for the headers of disk formats: images are hostile input, nothing here trusts a length.
 */
@NullMarked
package cloud.welkin.image.format;

import org.jspecify.annotations.NullMarked;
