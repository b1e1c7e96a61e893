package cloud.welkin.identity.auth;

import cloud.welkin.identity.domain.Certificates;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How OAuth 2.0's clients are known: by which methods, and of certificates, which users they stand
 * for. That is said by the rules of a mapping, as in Keystone ({@code [oauth2]
 * oauth2_cert_dn_mapping_id}). Where there is no such mapping, and only for issuers that the
 * operator has named, by what Keystone's guide to mutual TLS maps: the subject's UID is the user's
 * id, CN its name, emailAddress its email, DC the id and O the name of its domain. All that the
 * subject says must be so; it must say the id, or the name and the domain.
 *
 * @param issuers the CNs of issuers whose subjects are believed without a mapping; empty: none
 * @param mapping the id of the mapping
 * @param methods of {@link #METHODS}
 */
public record CertificateMapping(List<String> issuers, String mapping, Set<String> methods) {
    public static final String CERTIFICATE = "tls_client_auth";
    public static final String SECRET = "client_secret_basic";
    public static final Set<String> METHODS = Set.of(CERTIFICATE, SECRET);

    /** Keystone's defaults. */
    public CertificateMapping(List<String> issuers) {
        this(issuers, "oauth2_mapping", METHODS);
    }

    /** Without a mapping. */
    public boolean isOf(X509Certificate certificate, User user, Project domain) {
        Map<String, String> subject = Certificates.parts(certificate.getSubjectX500Principal());
        Optional<String> issuer =
                Optional.ofNullable(
                        Certificates.parts(certificate.getIssuerX500Principal()).get("CN"));
        boolean enough =
                subject.containsKey("UID")
                        || (subject.containsKey("CN")
                                && (subject.containsKey("DC") || subject.containsKey("O")));
        return enough
                && issuer.filter(issuers::contains).isPresent()
                && says(subject, "UID", user.id().value())
                && says(subject, "CN", user.name())
                && says(subject, "EMAILADDRESS", user.email().orElse(""))
                && says(subject, "DC", domain.id().value())
                && says(subject, "O", domain.name());
    }

    private static boolean says(Map<String, String> subject, String type, String value) {
        return Optional.ofNullable(subject.get(type)).map(value::equals).orElse(true);
    }
}
