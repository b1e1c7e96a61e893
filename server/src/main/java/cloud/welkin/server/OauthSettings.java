package cloud.welkin.server;

import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.kernel.settings.Setting;
import cloud.welkin.kernel.settings.Settings;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** How the clients of OAuth 2.0's client credentials are known: Keystone's [oauth2]. */
final class OauthSettings {
    static final Setting<String> METHODS =
            Setting.text(
                            "identity.oauth2-authn-methods",
                            "tls_client_auth,client_secret_basic",
                            "How clients of OAuth 2.0 may show who they are, separated by commas."
                                    + " Keystone's [oauth2] oauth2_authn_methods.")
                    .where(
                            text ->
                                    !words(text).isEmpty()
                                            && CertificateMapping.METHODS.containsAll(words(text)),
                            "tls_client_auth, client_secret_basic or both");
    static final Setting<String> MAPPING =
            Setting.text(
                    "identity.oauth2-cert-dn-mapping-id",
                    "oauth2_mapping",
                    "The mapping whose rules say which user a client's certificate stands for."
                            + " Keystone's [oauth2] oauth2_cert_dn_mapping_id.");

    static final List<Setting<?>> ALL = List.of(METHODS, MAPPING);

    private OauthSettings() {}

    static CertificateMapping of(Settings settings) {
        return new CertificateMapping(
                words(settings.get(WelkinSettings.CERTIFICATE_ISSUERS)),
                settings.get(MAPPING),
                Set.copyOf(words(settings.get(METHODS))));
    }

    private static List<String> words(String list) {
        return Stream.of(list.split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
    }
}
