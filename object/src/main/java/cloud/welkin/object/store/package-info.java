/** Rows of accounts, containers and objects. */
@NullMarked
package cloud.welkin.object.store;

import org.jspecify.annotations.NullMarked;
