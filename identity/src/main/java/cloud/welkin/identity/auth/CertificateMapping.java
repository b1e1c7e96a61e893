package cloud.welkin.identity.auth;

import cloud.welkin.identity.domain.Certificates;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which user a client's certificate stands for, the way of the mapping in Keystone's guide to
 * mutual TLS: the subject's UID is the user's id, CN its name, emailAddress its email, DC the id
 * and O the name of its domain. All that the subject says must be so; it must say the id, or the
 * name and the domain.
 *
 * @param issuers the CNs of issuers whose certificates count; empty: all that the listener trusts
 */
public record CertificateMapping(List<String> issuers) {
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
                && (issuers.isEmpty() || issuer.filter(issuers::contains).isPresent())
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
