package cloud.welkin.identity.api;

import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.ec2.KeySignatures;
import cloud.welkin.identity.ec2.KeySigned;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who signed a request to a service with an EC2 credential: /v3/ec2tokens and /v3/s3tokens. For
 * services alone: a signature that somebody else saw is no way to a token (OSSA-2025-002).
 */
final class SignatureOperations implements OperationGroup {
    /** Keystone has taken all of these. */
    private static final List<String> NAMES =
            List.of("credentials", "credential", "ec2Credentials");

    private final KeySignatures signatures;
    private final Catalogue catalogue;

    SignatureOperations(KeySignatures signatures, Catalogue catalogue) {
        this.signatures = signatures;
        this.catalogue = catalogue;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/ec2tokens")
                        .policy("identity:ec2tokens_validate")
                        .doc("Gives a token for a signed EC2 request; for services.")
                        .status(200)
                        .body(ObjectNode.class)
                        .replies(TokenView.class)
                        .computes((call, body) -> ec2(call, credentials(body))),
                Operation.post("/s3tokens")
                        .policy("identity:s3tokens_validate")
                        .doc("Says who signed an S3 request; for services.")
                        .status(200)
                        .body(ObjectNode.class)
                        .replies(TokenView.class)
                        .computes(
                                (call, body) ->
                                        view(call, signatures.session(s3(credentials(body))))));
    }

    private Object ec2(Call call, JsonNode credentials) {
        KeySigned.Ec2 signed =
                new KeySigned.Ec2(
                        access(credentials),
                        text(credentials, "signature"),
                        text(credentials, "verb"),
                        text(credentials, "host"),
                        text(credentials, "path"),
                        texts(credentials, "params"),
                        texts(credentials, "headers"),
                        text(credentials, "body_hash"));
        Session session = signatures.session(signed);
        return Reply.of(view(call, session))
                .header("X-Subject-Token", session.caller().token().text());
    }

    /** What was signed is there in base64, with either alphabet. */
    private static KeySigned.S3 s3(JsonNode credentials) {
        String text;
        try {
            text =
                    new String(
                            Base64.getMimeDecoder()
                                    .decode(
                                            text(credentials, "token")
                                                    .replace('-', '+')
                                                    .replace('_', '/')),
                            StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Failure.unauthorized("Credential signature mismatch");
        }
        Map<String, String> params = texts(credentials, "params");
        return new KeySigned.S3(
                access(credentials),
                text(credentials, "signature"),
                text,
                Optional.ofNullable(params.get("Timestamp"))
                        .or(
                                () ->
                                        Optional.ofNullable(
                                                texts(credentials, "headers").get("X-Amz-Date")))
                        .or(() -> Optional.ofNullable(params.get("X-Amz-Date"))));
    }

    private TokenView view(Call call, Session session) {
        call.note("user", session.user().id().value());
        return TokenView.of(session, catalogue, call.origin(), true);
    }

    private static JsonNode credentials(ObjectNode body) {
        if (body.isEmpty()) {
            throw Failure.badRequest("request must include a request body");
        }
        return NAMES.stream()
                .map(body::path)
                .filter(JsonNode::isObject)
                .findFirst()
                .orElseThrow(SignatureOperations::missing);
    }

    private static String access(JsonNode credentials) {
        return Optional.of(text(credentials, "access"))
                .filter(access -> !access.isEmpty())
                .orElseThrow(SignatureOperations::missing);
    }

    private static Failure missing() {
        return Failure.unauthorized("EC2 Signature not supplied");
    }

    private static String text(JsonNode credentials, String name) {
        JsonNode value = credentials.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw Failure.badRequest("%s is a text.", name);
        }
        return value.asString();
    }

    /** What services read from a query or from headers; numbers as they were written. */
    private static Map<String, String> texts(JsonNode credentials, String name) {
        JsonNode values = credentials.path(name);
        if (values.isMissingNode() || values.isNull()) {
            return Map.of();
        }
        if (!values.isObject()) {
            throw Failure.badRequest("%s is an object.", name);
        }
        Map<String, String> texts = new LinkedHashMap<>();
        values.properties()
                .forEach(
                        entry -> {
                            if (!entry.getValue().isValueNode()) {
                                throw Failure.badRequest("%s holds texts.", name);
                            }
                            texts.put(entry.getKey(), entry.getValue().asString());
                        });
        return texts;
    }
}
