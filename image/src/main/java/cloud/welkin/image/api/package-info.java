/** Glance's API: operations, views, policy. */
@NullMarked
package cloud.welkin.image.api;

import org.jspecify.annotations.NullMarked;
