package cloud.welkin.identity.auth;

import cloud.welkin.kernel.failure.Failure;

/**
 * One way of showing who one is (docs.openstack.org/api-ref/identity/v3, "Authentication and token
 * management"). Whatever is slow, a password's hash above all, is done outside of transactions.
 */
interface AuthMethod {
    /** As the request and the token name it: {@code password}. */
    String name();

    /**
     * @param named finds what the request names
     * @throws Failure 401, always the same and after the same time, for whatever is wrong with the
     *     credentials, the reason in the log alone; 400 when the request has no part for this
     *     method
     */
    Proof prove(AuthRequest.Identity identity, Named named);

    /** The request names the method, but has no part for it. */
    static Failure missing(String method) {
        return Failure.badRequest("Expecting to find %s in auth.identity.", method);
    }
}
