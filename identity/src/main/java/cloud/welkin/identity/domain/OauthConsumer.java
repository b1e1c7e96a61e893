package cloud.welkin.identity.domain;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** An application that asks users by OAuth 1 for a part of what they may do. */
public record OauthConsumer(
        String id, Optional<String> description, String secret, Map<String, JsonNode> extra) {

    @Override
    public String toString() {
        return "OauthConsumer[" + id + "]";
    }
}
