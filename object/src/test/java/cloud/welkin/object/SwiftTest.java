package cloud.welkin.object;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class SwiftTest {
    private final ObjectFixture objects;

    SwiftTest(@TempDir Path folder) {
        objects = new ObjectFixture(folder);
    }

    @AfterAll
    void close() {
        objects.close();
    }

    @Test
    void whatIsStoredIsReadWithItsTypeETagAndMetadata() {
        objects.container("stored");
        objects.api
                .put(objects.url("/stored/a/b%20c//d"))
                .by(objects.member)
                .header("X-Object-Meta-Color", "red")
                .body("text/plain", "hello".getBytes(StandardCharsets.UTF_8))
                .send()
                .expect(201);
        Response read = objects.get("/stored/a/b%20c//d").expect(200);
        assertThat(new String(read.body(), StandardCharsets.UTF_8)).isEqualTo("hello");
        assertThat(read.headers())
                .containsEntry("etag", "5d41402abc4b2a76b9719d911017c592")
                .containsEntry("content-type", "text/plain")
                .containsEntry("content-length", "5")
                .containsEntry("x-object-meta-color", "red");
        assertThat(objects.text("/stored")).isEqualTo("a/b c//d\n");
    }

    @Test
    void anotherETagThanTheBodysIsRefusedAndLeavesNothing() {
        objects.container("wrong");
        long before = objects.bodies();
        objects.api
                .put(objects.url("/wrong/o"))
                .by(objects.member)
                .header("ETag", "0".repeat(32))
                .body("text/plain", new byte[] {1})
                .send()
                .expect(422);
        objects.get("/wrong/o").expect(404);
        assertThat(objects.bodies()).isEqualTo(before);
    }

    @Test
    void rangesAreAnsweredInPart() {
        objects.container("ranges");
        objects.put("/ranges/o", "0123456789").expect(201);
        assertThat(range("bytes=2-4", 206)).isEqualTo("234");
        assertThat(range("bytes=-3", 206)).isEqualTo("789");
        assertThat(range("bytes=8-", 206)).isEqualTo("89");
        assertThat(range("bytes=0-1,5-6", 206))
                .contains("bytes 0-1/10", "01", "bytes 5-6/10", "56");
        assertThat(range("chapters=1", 200)).isEqualTo("0123456789");
        range("bytes=10-", 416);
    }

    private String range(String range, int status) {
        return new String(
                objects.api
                        .get(objects.url("/ranges/o"))
                        .by(objects.member)
                        .header("Range", range)
                        .send()
                        .expect(status)
                        .body(),
                StandardCharsets.UTF_8);
    }

    @Test
    void conditionsDecideWhatIsSent() {
        objects.container("conditions");
        objects.put("/conditions/o", "x").expect(201);
        String etag = "9dd4e461268c8034f5c8564e155c67a6";
        assertThat(conditional("If-None-Match", '"' + etag + '"').status()).isEqualTo(304);
        assertThat(conditional("If-None-Match", "other").status()).isEqualTo(200);
        assertThat(conditional("If-Match", "other").status()).isEqualTo(412);
        assertThat(conditional("If-Match", etag).status()).isEqualTo(200);
        assertThat(conditional("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT").status())
                .isEqualTo(304);
        assertThat(conditional("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT").status())
                .isEqualTo(412);
    }

    private Response conditional(String header, String value) {
        return objects.api
                .get(objects.url("/conditions/o"))
                .by(objects.member)
                .header(header, value)
                .send();
    }

    @Test
    void countersFollowEveryChangeAndFoldingChangesNothing() {
        objects.container("counted");
        objects.put("/counted/a", "12345").expect(201);
        objects.put("/counted/b", "1").expect(201);
        objects.put("/counted/a", "123").expect(201);
        assertThat(used("counted")).isEqualTo("2 4");
        objects.reconcile();
        assertThat(used("counted")).isEqualTo("2 4");
        objects.api.delete(objects.url("/counted/b")).by(objects.member).send().expect(204);
        assertThat(used("counted")).isEqualTo("1 3");
        objects.reconcile();
        assertThat(used("counted")).isEqualTo("1 3");
    }

    private String used(String container) {
        var headers =
                objects.api
                        .method("HEAD", objects.url("/" + container))
                        .by(objects.member)
                        .send()
                        .expect(204)
                        .headers();
        return headers.get("x-container-object-count")
                + " "
                + headers.get("x-container-bytes-used");
    }

    @Test
    void overwrittenAndDeletedBodiesAreForgotten() {
        objects.container("garbage");
        objects.reconcile();
        long before = objects.bodies();
        objects.put("/garbage/o", "one").expect(201);
        objects.put("/garbage/o", "two").expect(201);
        objects.reconcile();
        assertThat(objects.bodies()).isEqualTo(before + 1);
        objects.api.delete(objects.url("/garbage/o")).by(objects.member).send().expect(204);
        objects.reconcile();
        assertThat(objects.bodies()).isEqualTo(before);
    }

    @Test
    void aContainerWithObjectsIsNotDeleted() {
        objects.container("full");
        objects.put("/full/o", "x").expect(201);
        objects.api.delete(objects.url("/full")).by(objects.member).send().expect(409);
        objects.api.delete(objects.url("/full/o")).by(objects.member).send().expect(204);
        objects.api.delete(objects.url("/full")).by(objects.member).send().expect(204);
        objects.get("/full").expect(404);
    }

    @Test
    void anObjectWhoseTimeIsOverIsGoneAndThenDeleted() {
        objects.container("expiring");
        objects.api
                .put(objects.url("/expiring/o"))
                .by(objects.member)
                .header("X-Delete-After", "60")
                .body("text/plain", new byte[] {1})
                .send()
                .expect(201);
        objects.get("/expiring/o").expect(200);
        objects.now.updateAndGet(time -> time.plus(Duration.ofSeconds(61)));
        objects.get("/expiring/o").expect(404);
        objects.reconcile();
        objects.get("/expiring").expect(204);
    }

    @Test
    void listingsRollUpPageAndReverse() {
        objects.container("tree");
        for (String name : new String[] {"a", "b/1", "b/2", "b/c/3", "d"}) {
            objects.put("/tree/" + name, "x").expect(201);
        }
        assertThat(objects.text("/tree?delimiter=/")).isEqualTo("a\nb/\nd\n");
        assertThat(objects.text("/tree?delimiter=/&prefix=b/")).isEqualTo("b/1\nb/2\nb/c/\n");
        assertThat(objects.text("/tree?path=b")).isEqualTo("b/1\nb/2\n");
        assertThat(objects.text("/tree?limit=2")).isEqualTo("a\nb/1\n");
        assertThat(objects.text("/tree?limit=2&marker=b/1")).isEqualTo("b/2\nb/c/3\n");
        assertThat(objects.text("/tree?end_marker=b/2")).isEqualTo("a\nb/1\n");
        assertThat(objects.text("/tree?reverse=true&limit=2")).isEqualTo("d\nb/c/3\n");
        assertThat(objects.text("/tree?reverse=true&delimiter=/")).isEqualTo("d\nb/\na\n");
        assertThat(
                        objects.get("/tree?format=json&prefix=d")
                                .expect(200)
                                .json()
                                .get(0)
                                .get("bytes")
                                .asInt())
                .isEqualTo(1);
        objects.get("/tree?limit=10001").expect(412);
    }

    @Test
    void metadataOfAContainerIsSetChangedAndRemoved() {
        objects.container("described");
        post("/described", "X-Container-Meta-One", "1");
        post("/described", "X-Container-Meta-Two", "2");
        assertThat(objects.get("/described").headers())
                .containsEntry("x-container-meta-one", "1")
                .containsEntry("x-container-meta-two", "2");
        post("/described", "X-Remove-Container-Meta-One", "x");
        assertThat(objects.get("/described").headers())
                .doesNotContainKey("x-container-meta-one")
                .containsEntry("x-container-meta-two", "2");
    }

    private void post(String path, String header, String value) {
        objects.api
                .post(objects.url(path))
                .by(objects.member)
                .header(header, value)
                .send()
                .expect(204);
    }

    @Test
    void onlyTheAccountsOwnAndThoseOnTheListGetIn() {
        objects.container("private");
        objects.put("/private/o", "secret").expect(201);
        objects.api.get(objects.url("/private/o")).send().expect(401);
        objects.api.get(objects.url("/private/o")).by(objects.stranger).send().expect(403);
        objects.api.get(objects.url("/private/o")).by(objects.reader).send().expect(200);
        objects.api
                .put(objects.url("/private/o"))
                .by(objects.reader)
                .body("text/plain", new byte[1])
                .send()
                .expect(403);
        post("/private", "X-Container-Read", objects.stranger.requireProject().value() + ":*");
        objects.api.get(objects.url("/private/o")).by(objects.stranger).send().expect(200);
        objects.api.delete(objects.url("/private/o")).by(objects.stranger).send().expect(403);
        objects.api.get(objects.url("/private/o")).send().expect(401);
        post("/private", "X-Container-Read", ".r:*");
        objects.api.get(objects.url("/private/o")).send().expect(200);
        objects.api.get(objects.url("/private")).send().expect(401);
    }

    @Test
    void aSignedUrlIsGoodForItsObjectAndItsTime() throws Exception {
        objects.container("signed");
        objects.put("/signed/o", "data").expect(201);
        post("", "X-Account-Meta-Temp-URL-Key", "key");
        long expires = objects.time().getEpochSecond() + 60;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("key".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String text = "GET\n" + expires + "\n" + objects.url("/signed/o");
        String query =
                "?temp_url_sig="
                        + HexFormat.of()
                                .formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)))
                        + "&temp_url_expires=";
        objects.api.get(objects.url("/signed/o") + query + expires).send().expect(200);
        objects.api.get(objects.url("/signed/p") + query + expires).send().expect(401);
        objects.api.get(objects.url("/signed/o") + query + (expires + 1)).send().expect(401);
        objects.api.put(objects.url("/signed/o") + query + expires).send().expect(401);
        objects.now.updateAndGet(time -> time.plus(Duration.ofSeconds(61)));
        objects.api.get(objects.url("/signed/o") + query + expires).send().expect(401);
    }

    @Test
    void aCopyHasTheBodyAndTheMetadata() {
        objects.container("copies");
        objects.api
                .put(objects.url("/copies/o"))
                .by(objects.member)
                .header("X-Object-Meta-Color", "red")
                .body("text/plain", "copied".getBytes(StandardCharsets.UTF_8))
                .send()
                .expect(201);
        objects.api
                .method("COPY", objects.url("/copies/o"))
                .by(objects.member)
                .header("Destination", "/copies/p")
                .send()
                .expect(201);
        assertThat(objects.text("/copies/p")).isEqualTo("copied");
        assertThat(objects.get("/copies/p").headers()).containsEntry("x-object-meta-color", "red");
    }

    @Test
    void aDynamicLargeObjectIsItsSegmentsInTheirOrder() {
        objects.container("segments");
        objects.put("/segments/big/2", "world").expect(201);
        objects.put("/segments/big/1", "hello ").expect(201);
        objects.api
                .put(objects.url("/segments/manifest"))
                .by(objects.member)
                .header("X-Object-Manifest", "segments/big/")
                .body("text/plain", new byte[0])
                .send()
                .expect(201);
        assertThat(objects.text("/segments/manifest")).isEqualTo("hello world");
        assertThat(
                        new String(
                                objects.api
                                        .get(objects.url("/segments/manifest"))
                                        .by(objects.member)
                                        .header("Range", "bytes=4-7")
                                        .send()
                                        .expect(206)
                                        .body(),
                                StandardCharsets.UTF_8))
                .isEqualTo("o wo");
    }

    @Test
    void quotasOfAContainerAreKept() {
        objects.container("limited");
        post("/limited", "X-Container-Meta-Quota-Bytes", "5");
        objects.put("/limited/o", "123456").expect(413);
        objects.put("/limited/o", "12345").expect(201);
        objects.put("/limited/p", "1").expect(413);
        post("/limited", "X-Container-Meta-Quota-Count", "1");
        objects.put("/limited/q", "").expect(413);
    }

    @Test
    void namesThatAreNoTextOrTooLongAreRefused() {
        objects.container("names");
        objects.put("/names/%ff", "x").expect(412);
        objects.put("/names/" + "a".repeat(1025), "x").expect(400);
        objects.put("/" + "a".repeat(257), "").expect(400);
        objects.put("/names/" + "a".repeat(1024), "x").expect(201);
        objects.put("/absent/o", "x").expect(404);
        objects.put("/names/%2e%2e/%2e%2e/etc", "x").expect(201);
    }

    @Test
    void aStaticLargeObjectIsTheRangesThatItsManifestNames() {
        objects.container("slo");
        objects.put("/slo/1", "hello ").expect(201);
        objects.put("/slo/2", "big world").expect(201);
        String list =
                "[{\"path\": \"/slo/1\", \"size_bytes\": 6}, {\"path\": \"slo/2\", \"range\": \"4-\"}]";
        objects.put("/slo/whole?multipart-manifest=put", list).expect(201);
        assertThat(objects.text("/slo/whole")).isEqualTo("hello world");
        assertThat(objects.get("/slo/whole").headers())
                .containsEntry("x-static-large-object", "True")
                .doesNotContainKey("x-slo-etag");
        objects.put(
                        "/slo/nested?multipart-manifest=put",
                        "[{\"path\": \"/slo/whole\", \"range\": \"3-7\"}]")
                .expect(201);
        assertThat(objects.text("/slo/nested")).isEqualTo("lo wo");
        objects.put(
                        "/slo/wrong?multipart-manifest=put",
                        "[{\"path\": \"/slo/1\", \"size_bytes\": 7}]")
                .expect(400);
        objects.put("/slo/wrong?multipart-manifest=put", "{").expect(400);
        objects.put("/slo/2", "another").expect(201);
        objects.get("/slo/whole").expect(409);
        assertThat(
                        new String(
                                objects.api
                                        .delete(objects.url("/slo/whole?multipart-manifest=delete"))
                                        .by(objects.member)
                                        .send()
                                        .expect(200)
                                        .body(),
                                StandardCharsets.UTF_8))
                .contains("Number Deleted: 3");
        assertThat(objects.text("/slo")).isEqualTo("nested\n");
    }

    @Test
    void aVersionComesBackWhenTheOneAboveItIsDeleted() {
        objects.container("archive");
        objects.container("versioned");
        post("/versioned", "X-Versions-Location", "archive");
        objects.put("/versioned/o", "one").expect(201);
        objects.put("/versioned/o", "two!").expect(201);
        assertThat(used("versioned")).isEqualTo("1 4");
        assertThat(used("archive")).isEqualTo("1 3");
        objects.reconcile();
        objects.api.delete(objects.url("/versioned/o")).by(objects.member).send().expect(204);
        assertThat(objects.text("/versioned/o")).isEqualTo("one");
        assertThat(used("archive")).isEqualTo("0 0");
        objects.api.delete(objects.url("/versioned/o")).by(objects.member).send().expect(204);
        objects.get("/versioned/o").expect(404);
    }

    @Test
    void aHistoryKeepsEveryStateAndEveryDelete() {
        objects.container("past");
        objects.container("remembered");
        post("/remembered", "X-History-Location", "past");
        objects.put("/remembered/o", "one").expect(201);
        objects.put("/remembered/o", "two").expect(201);
        objects.api.delete(objects.url("/remembered/o")).by(objects.member).send().expect(204);
        objects.get("/remembered/o").expect(404);
        assertThat(objects.text("/past").lines()).hasSize(3).allMatch(it -> it.startsWith("001o/"));
    }

    @Test
    void manyAreDeletedByOneRequest() {
        objects.container("bulk");
        objects.put("/bulk/a", "x").expect(201);
        objects.put("/bulk/b%20c", "x").expect(201);
        Response deleted =
                objects.api
                        .post(objects.url("?bulk-delete"))
                        .by(objects.member)
                        .header("Accept", "application/json")
                        .body(
                                "text/plain",
                                "bulk/a\n/bulk/b%20c\nbulk/none\nbulk"
                                        .getBytes(StandardCharsets.UTF_8))
                        .send()
                        .expect(200);
        assertThat(deleted.json().get("Number Deleted").asInt()).isEqualTo(3);
        assertThat(deleted.json().get("Number Not Found").asInt()).isEqualTo(1);
        objects.get("/bulk").expect(404);
    }
}
