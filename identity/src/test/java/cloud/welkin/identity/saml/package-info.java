@NullMarked
package cloud.welkin.identity.saml;

import org.jspecify.annotations.NullMarked;
