/** Where the bytes of objects are: bodies only, known by locators; names and metadata are rows. */
@NullMarked
package cloud.welkin.object.engine;

import org.jspecify.annotations.NullMarked;
