/** Welkin as OpenID Connect provider: applications sign people in with the cloud's accounts. */
@NullMarked
package cloud.welkin.identity.oidc;

import org.jspecify.annotations.NullMarked;
