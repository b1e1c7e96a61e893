package cloud.welkin.identity.saml;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an identity provider has said, verified, of one who signed in there.
 *
 * @param id of the assertion; taken once
 * @param issuer the provider's entity id
 * @param subject the NameID
 * @param attributes by name, and by friendly name where there is one
 * @param endsAt when it can no longer be shown, and need no longer be remembered
 * @param inResponseTo the request that it answers, empty when the provider began
 */
public record SamlAssertion(
        String id,
        String issuer,
        String subject,
        Map<String, List<String>> attributes,
        Instant endsAt,
        Optional<String> inResponseTo) {

    @Override
    public String toString() {
        return "SamlAssertion[" + id + " of " + issuer + "]";
    }
}
