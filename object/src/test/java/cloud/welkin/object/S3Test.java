package cloud.welkin.object;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** S3 where clients of others do not go: what is wrong, what is hostile, what is another's. */
@TestInstance(Lifecycle.PER_CLASS)
class S3Test {
    private final ObjectFixture objects;

    S3Test(@TempDir Path folder) {
        objects = new ObjectFixture(folder);
        send("PUT", "/tests", "").expect(200);
    }

    @AfterAll
    void close() {
        objects.close();
    }

    private Response send(String method, String url, String body) {
        return objects.signer.request(objects.api, method, url, bytes(body), objects.time()).send();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static void refused(Response response, int status, String code) {
        assertThat(text(response.expect(status))).contains("<Code>" + code + "</Code>");
    }

    private void assertAbsent(String key) {
        send("GET", "/tests/" + key, "").expect(404);
    }

    @Test
    void whatS3StoresSwiftReadsAndTheOtherWayRound() {
        send("PUT", "/tests/shared", "one").expect(200);
        assertThat(objects.text("/tests/shared")).isEqualTo("one");
        objects.put("/tests/back", "two").expect(201);
        assertThat(text(send("GET", "/tests/back", "").expect(200))).isEqualTo("two");
    }

    @Test
    void aBodyThatIsNotTheSignedOneIsRefusedAndLeavesNothing() {
        long before = objects.bodies();
        Instant now = objects.time();
        String other = S3Signer.sha256(bytes("other"));
        refused(
                objects.signer
                        .request(
                                objects.api,
                                "PUT",
                                "/tests/altered",
                                bytes("body"),
                                now,
                                other,
                                Map.of())
                        .send(),
                400,
                "XAmzContentSHA256Mismatch");
        assertAbsent("altered");
        assertThat(objects.bodies()).isEqualTo(before);
    }

    @Test
    void anAlteredUrlOrMethodIsNotSigned() {
        Instant now = objects.time();
        String url = "/tests/signed";
        Map<String, String> headers = headers(now, S3Signer.sha256(bytes("")));
        String seed =
                objects.signer.seed(
                        "GET", url, headers, S3Signer.stamp(now), S3Signer.sha256(bytes("")));
        refused(with(headers, "GET", "/tests/other", seed, now), 403, "SignatureDoesNotMatch");
        refused(with(headers, "DELETE", url, seed, now), 403, "SignatureDoesNotMatch");
        refused(with(headers, "GET", url + "?acl", seed, now), 403, "SignatureDoesNotMatch");
        refused(with(headers, "GET", url, seed, now), 404, "NoSuchKey");
    }

    private static Map<String, String> headers(Instant time, String payload) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("host", "cloud.example");
        headers.put("x-amz-content-sha256", payload);
        headers.put("x-amz-date", S3Signer.stamp(time));
        return headers;
    }

    private Response with(
            Map<String, String> headers, String method, String url, String seed, Instant time) {
        var request = objects.api.method(method, url);
        headers.forEach(request::header);
        return request.header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=access/"
                                + S3Signer.stamp(time).substring(0, 8)
                                + "/us-east-1/s3/aws4_request, SignedHeaders="
                                + String.join(";", headers.keySet())
                                + ", Signature="
                                + seed)
                .send();
    }

    @Test
    void anotherRegionThanTheSignedOneIsNotSigned() {
        Instant now = objects.time();
        Map<String, String> headers = headers(now, S3Signer.sha256(bytes("")));
        String seed =
                objects.signer.seed(
                        "GET",
                        "/tests/x",
                        headers,
                        S3Signer.stamp(now),
                        S3Signer.sha256(bytes("")));
        var request = objects.api.method("GET", "/tests/x");
        headers.forEach(request::header);
        refused(
                request.header(
                                "Authorization",
                                "AWS4-HMAC-SHA256 Credential=access/"
                                        + S3Signer.stamp(now).substring(0, 8)
                                        + "/mars/s3/aws4_request, SignedHeaders="
                                        + String.join(";", headers.keySet())
                                        + ", Signature="
                                        + seed)
                        .send(),
                403,
                "SignatureDoesNotMatch");
    }

    @Test
    void anOldRequestIsNotTakenAgain() {
        refused(
                objects.signer
                        .request(
                                objects.api,
                                "GET",
                                "/tests/old",
                                new byte[0],
                                objects.time().minus(Duration.ofMinutes(16)))
                        .send(),
                403,
                "RequestTimeTooSkewed");
    }

    @Test
    void whatWasAddedToASignedRequestIsRefused() {
        refused(
                objects.signer
                        .request(objects.api, "PUT", "/tests/added", bytes("x"), objects.time())
                        .header("x-amz-acl", "public-read")
                        .send(),
                403,
                "AccessDenied");
        assertAbsent("added");
    }

    @Test
    void anUnknownKeyIsToldFromAWrongSecret() {
        refused(
                new S3Signer("nobody", "secret")
                        .request(objects.api, "GET", "/tests/x", new byte[0], objects.time())
                        .send(),
                403,
                "InvalidAccessKeyId");
        refused(
                new S3Signer("access", "guessed")
                        .request(objects.api, "GET", "/tests/x", new byte[0], objects.time())
                        .send(),
                403,
                "SignatureDoesNotMatch");
    }

    @Test
    void signedChunksAreOneBodyAndAnAlteredOneIsRefused() {
        assertThat(chunked("/tests/chunks", body -> body).status()).isEqualTo(200);
        assertThat(text(send("GET", "/tests/chunks", "").expect(200))).isEqualTo("hello");
        refused(
                chunked("/tests/bad-chunks", body -> body.replace("hello", "jello")),
                403,
                "SignatureDoesNotMatch");
        assertAbsent("bad-chunks");
        // Cut behind its first chunk: no last chunk says that it is all.
        chunked("/tests/cut-chunks", body -> body.substring(0, body.indexOf("\r\n0;") + 2))
                .expect(400);
        assertAbsent("cut-chunks");
    }

    private Response chunked(String url, java.util.function.UnaryOperator<String> spoil) {
        Instant now = objects.time();
        String payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
        Map<String, String> more = Map.of("x-amz-decoded-content-length", "5");
        Map<String, String> headers = headers(now, payload);
        headers.putAll(more);
        String seed = objects.signer.seed("PUT", url, headers, S3Signer.stamp(now), payload);
        String body =
                new String(
                        objects.signer.chunked(bytes("hello"), now, seed),
                        StandardCharsets.ISO_8859_1);
        return objects.signer
                .request(
                        objects.api,
                        "PUT",
                        url,
                        spoil.apply(body).getBytes(StandardCharsets.ISO_8859_1),
                        now,
                        payload,
                        more)
                .send();
    }

    @Test
    void theChecksumOfNvmeIsComputedAsSpecified() {
        String right = "rosUhgp5mIg=";
        checksummed("/tests/nvme", right).expect(200);
        refused(checksummed("/tests/nvme-wrong", "AAAAAAAAAAA="), 400, "BadDigest");
        assertAbsent("nvme-wrong");
    }

    private Response checksummed(String url, String crc) {
        byte[] body = bytes("123456789");
        return objects.signer
                .request(
                        objects.api,
                        "PUT",
                        url,
                        body,
                        objects.time(),
                        S3Signer.sha256(body),
                        Map.of("x-amz-checksum-crc64nvme", crc))
                .send();
    }

    @Test
    void namesThatAreTooLongOrHoldANulAreRefused() {
        send("PUT", "/tests/" + "k".repeat(1024), "x").expect(200);
        refused(send("PUT", "/tests/" + "k".repeat(1025), "x"), 400, "KeyTooLongError");
        send("PUT", "/tests/nul%00", "x").expect(400);
        send("PUT", "/tests/..", "x").expect(200);
        assertThat(text(send("GET", "/tests?prefix=..", ""))).contains("<Key>..</Key>");
    }

    @Test
    void documentsThatActAreRefused() {
        String bomb =
                "<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
                        + "<Delete><Object><Key>&b;</Key></Object></Delete>";
        refused(send("POST", "/tests?delete", bomb), 400, "MalformedXML");
        String outside =
                "<!DOCTYPE d [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
                        + "<Delete><Object><Key>&f;</Key></Object></Delete>";
        refused(send("POST", "/tests?delete", outside), 400, "MalformedXML");
        refused(
                send("POST", "/tests?delete", "<Delete>" + "x".repeat(2 << 20)),
                400,
                "MalformedXML");
    }

    @Test
    void anUploadInPartsIsAllOrNothing() {
        String id = begin("/tests/parts");
        refused(part("/tests/parts", id, 10_001, "x"), 400, "InvalidArgument");
        refused(part("/tests/parts", id, 0, "x"), 400, "InvalidArgument");
        part("/tests/parts", id, 1, "only").expect(200);
        assertAbsent("parts");
        refused(complete("/tests/parts", id, 1, "0".repeat(32)), 400, "InvalidPart");
        assertThat(part("/tests/parts", id, 1, "only").expect(200).headers())
                .containsEntry("etag", '"' + md5("only") + '"');
        complete("/tests/parts", id, 1, md5("only")).expect(200);
        assertThat(text(send("GET", "/tests/parts", "").expect(200))).isEqualTo("only");
        // Who did not hear the answer asks again.
        complete("/tests/parts", id, 1, md5("only")).expect(200);
    }

    @Test
    void partsThatAreNoObjectAreGivenBack() {
        objects.reconcile();
        long before = objects.bodies();
        String aborted = begin("/tests/aborted");
        part("/tests/aborted", aborted, 1, "a").expect(200);
        part("/tests/aborted", aborted, 1, "b").expect(200);
        send("DELETE", "/tests/aborted?uploadId=" + aborted, "").expect(204);
        String done = begin("/tests/done");
        part("/tests/done", done, 1, "a").expect(200);
        part("/tests/done", done, 2, "left out").expect(200);
        complete("/tests/done", done, 1, md5("a")).expect(200);
        send("DELETE", "/tests/done", "").expect(204);
        objects.reconcile();
        assertThat(objects.bodies()).isEqualTo(before);
    }

    private static String md5(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("MD5").digest(bytes(text)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private String begin(String url) {
        Matcher id =
                Pattern.compile("<UploadId>(.*)</UploadId>")
                        .matcher(text(send("POST", url + "?uploads", "").expect(200)));
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private Response part(String url, String id, int number, String body) {
        return send("PUT", url + "?partNumber=" + number + "&uploadId=" + id, body);
    }

    private Response complete(String url, String id, int number, String etag) {
        return send(
                "POST",
                url + "?uploadId=" + id,
                "<CompleteMultipartUpload><Part><PartNumber>"
                        + number
                        + "</PartNumber><ETag>"
                        + etag
                        + "</ETag></Part></CompleteMultipartUpload>");
    }

    @Test
    void versionsOfAllKindsGiveTheirSpaceBack() {
        send("PUT", "/versions", "").expect(200);
        objects.reconcile();
        long before = objects.bodies();
        send("PUT", "/versions/o", "null state").expect(200);
        versioning("Enabled");
        String one = version(send("PUT", "/versions/o", "one"));
        String two = version(send("PUT", "/versions/o", "two"));
        versioning("Suspended");
        send("PUT", "/versions/o", "null again").expect(200);
        objects.reconcile();
        assertThat(objects.bodies()).isEqualTo(before + 3);
        assertThat(text(send("GET", "/versions/o?versionId=" + one, ""))).isEqualTo("one");
        for (String id : new String[] {one, two, "null"}) {
            send("DELETE", "/versions/o?versionId=" + id, "").expect(204);
        }
        send("GET", "/versions/o", "").expect(404);
        objects.reconcile();
        assertThat(objects.bodies()).isEqualTo(before);
        send("DELETE", "/versions", "").expect(204);
    }

    private void versioning(String status) {
        send(
                        "PUT",
                        "/versions?versioning",
                        "<VersioningConfiguration><Status>"
                                + status
                                + "</Status></VersioningConfiguration>")
                .expect(200);
    }

    private static String version(Response response) {
        return String.valueOf(response.expect(200).headers().get("x-amz-version-id"));
    }

    @Test
    void aBucketOfAnotherTenantIsClosedUntilItsPolicyOpensIt() {
        send("PUT", "/opened", "").expect(200);
        send("PUT", "/opened/o", "mine").expect(200);
        objects.api.get("/s3/opened/o").send().expect(403);
        send(
                        "PUT",
                        "/opened?policy",
                        """
                        {"Statement": [
                          {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                           "Resource": "arn:aws:s3:::opened/*"},
                          {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                           "Resource": "arn:aws:s3:::opened/secret*"}]}
                        """)
                .expect(200);
        assertThat(text(objects.api.get("/s3/opened/o").send().expect(200))).isEqualTo("mine");
        objects.api.get("/s3/opened").send().expect(403);
        objects.api.put("/s3/opened/o").body("text/plain", bytes("theirs")).send().expect(403);
        // A deny stops the owner too, but not from changing the policy.
        refused(send("PUT", "/opened/secret", "x"), 403, "AccessDenied");
        send("DELETE", "/opened?policy", "").expect(204);
        objects.api.get("/s3/opened/o").send().expect(403);
    }

    @Test
    void pagesOfOtherSitesAreToldWhatTheBucketLetsThem() {
        send("PUT", "/paged", "").expect(200);
        send("PUT", "/paged/o", "x").expect(200);
        refused(send("GET", "/paged?cors", ""), 404, "NoSuchCORSConfiguration");
        String rule =
                "<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example</AllowedOrigin>"
                        + "<AllowedMethod>GET</AllowedMethod><AllowedHeader>x-amz-*</AllowedHeader>"
                        + "<ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>";
        send("PUT", "/paged?cors", rule).expect(200);
        assertThat(text(send("GET", "/paged?cors", ""))).contains("https://*.example");
        assertThat(preflight("https://a.example", "GET", "x-amz-date").expect(200).headers())
                .containsEntry("access-control-allow-origin", "https://a.example");
        refused(preflight("https://a.other", "GET", "x-amz-date"), 403, "AccessDenied");
        refused(preflight("https://a.example", "PUT", "x-amz-date"), 403, "AccessDenied");
        refused(preflight("https://a.example", "GET", "cookie"), 403, "AccessDenied");
        Response read =
                objects.signer
                        .request(objects.api, "GET", "/paged/o", new byte[0], objects.time())
                        .header("Origin", "https://a.example")
                        .send();
        assertThat(read.headers()).containsEntry("access-control-expose-headers", "ETag");
        refused(send("PUT", "/paged?cors", rule.replace("ETag", "a\nb: c")), 400, "MalformedXML");
        send("DELETE", "/paged?cors", "").expect(204);
        refused(preflight("https://a.example", "GET", "x-amz-date"), 403, "AccessDenied");
    }

    private Response preflight(String origin, String method, String header) {
        return objects.api
                .method("OPTIONS", "/s3/paged/o")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", method)
                .header("Access-Control-Request-Headers", header)
                .send();
    }

    @Test
    void aFormStoresWhatItsPolicyLetsItAndNothingElse() {
        send("PUT", "/formed", "").expect(200);
        form("up/", "", "hello", Map.of()).expect(204);
        assertThat(text(send("GET", "/formed/up/a.txt", "").expect(200))).isEqualTo("hello");
        refused(form("other/", "", "hello", Map.of()), 403, "AccessDenied");
        refused(form("up/", "", "hello", Map.of("acl", "public-read")), 403, "AccessDenied");
        refused(form("up/", "", "far too long", Map.of()), 400, "EntityTooLarge");
        refused(form("up/", "x", "hello", Map.of()), 403, "SignatureDoesNotMatch");
        Instant before = objects.time();
        objects.now.set(before.plus(Duration.ofHours(2)));
        String late = policy(before.plus(Duration.ofHours(1)));
        refused(form("up/", "", "hello", Map.of("policy", late)), 403, "AccessDenied");
        assertThat(text(send("GET", "/formed", ""))).containsOnlyOnce("<Key>");
    }

    private static String policy(Instant end) {
        String json =
                "{\"expiration\": \""
                        + end
                        + "\", \"conditions\": [{\"bucket\": \"formed\"},"
                        + " [\"starts-with\", \"$key\", \"up/\"],"
                        + " [\"content-length-range\", 1, 5]]}";
        return java.util.Base64.getEncoder().encodeToString(bytes(json));
    }

    private Response form(String below, String spoil, String body, Map<String, String> more) {
        Instant now = objects.time();
        Map<String, String> fields = new TreeMap<>(more);
        fields.put("key", below + "${filename}");
        fields.putIfAbsent("policy", policy(now.plus(Duration.ofHours(1))));
        fields.put("x-amz-algorithm", "AWS4-HMAC-SHA256");
        fields.put(
                "x-amz-credential",
                "access/" + S3Signer.stamp(now).substring(0, 8) + "/us-east-1/s3/aws4_request");
        fields.put("x-amz-date", S3Signer.stamp(now));
        fields.put(
                "x-amz-signature",
                objects.signer.form(String.valueOf(fields.get("policy")), now) + spoil);
        StringBuilder sent = new StringBuilder();
        fields.forEach(
                (name, value) ->
                        sent.append("--b\r\nContent-Disposition: form-data; name=\"")
                                .append(name)
                                .append("\"\r\n\r\n")
                                .append(value)
                                .append("\r\n"));
        sent.append("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"");
        sent.append("\r\n\r\n").append(body).append("\r\n--b--\r\n");
        return objects.api
                .post("/s3/formed")
                .body("multipart/form-data; boundary=b", bytes(sent.toString()))
                .send();
    }

    @Test
    void whatIsNotThereIsNotPromised() {
        for (Map<String, String> asked :
                List.of(
                        Map.of("x-amz-server-side-encryption", "AES256"),
                        Map.of("x-amz-object-lock-legal-hold", "ON"),
                        Map.of("x-amz-grant-read", "id=somebody"),
                        Map.of("x-amz-storage-class", "GLACIER"))) {
            byte[] body = bytes("x");
            refused(
                    objects.signer
                            .request(
                                    objects.api,
                                    "PUT",
                                    "/tests/promised",
                                    body,
                                    objects.time(),
                                    S3Signer.sha256(body),
                                    asked)
                            .send(),
                    501,
                    "NotImplemented");
        }
        assertAbsent("promised");
        refused(send("PUT", "/tests?object-lock", "x"), 501, "NotImplemented");
        refused(send("PUT", "/tests?encryption", "x"), 501, "NotImplemented");
    }

    @Test
    void rulesOfTimeDeleteWhatTheyAreAbout() {
        send("PUT", "/aging", "").expect(200);
        send("PUT", "/aging/tmp/a", "x").expect(200);
        send("PUT", "/aging/kept", "x").expect(200);
        String begun = begin("/aging/begun");
        part("/aging/begun", begun, 1, "x").expect(200);
        send(
                        "PUT",
                        "/aging?lifecycle",
                        """
                        <LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status>
                        <Filter><Prefix>tmp/</Prefix></Filter><Expiration><Days>1</Days></Expiration></Rule>
                        <Rule><ID>u</ID><Status>Enabled</Status><Filter/>
                        <AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
                        </LifecycleConfiguration>
                        """)
                .expect(200);
        objects.reconcile();
        send("GET", "/aging/tmp/a", "").expect(200);
        Instant before = objects.time();
        objects.now.set(before.plus(Duration.ofDays(2)));
        objects.reconcile();
        send("GET", "/aging/tmp/a", "").expect(404);
        send("GET", "/aging/kept", "").expect(200);
        refused(part("/aging/begun", begun, 2, "x"), 404, "NoSuchUpload");
    }
}
