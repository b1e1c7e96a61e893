package cloud.welkin.identity.domain;

import java.util.Optional;

/**
 * Another cloud that takes this one's word for who somebody is.
 *
 * @param authUrl where it gives unscoped tokens
 * @param spUrl where assertions are shown to it
 * @param relayStatePrefix what the RelayState of such a request begins with
 */
public record ServiceProvider(
        String id,
        String authUrl,
        String spUrl,
        Optional<String> description,
        boolean enabled,
        String relayStatePrefix) {}
