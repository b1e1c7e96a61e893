package cloud.welkin.object;

import cloud.welkin.identity.ec2.KeySigned;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.object.s3.S3Keys;
import cloud.welkin.testing.ApiTester;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests by Amazon's version 4, from its specification; the other side of what is tested.
 */
final class S3Signer {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final String access;
    private final String secret;

    S3Signer(String access, String secret) {
        this.access = access;
        this.secret = secret;
    }

    /** What the identity service does with signatures. */
    S3Keys.Signing signing(
            KeySigned signed, String day, String region, String service, Caller caller) {
        if (!signed.access().equals(access)) {
            throw Failure.notFound("no such key");
        }
        if (!signed.signedWith(secret)) {
            throw Failure.unauthorized("not signed so");
        }
        return new S3Keys.Signing(caller, text -> hmac4(day, region, service, text));
    }

    /** A request as it is to be signed; headers may be spoilt after that. */
    ApiTester.Request request(ApiTester api, String method, String url, byte[] body, Instant time) {
        return request(api, method, url, body, time, sha256(body), Map.of());
    }

    ApiTester.Request request(
            ApiTester api,
            String method,
            String url,
            byte[] body,
            Instant time,
            String payload,
            Map<String, String> more) {
        String stamp = STAMP.format(time);
        Map<String, String> headers = new TreeMap<>(more);
        headers.put("host", "cloud.example");
        headers.put("x-amz-date", stamp);
        headers.put("x-amz-content-sha256", payload);
        ApiTester.Request request = api.method(method, url);
        headers.forEach(request::header);
        request.header("Authorization", authorization(method, url, headers, stamp, payload));
        return request.body("application/octet-stream", body);
    }

    private String authorization(
            String method, String url, Map<String, String> headers, String stamp, String payload) {
        String names = String.join(";", headers.keySet());
        return "AWS4-HMAC-SHA256 Credential="
                + access
                + "/"
                + scope(stamp)
                + ", SignedHeaders="
                + names
                + ", Signature="
                + seed(method, url, headers, stamp, payload);
    }

    private static String scope(String stamp) {
        return stamp.substring(0, 8) + "/us-east-1/s3/aws4_request";
    }

    /** The signature of the request's head. */
    String seed(
            String method, String url, Map<String, String> headers, String stamp, String payload) {
        int mark = url.indexOf('?');
        String path = mark < 0 ? url : url.substring(0, mark);
        String query = mark < 0 ? "" : url.substring(mark + 1);
        StringBuilder lines = new StringBuilder();
        headers.forEach((name, value) -> lines.append(name).append(':').append(value).append('\n'));
        String canonical =
                String.join(
                        "\n",
                        method,
                        path,
                        query.isEmpty() || query.contains("=") ? query : query + "=",
                        lines,
                        String.join(";", headers.keySet()),
                        payload);
        return hmac4(
                stamp.substring(0, 8),
                "us-east-1",
                "s3",
                String.join(
                        "\n",
                        "AWS4-HMAC-SHA256",
                        stamp,
                        scope(stamp),
                        sha256(canonical.getBytes(StandardCharsets.UTF_8))));
    }

    /** A body of one chunk and the last, each signed. */
    byte[] chunked(byte[] body, Instant time, String seed) {
        String stamp = STAMP.format(time);
        String first = chunk(stamp, seed, body);
        String last = chunk(stamp, first, new byte[0]);
        String text =
                Integer.toHexString(body.length)
                        + ";chunk-signature="
                        + first
                        + "\r\n"
                        + new String(body, StandardCharsets.ISO_8859_1)
                        + "\r\n0;chunk-signature="
                        + last
                        + "\r\n\r\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private String chunk(String stamp, String previous, byte[] body) {
        return hmac4(
                stamp.substring(0, 8),
                "us-east-1",
                "s3",
                String.join(
                        "\n",
                        "AWS4-HMAC-SHA256-PAYLOAD",
                        stamp,
                        scope(stamp),
                        previous,
                        sha256(new byte[0]),
                        sha256(body)));
    }

    /** The signature of a form's policy. */
    String form(String policy, Instant time) {
        return hmac4(stamp(time).substring(0, 8), "us-east-1", "s3", policy);
    }

    static String stamp(Instant time) {
        return STAMP.format(time);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String hmac4(String day, String region, String service, String text) {
        byte[] key = hmac(("AWS4" + secret).getBytes(StandardCharsets.UTF_8), day);
        key = hmac(hmac(hmac(key, region), service), "aws4_request");
        return HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
