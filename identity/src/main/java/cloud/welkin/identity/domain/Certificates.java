package cloud.welkin.identity.domain;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** What is asked of the certificates of clients. */
public final class Certificates {
    private static final Map<String, String> NAMES =
            Map.of(
                    "0.9.2342.19200300.100.1.1", "UID",
                    "0.9.2342.19200300.100.1.25", "DC",
                    "1.2.840.113549.1.9.1", "EMAILADDRESS");

    private Certificates() {}

    /** SHA-256 of the certificate, base64url: {@code x5t#S256} of RFC 8705. */
    public static String thumbprint(X509Certificate certificate) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a certificate that cannot be written", e);
        }
    }

    /**
     * The parts of a distinguished name by their types in capitals: CN, O, UID, EMAILADDRESS … Of a
     * type that comes twice, the part nearest to the name's own end counts.
     */
    public static Map<String, String> parts(X500Principal name) {
        Map<String, String> parts = new LinkedHashMap<>();
        try {
            for (Rdn rdn : new LdapName(name.getName(X500Principal.RFC2253, NAMES)).getRdns()) {
                if (rdn.getValue() instanceof String text) {
                    parts.put(rdn.getType().toUpperCase(Locale.ROOT), text);
                }
            }
        } catch (InvalidNameException e) {
            throw new IllegalArgumentException("a certificate without a readable name", e);
        }
        return parts;
    }
}
