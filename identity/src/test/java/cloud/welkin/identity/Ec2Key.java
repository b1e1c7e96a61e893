package cloud.welkin.identity;

import cloud.welkin.kernel.json.Json;
import cloud.welkin.testing.ApiTester.Response;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A client that signs with an EC2 credential; what it makes is what services show to Keystone. */
record Ec2Key(String access, String secret) {
    static Ec2Key of(Response made) {
        made.expect(201);
        return new Ec2Key(made.text("/credential/access"), made.text("/credential/secret"));
    }

    /** Version 0, which signs the action and the time. */
    String request(Instant at) {
        String time = at.truncatedTo(ChronoUnit.SECONDS).toString();
        return Json.text(
                Map.of(
                        "credentials",
                        Map.of(
                                "access",
                                access,
                                "signature",
                                base64(hmac("HmacSHA1", bytes(secret), "Describe" + time)),
                                "host",
                                "cloud.example",
                                "verb",
                                "GET",
                                "path",
                                "/",
                                "params",
                                Map.of(
                                        "SignatureVersion", "0",
                                        "Action", "Describe",
                                        "Timestamp", time))));
    }

    /** Version 4 of a POST, with parameters that are in its body. */
    String version4(Instant at, Map<String, String> params) {
        String date =
                DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'")
                        .withZone(ZoneOffset.UTC)
                        .format(at);
        String day = date.substring(0, 8);
        String scope = day + "/RegionOne/ec2/aws4_request";
        String hash = sha256("body");
        String canonical = "POST\n/\n\nx-amz-date:" + date + "\n\nx-amz-date\n" + hash;
        String text = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n" + sha256(canonical);
        byte[] key = bytes("AWS4" + secret);
        for (String part : scope.split("/")) {
            key = hmac("HmacSHA256", key, part);
        }
        return Json.text(
                Map.of(
                        "ec2Credentials",
                        Map.of(
                                "access",
                                access,
                                "signature",
                                HexFormat.of().formatHex(hmac("HmacSHA256", key, text)),
                                "host",
                                "cloud.example",
                                "verb",
                                "POST",
                                "path",
                                "/",
                                "params",
                                params,
                                "body_hash",
                                hash,
                                "headers",
                                Map.of(
                                        "X-Amz-Date",
                                        date,
                                        "Authorization",
                                        "AWS4-HMAC-SHA256 Credential="
                                                + access
                                                + "/"
                                                + scope
                                                + ", SignedHeaders=x-amz-date, Signature=y"))));
    }

    /** What an object store sends of a request of S3, version 2. */
    String s3(String text) {
        return Json.text(
                Map.of(
                        "credentials",
                        Map.of(
                                "access",
                                access,
                                "signature",
                                base64(hmac("HmacSHA1", bytes(secret), text)),
                                "token",
                                Base64.getUrlEncoder().encodeToString(bytes(text)))));
    }

    static byte[] hmac(String algorithm, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(text)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
