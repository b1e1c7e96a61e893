package cloud.welkin.identity.federation;

import cloud.welkin.identity.domain.Certificates;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.federation.MappedIdentity.MappedUser;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a certificate is a user's by the rules of a mapping, whose attributes are the parts of
 * the two names in it: {@code SSL_CLIENT_SUBJECT_DN_CN}, {@code SSL_CLIENT_ISSUER_DN_O} … All that
 * the mapping makes of them must be the user's. Other than in Keystone it must make its id, or its
 * name and its domain: else the client would choose who it is.
 */
public final class MappedCertificate {
    private MappedCertificate() {}

    /**
     * @throws cloud.welkin.kernel.failure.Failure 401 when no rule fits
     */
    public static boolean isOf(
            X509Certificate certificate, User user, Project domain, Mapping mapping) {
        MappedUser mapped = mapping.apply(attributes(certificate)).user();
        Optional<String> domainId = mapped.domain().flatMap(MappedIdentity.MappedDomain::id);
        Optional<String> domainName = mapped.domain().flatMap(MappedIdentity.MappedDomain::name);
        boolean enough =
                mapped.id().isPresent()
                        || (mapped.name().isPresent()
                                && (domainId.isPresent() || domainName.isPresent()));
        return enough
                && isOrSaysNothing(mapped.id(), user.id().value())
                && isOrSaysNothing(mapped.name(), user.name())
                && isOrSaysNothing(mapped.email(), user.email().orElse(""))
                && isOrSaysNothing(domainId, domain.id().value())
                && isOrSaysNothing(domainName, domain.name());
    }

    private static Map<String, List<String>> attributes(X509Certificate certificate) {
        Map<String, List<String>> attributes = new HashMap<>();
        Certificates.parts(certificate.getSubjectX500Principal())
                .forEach(
                        (type, value) ->
                                attributes.put("SSL_CLIENT_SUBJECT_DN_" + type, List.of(value)));
        Certificates.parts(certificate.getIssuerX500Principal())
                .forEach(
                        (type, value) ->
                                attributes.put("SSL_CLIENT_ISSUER_DN_" + type, List.of(value)));
        return attributes;
    }

    private static boolean isOrSaysNothing(Optional<String> mapped, String value) {
        return mapped.map(value::equals).orElse(true);
    }
}
