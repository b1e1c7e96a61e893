package cloud.welkin.identity.domain;

import cloud.welkin.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What the blob of an EC2 credential says, in Keystone's form.
 *
 * @param access the public half, which names the credential
 * @param secret the other, which signs
 * @param limits of the token that it was made with
 */
public record Ec2Key(String access, String secret, Delegation limits) {
    private static final String TRUST = "trust_id";
    private static final String APPLICATION_CREDENTIAL = "app_cred_id";
    private static final String ACCESS_TOKEN = "access_token_id";

    /**
     * By whose leave somebody acts: at most one of these, none for a user that acts for itself.
     *
     * @param accessToken of OAuth 1
     */
    public record Delegation(
            Optional<String> trust,
            Optional<String> applicationCredential,
            Optional<String> accessToken) {
        public static final Delegation NONE =
                new Delegation(Optional.empty(), Optional.empty(), Optional.empty());

        public boolean isNone() {
            return equals(NONE);
        }
    }

    /** None where the blob is not in that form. */
    public static Optional<Ec2Key> of(String blob) {
        JsonNode json;
        try {
            json = Json.mapper().readTree(blob);
        } catch (JacksonException e) {
            return Optional.empty();
        }
        return text(json, "access")
                .map(
                        access ->
                                new Ec2Key(
                                        access,
                                        text(json, "secret").orElse(""),
                                        new Delegation(
                                                text(json, TRUST),
                                                text(json, APPLICATION_CREDENTIAL),
                                                text(json, ACCESS_TOKEN))));
    }

    public String blob() {
        Map<String, Object> blob = new LinkedHashMap<>();
        blob.put("access", access);
        blob.put("secret", secret);
        limits.trust().ifPresent(id -> blob.put(TRUST, id));
        limits.applicationCredential().ifPresent(id -> blob.put(APPLICATION_CREDENTIAL, id));
        limits.accessToken().ifPresent(id -> blob.put(ACCESS_TOKEN, id));
        return Json.text(blob);
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.of(json.path(name))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .filter(text -> !text.isEmpty());
    }

    @Override
    public String toString() {
        return "Ec2Key[" + access + "]";
    }
}
