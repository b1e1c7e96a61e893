package cloud.welkin.object.s3;

import cloud.welkin.identity.ec2.KeySigned;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.object.api.FormData;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.work.Uploads;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Objects that browsers post by forms (Amazon S3 API reference, POST Object): the form carries a
 * policy that somebody signed, which says what the form's fields may be and until when.
 */
final class FormCalls {
    /** Fields that no condition has to be about. */
    private static final Set<String> FREE =
            Set.of(
                    "policy",
                    "x-amz-signature",
                    "x-amz-algorithm",
                    "x-amz-credential",
                    "x-amz-date",
                    "x-amz-security-token",
                    "submit");

    private final S3Keys keys;
    private final Buckets buckets;
    private final ObjectCalls calls;
    private final Clock clock;

    FormCalls(S3Keys keys, Buckets buckets, ObjectCalls calls, Clock clock) {
        this.keys = keys;
        this.buckets = buckets;
        this.calls = calls;
        this.clock = clock;
    }

    static boolean isMeant(Call call) {
        return FormData.isMeant(call.header("Content-Type"));
    }

    /** How long a body the policy lets the form have. */
    private record Lengths(long least, long most) {}

    void post(Sender anybody, Place place, Exchange exchange) {
        Call call = anybody.call();
        FormData form = FormData.of(call.header("Content-Type").orElseThrow(), exchange);
        Map<String, String> fields = new HashMap<>();
        Optional<FormData.Part> part = form.next();
        while (part.isPresent() && !part.get().name().equals("file")) {
            fields.put(part.get().name().toLowerCase(Locale.ROOT), part.get().text());
            part = form.next();
        }
        FormData.Part file =
                part.orElseThrow(
                        () ->
                                S3Code.InvalidArgument.failure(
                                        "POST requires exactly one file upload per request."));
        String key =
                Optional.ofNullable(fields.get("key"))
                        .filter(it -> !it.isEmpty())
                        .map(it -> it.replace("${filename}", file.file().orElse("")))
                        .orElseThrow(
                                () ->
                                        S3Code.InvalidArgument.failure(
                                                "Bucket POST must contain a field named 'key'."));
        Place target = Place.named(place.requireBucket(), key);
        fields.put("key", key);
        Lengths lengths = new Lengths(0, Uploads.LARGEST);
        Sender sender = anybody;
        if (fields.containsKey("policy")) {
            sender = signer(call, fields);
            lengths = check(fields, target);
        }
        Bucket bucket =
                buckets.admitted(
                        sender, target.requireBucket(), ObjectCalls.WRITE, key, Optional.empty());
        StoredObject stored = store(sender, bucket, key, fields, file, lengths);
        answer(sender.call(), exchange, bucket, stored, fields);
    }

    private Sender signer(Call call, Map<String, String> fields) {
        List<String> credential =
                List.of(fields.getOrDefault("x-amz-credential", "").split("/", -1));
        if (credential.size() < 5 || !"AWS4-HMAC-SHA256".equals(fields.get("x-amz-algorithm"))) {
            throw S3Code.AccessDenied.failure("The form is not signed as it should be.");
        }
        List<String> scope = credential.subList(credential.size() - 4, credential.size());
        KeySigned.S3Form signed =
                new KeySigned.S3Form(
                        String.join("/", credential.subList(0, credential.size() - 4)),
                        fields.getOrDefault("x-amz-signature", ""),
                        fields.getOrDefault("policy", ""),
                        scope);
        S3Keys.Signing signing =
                Signatures.known(
                        () -> keys.signing(signed, scope.get(0), scope.get(1), scope.get(2)));
        return new Sender(call.of(signing.caller()), true, Payload.UNCHECKED);
    }

    /**
     * Holds the form's fields against the policy.
     *
     * @throws cloud.welkin.kernel.failure.Failure AccessDenied when it is over, or lets no such
     *     form
     */
    private Lengths check(Map<String, String> fields, Place target) {
        JsonNode policy = policy(fields.getOrDefault("policy", ""));
        if (!clock.instant().isBefore(expiration(policy))) {
            throw S3Code.AccessDenied.failure("Invalid according to Policy: Policy expired.");
        }
        Map<String, String> left = new HashMap<>(fields);
        left.keySet().removeIf(name -> FREE.contains(name) || name.startsWith("x-ignore-"));
        Map<String, String> all = new HashMap<>(fields);
        all.put("bucket", target.requireBucket());
        Lengths lengths = new Lengths(0, Uploads.LARGEST);
        for (JsonNode condition : policy.path("conditions")) {
            if (condition.isObject()) {
                for (Map.Entry<String, JsonNode> one : condition.properties()) {
                    require(all, left, "eq", one.getKey(), one.getValue().asString(""));
                }
            } else if (condition.path(0).asString("").equalsIgnoreCase("content-length-range")) {
                lengths = new Lengths(condition.path(1).asLong(0), condition.path(2).asLong(0));
            } else {
                require(
                        all,
                        left,
                        condition.path(0).asString(""),
                        condition.path(1).asString("").replaceFirst("^\\$", ""),
                        condition.path(2).asString(""));
            }
        }
        if (!left.isEmpty()) {
            throw S3Code.AccessDenied.failure(
                    "Invalid according to Policy: Extra input fields: %s",
                    String.join(", ", left.keySet()));
        }
        return lengths;
    }

    private static void require(
            Map<String, String> all,
            Map<String, String> left,
            String operator,
            String field,
            String wanted) {
        String name = field.toLowerCase(Locale.ROOT);
        String value = all.getOrDefault(name, "");
        boolean holds =
                operator.equalsIgnoreCase("eq")
                        ? value.equals(wanted)
                        : operator.equalsIgnoreCase("starts-with") && value.startsWith(wanted);
        if (!holds) {
            throw S3Code.AccessDenied.failure(
                    "Invalid according to Policy: Policy Condition failed: %s %s", operator, field);
        }
        left.remove(name);
    }

    private static JsonNode policy(String base64) {
        try {
            return Json.mapper()
                    .readTree(
                            new String(
                                    Base64.getMimeDecoder().decode(base64),
                                    StandardCharsets.UTF_8));
        } catch (JacksonException | IllegalArgumentException e) {
            throw S3Code.AccessDenied.failure("Invalid Policy: it cannot be read.");
        }
    }

    private static Instant expiration(JsonNode policy) {
        try {
            return OffsetDateTime.parse(policy.path("expiration").asString("")).toInstant();
        } catch (DateTimeException e) {
            throw S3Code.AccessDenied.failure("Invalid Policy: Policy missing expiration.");
        }
    }

    private StoredObject store(
            Sender sender,
            Bucket bucket,
            String key,
            Map<String, String> fields,
            FormData.Part file,
            Lengths lengths) {
        Map<String, String> headers = new TreeMap<>();
        fields.forEach(
                (name, value) -> {
                    if (name.startsWith("x-amz-meta-")) {
                        headers.put(
                                "x-object-meta-" + name.substring("x-amz-meta-".length()), value);
                    } else if (KeptHeaders.NAMES.contains(name)) {
                        headers.put(name, value);
                    }
                });
        Optional.ofNullable(fields.get("acl"))
                .map(CannedAcl::require)
                .ifPresent(it -> headers.put(KeptHeaders.ACL, it.word()));
        StoredObject received =
                calls.receive(
                        bucket,
                        key,
                        Optional.ofNullable(fields.get("content-type"))
                                .or(file::contentType)
                                .orElse("binary/octet-stream"),
                        headers,
                        file.body(),
                        OptionalLong.empty(),
                        Math.min(Uploads.LARGEST, lengths.most()));
        if (received.length() < lengths.least()) {
            calls.giveUp(received);
            throw S3Code.EntityTooSmall.failure();
        }
        return calls.store(sender.call(), bucket, received);
    }

    private static void answer(
            Call call,
            Exchange exchange,
            Bucket bucket,
            StoredObject stored,
            Map<String, String> fields) {
        Map<String, String> headers = ObjectCalls.written(call, bucket, stored);
        String name = bucket.container().name();
        String redirect =
                fields.getOrDefault("success_action_redirect", fields.getOrDefault("redirect", ""));
        if (!redirect.isEmpty() && redirect.chars().allMatch(c -> c > ' ' && c < 127)) {
            headers.put(
                    "Location",
                    redirect
                            + (redirect.contains("?") ? "&" : "?")
                            + "bucket="
                            + UriCoding.encode(name, true)
                            + "&key="
                            + UriCoding.encode(stored.name(), true)
                            + "&etag="
                            + UriCoding.encode(S3Answers.etag(stored), true));
            S3Answers.empty(exchange, 303, headers);
            return;
        }
        String location =
                call.origin()
                        + S3Claim.MOUNT
                        + "/"
                        + name
                        + "/"
                        + UriCoding.encode(stored.name(), false);
        headers.put("Location", location);
        switch (fields.getOrDefault("success_action_status", "204")) {
            case "201" -> {
                headers.put("Content-Type", "application/xml");
                S3Answers.send(
                        exchange,
                        201,
                        headers,
                        new Xml("PostResponse", "")
                                .text("Location", location)
                                .text("Bucket", name)
                                .text("Key", stored.name())
                                .text("ETag", S3Answers.etag(stored))
                                .bytes());
            }
            case "200" -> S3Answers.empty(exchange, 200, headers);
            default -> S3Answers.empty(exchange, 204, headers);
        }
    }
}
