/** Lists in pages that cost the same wherever in the list they are. */
@NullMarked
package cloud.welkin.kernel.page;

import org.jspecify.annotations.NullMarked;
