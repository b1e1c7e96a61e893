/** What volumes go through: from a request to the host's report. */
@NullMarked
package cloud.welkin.volume.work;

import org.jspecify.annotations.NullMarked;
