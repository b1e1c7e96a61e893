package cloud.welkin.identity.store;

/** What Welkin as OpenID Connect provider keeps in the database. */
public record OidcStores(
        OidcClientStore clients,
        OidcSessionStore sessions,
        OidcGrantStore grants,
        OidcDeviceStore devices,
        OidcKeyStore keys) {

    /**
     * @param secrets what encrypts the private keys
     */
    static OidcStores of(CredentialStore secrets) {
        return new OidcStores(
                new OidcClientStore(),
                new OidcSessionStore(),
                new OidcGrantStore(),
                new OidcDeviceStore(),
                new OidcKeyStore(secrets));
    }
}
