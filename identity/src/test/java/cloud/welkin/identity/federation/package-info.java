/** Tests of federation's decisions. */
@NullMarked
package cloud.welkin.identity.federation;

import org.jspecify.annotations.NullMarked;
