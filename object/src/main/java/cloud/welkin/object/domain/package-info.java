/** Records and pure decisions about accounts, containers and objects. */
@NullMarked
package cloud.welkin.object.domain;

import org.jspecify.annotations.NullMarked;
