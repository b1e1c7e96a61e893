@NullMarked
package cloud.welkin.identity.ec2;

import org.jspecify.annotations.NullMarked;
