@NullMarked
package cloud.welkin.database;

import org.jspecify.annotations.NullMarked;
