@NullMarked
package cloud.welkin.database.codegen;

import org.jspecify.annotations.NullMarked;
