package cloud.welkin.object.s3;

import cloud.welkin.identity.ec2.KeySigned;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Preconditions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Who sent a request: Amazon's Signature Version 4 in the header or the URL, and Version 2, over
 * the EC2 credentials of the identity service. The region of the scope is as the client likes.
 */
final class Signatures {
    /** How far a client's clock may be off. */
    static final Duration SKEW = Duration.ofMinutes(15);

    static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    private static final String VERSION_4 = "AWS4-HMAC-SHA256";
    private static final Duration LONGEST_URL = Duration.ofDays(7);
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

    /** Parameters that Version 2 signs with the path. */
    private static final Set<String> SUBRESOURCES =
            Set.of(
                    "accelerate",
                    "acl",
                    "analytics",
                    "cors",
                    "delete",
                    "encryption",
                    "inventory",
                    "legal-hold",
                    "lifecycle",
                    "location",
                    "logging",
                    "metrics",
                    "notification",
                    "object-lock",
                    "ownershipControls",
                    "partNumber",
                    "policy",
                    "policyStatus",
                    "publicAccessBlock",
                    "replication",
                    "requestPayment",
                    "response-cache-control",
                    "response-content-disposition",
                    "response-content-encoding",
                    "response-content-language",
                    "response-content-type",
                    "response-expires",
                    "restore",
                    "retention",
                    "select",
                    "select-type",
                    "tagging",
                    "torrent",
                    "uploadId",
                    "uploads",
                    "versionId",
                    "versioning",
                    "versions",
                    "website");

    private final S3Keys keys;
    private final Clock clock;

    Signatures(S3Keys keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** What a signature of version 4 says. */
    private record Version4(
            String access,
            List<String> scope,
            List<String> signedHeaders,
            String signature,
            String stamp,
            boolean inUrl) {
        String scopeText() {
            return String.join("/", scope);
        }
    }

    /**
     * Who sent the request, and how its body is checked; nobody for one without a signature.
     *
     * @throws Failure InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed, AccessDenied
     *     for what is expired, AuthorizationHeaderMalformed
     */
    Sender sender(Call call) {
        Optional<String> authorization = call.header("Authorization");
        if (authorization.filter(it -> it.startsWith(VERSION_4)).isPresent()) {
            return version4(call, ofHeader(call, authorization.get()));
        }
        if (call.query().has("X-Amz-Signature")) {
            return version4(call, ofUrl(call));
        }
        if (authorization.filter(it -> it.startsWith("AWS ")).isPresent()) {
            return version2(call, authorization.get().substring(4).strip(), Optional.empty());
        }
        if (call.query().has("AWSAccessKeyId") && call.query().has("Signature")) {
            return version2(
                    call,
                    parameter(call, "AWSAccessKeyId") + ":" + parameter(call, "Signature"),
                    Optional.of(parameter(call, "Expires")));
        }
        return new Sender(call, false, Payload.UNCHECKED);
    }

    private static String parameter(Call call, String name) {
        return call.query()
                .text(name)
                .orElseThrow(
                        () -> S3Code.AccessDenied.failure("The parameter %s is missing.", name));
    }

    private Version4 ofHeader(Call call, String authorization) {
        Map<String, String> fields = new HashMap<>();
        for (String field : authorization.substring(VERSION_4.length()).split(",", -1)) {
            String[] halves = field.strip().split("=", 2);
            if (halves.length == 2) {
                fields.put(halves[0], halves[1]);
            }
        }
        String stamp =
                call.header("x-amz-date")
                        .or(() -> call.header("Date").flatMap(Preconditions::date).map(this::stamp))
                        .orElseThrow(
                                () ->
                                        S3Code.AccessDenied.failure(
                                                "A signed request must have the header x-amz-date."));
        Version4 signed =
                read(
                        Optional.ofNullable(fields.get("Credential")),
                        Optional.ofNullable(fields.get("SignedHeaders")),
                        Optional.ofNullable(fields.get("Signature")),
                        stamp,
                        false);
        Duration off = Duration.between(instant(stamp), clock.instant()).abs();
        if (off.compareTo(SKEW) > 0) {
            throw S3Code.RequestTimeTooSkewed.failure();
        }
        requireAllSigned(call, signed);
        return signed;
    }

    private String stamp(Instant time) {
        return STAMP.format(time.atOffset(ZoneOffset.UTC));
    }

    private Version4 ofUrl(Call call) {
        if (call.query().text("X-Amz-Algorithm").filter(VERSION_4::equals).isEmpty()) {
            throw S3Code.InvalidArgument.failure("X-Amz-Algorithm must be %s.", VERSION_4);
        }
        Version4 signed =
                read(
                        call.query().text("X-Amz-Credential"),
                        call.query().text("X-Amz-SignedHeaders"),
                        call.query().text("X-Amz-Signature"),
                        parameter(call, "X-Amz-Date"),
                        true);
        String age = parameter(call, "X-Amz-Expires");
        if (!age.matches("\\d{1,6}")
                || Long.parseLong(age) < 1
                || Long.parseLong(age) > LONGEST_URL.toSeconds()) {
            throw S3Code.InvalidArgument.failure("X-Amz-Expires must be between 1 and 604800.");
        }
        Instant made = instant(signed.stamp());
        Instant now = clock.instant();
        if (made.minus(SKEW).isAfter(now) || !now.isBefore(made.plusSeconds(Long.parseLong(age)))) {
            throw S3Code.AccessDenied.failure("Request has expired");
        }
        requireAllSigned(call, signed);
        return signed;
    }

    private static Version4 read(
            Optional<String> credential,
            Optional<String> headers,
            Optional<String> signature,
            String stamp,
            boolean inUrl) {
        // An access key may itself hold slashes; the scope is the last four parts.
        List<String> parts = List.of(credential.orElse("").split("/", -1));
        if (parts.size() < 5 || headers.isEmpty() || signature.isEmpty()) {
            throw S3Code.AuthorizationHeaderMalformed.failure();
        }
        List<String> scope = parts.subList(parts.size() - 4, parts.size());
        if (!stamp.startsWith(scope.get(0)) || scope.get(0).length() != 8) {
            throw S3Code.AuthorizationHeaderMalformed.failure(
                    "The day of the credential is not that of the request.");
        }
        return new Version4(
                String.join("/", parts.subList(0, parts.size() - 4)),
                scope,
                List.of(headers.get().split(";", -1)),
                signature.get(),
                stamp,
                inUrl);
    }

    /** What is not signed could be added by anybody on the way. */
    private static void requireAllSigned(Call call, Version4 signed) {
        List<String> mustBe = new ArrayList<>(List.of("host"));
        for (String name : call.headerNames()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-amz-")) {
                mustBe.add(lower);
            }
        }
        mustBe.removeAll(signed.signedHeaders());
        if (!mustBe.isEmpty()) {
            throw S3Code.AccessDenied.failure(
                    "There were headers present in the request which were not signed: %s", mustBe);
        }
    }

    private static Instant instant(String stamp) {
        try {
            return LocalDateTime.parse(stamp, STAMP).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw S3Code.AccessDenied.failure("The date of the request cannot be read.");
        }
    }

    private Sender version4(Call call, Version4 signed) {
        String payload =
                signed.inUrl()
                        ? call.header("x-amz-content-sha256").orElse(UNSIGNED)
                        : call.header("x-amz-content-sha256")
                                .orElseThrow(
                                        () ->
                                                S3Code.InvalidRequest.failure(
                                                        "Missing required header for this request:"
                                                                + " x-amz-content-sha256"));
        String text =
                String.join(
                        "\n",
                        VERSION_4,
                        signed.stamp(),
                        signed.scopeText(),
                        sha256(canonical(call, signed, payload)));
        KeySigned.S3 s3 =
                new KeySigned.S3(signed.access(), signed.signature(), text, Optional.empty());
        S3Keys.Signing signing =
                known(
                        () ->
                                keys.signing(
                                        s3,
                                        signed.scope().get(0),
                                        signed.scope().get(1),
                                        signed.scope().get(2)));
        return new Sender(
                call.of(signing.caller()),
                true,
                Payload.of(
                        payload,
                        new Payload.ChunkSignature(
                                signed.stamp(),
                                signed.scopeText(),
                                signed.signature(),
                                signing.sign())));
    }

    private static String canonical(Call call, Version4 signed, String payload) {
        StringBuilder headers = new StringBuilder();
        for (String name : signed.signedHeaders()) {
            headers.append(name).append(':');
            headers.append(call.header(name).orElse("").strip().replaceAll(" +", " "));
            headers.append('\n');
        }
        return String.join(
                "\n",
                call.operation().method(),
                canonicalPath(call.rawPath()),
                canonicalQuery(call),
                headers.toString(),
                String.join(";", signed.signedHeaders()),
                payload);
    }

    private static String canonicalPath(String rawPath) {
        List<String> segments = new ArrayList<>();
        for (String segment : rawPath.split("/", -1)) {
            segments.add(
                    UriCoding.encode(
                            java.net.URLDecoder.decode(
                                    segment.replace("+", "%2B"), StandardCharsets.UTF_8),
                            true));
        }
        return String.join("/", segments);
    }

    private static String canonicalQuery(Call call) {
        List<String> pairs = new ArrayList<>();
        call.query()
                .values()
                .forEach(
                        (name, values) -> {
                            if (!name.equals("X-Amz-Signature")) {
                                values.forEach(
                                        value ->
                                                pairs.add(
                                                        UriCoding.encode(name, true)
                                                                + "="
                                                                + UriCoding.encode(value, true)));
                            }
                        });
        return pairs.stream().sorted().collect(Collectors.joining("&"));
    }

    private Sender version2(Call call, String credential, Optional<String> expires) {
        int colon = credential.lastIndexOf(':');
        if (colon <= 0) {
            throw S3Code.AccessDenied.failure("The signature cannot be read.");
        }
        if (expires.isPresent()) {
            if (!expires.get().matches("\\d{1,12}")
                    || !clock.instant()
                            .isBefore(Instant.ofEpochSecond(Long.parseLong(expires.get())))) {
                throw S3Code.AccessDenied.failure("Request has expired");
            }
        } else {
            Instant made =
                    call.header("x-amz-date")
                            .or(() -> call.header("Date"))
                            .flatMap(Signatures::date)
                            .orElseThrow(
                                    () ->
                                            S3Code.AccessDenied.failure(
                                                    "A signed request must have a date."));
            if (Duration.between(made, clock.instant()).abs().compareTo(SKEW) > 0) {
                throw S3Code.RequestTimeTooSkewed.failure();
            }
        }
        KeySigned.S3 s3 =
                new KeySigned.S3(
                        credential.substring(0, colon),
                        credential.substring(colon + 1),
                        text2(call, expires),
                        Optional.empty());
        return new Sender(
                call.of(known(() -> keys.signing(s3, "", "", "")).caller()),
                true,
                Payload.UNCHECKED);
    }

    private static Optional<Instant> date(String text) {
        return text.matches("\\d{8}T\\d{6}Z")
                ? Optional.of(instant(text))
                : Preconditions.date(text.replace("+0000", "GMT"));
    }

    private static String text2(Call call, Optional<String> expires) {
        TreeMap<String, String> amazon = new TreeMap<>();
        for (String name : call.headerNames()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith("x-amz-")) {
                amazon.put(lower, call.header(name).orElse("").strip());
            }
        }
        String date =
                expires.orElseGet(
                        () ->
                                amazon.containsKey("x-amz-date")
                                        ? ""
                                        : call.header("Date").orElse(""));
        StringBuilder text = new StringBuilder();
        text.append(call.operation().method()).append('\n');
        text.append(call.header("Content-MD5").orElse("")).append('\n');
        text.append(call.header("Content-Type").orElse("")).append('\n');
        text.append(date).append('\n');
        amazon.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
        return text + resource2(call);
    }

    private static String resource2(Call call) {
        String host = call.header("Host").orElse("").toLowerCase(Locale.ROOT);
        int at = host.indexOf(".s3.");
        String path = (at > 0 ? "/" + host.substring(0, at) : "") + call.rawPath();
        List<String> parameters = new ArrayList<>();
        call.query().values().entrySet().stream()
                .filter(it -> SUBRESOURCES.contains(it.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        it -> {
                            String value = it.getValue().getFirst();
                            parameters.add(
                                    value.isEmpty() ? it.getKey() : it.getKey() + "=" + value);
                        });
        return parameters.isEmpty() ? path : path + "?" + String.join("&", parameters);
    }

    /** In S3's words, when nobody is known by the key. */
    static <T> T known(Supplier<T> session) {
        try {
            return session.get();
        } catch (Failure e) {
            if (e.kind() == FailureKind.NOT_FOUND) {
                throw S3Code.InvalidAccessKeyId.failure();
            }
            if (e.kind() == FailureKind.UNAUTHORIZED) {
                throw S3Code.SignatureDoesNotMatch.failure();
            }
            throw e;
        }
    }

    /** In hex. */
    static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
