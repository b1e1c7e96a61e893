package cloud.welkin.object;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.testing.ApiTester.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What Swift has beside plain objects: archives, forms, sites, links, other origins. */
@TestInstance(Lifecycle.PER_CLASS)
class SwiftSpecialsTest {
    private final ObjectFixture objects;

    SwiftSpecialsTest(@TempDir Path folder) {
        objects = new ObjectFixture(folder);
    }

    @AfterAll
    void close() {
        objects.close();
    }

    @Test
    void anArchiveBecomesContainersAndObjects() throws IOException {
        byte[] tar =
                tar(
                        Map.of(
                                "photos/a.txt", "one",
                                "photos/deep/b", "two",
                                "baseless", "nowhere to go"));
        Response answer = extract("", "tar", tar).expect(200);
        assertThat(answer.json().path("Response Status").asString()).isEqualTo("201 Created");
        assertThat(answer.json().path("Number Files Created").asInt()).isEqualTo(2);
        assertThat(objects.text("/photos")).isEqualTo("a.txt\ndeep/b\n");
        assertThat(objects.get("/photos/a.txt").expect(200).headers())
                .containsEntry("content-type", "text/plain");
        assertThat(objects.text("/photos/deep/b")).isEqualTo("two");
    }

    @Test
    void aPackedArchiveGoesBelowThePathOfTheUrl() throws IOException {
        objects.container("packed");
        ByteArrayOutputStream gz = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gz)) {
            out.write(tar(Map.of("./x", "1")));
        }
        extract("/packed/below", "tar.gz", gz.toByteArray()).expect(200);
        assertThat(objects.text("/packed/below/x")).isEqualTo("1");
    }

    @Test
    void anArchiveCannotLeaveItsPlaceOrSpeakOfLinks() throws IOException {
        objects.container("caged");
        objects.container("other");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            out.putArchiveEntry(link);
            out.closeArchiveEntry();
            add(out, "../other/x", "out");
            add(out, "good", "in");
        }
        Response answer = extract("/caged", "tar", bytes.toByteArray()).expect(200);
        assertThat(answer.json().path("Response Status").asString()).isEqualTo("400 Bad Request");
        assertThat(answer.json().path("Errors").size()).isEqualTo(1);
        assertThat(objects.text("/caged")).isEqualTo("good\n");
        objects.get("/other").expect(204);
    }

    @Test
    void anArchiveThatGrowsBeyondMeasureIsStopped() throws IOException {
        objects.container("bomb");
        // The head alone says how large it is: it is refused before a byte of it is unpacked.
        TarArchiveEntry zeros = new TarArchiveEntry("zeros");
        zeros.setSize(2L << 30);
        byte[] head = new byte[512];
        zeros.writeEntryHeader(head);
        ByteArrayOutputStream gz = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(gz)) {
            packed.write(head);
            packed.write(new byte[1 << 20]);
        }
        Response answer = extract("/bomb", "tar.gz", gz.toByteArray()).expect(200);
        assertThat(answer.json().path("Response Body").asString()).contains("grows");
        objects.get("/bomb").expect(204);
    }

    @Test
    void aHeadThatIsABombIsStopped() throws IOException {
        ByteArrayOutputStream gz = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(gz)) {
            TarArchiveEntry attributes =
                    new TarArchiveEntry("pax", TarConstants.LF_PAX_EXTENDED_HEADER_LC);
            attributes.setSize(1L << 30);
            byte[] head = new byte[512];
            attributes.writeEntryHeader(head);
            packed.write(head);
            packed.write("1073741824 comment=".getBytes(StandardCharsets.US_ASCII));
            packed.write(new byte[4 << 20]);
        }
        Response answer = extract("", "tar.gz", gz.toByteArray()).expect(200);
        assertThat(answer.json().path("Response Body").asString()).contains("Invalid Tar File");
    }

    @Test
    void whatIsNoArchiveOrNotOnesOwnIsRefused() throws IOException {
        Response answer = extract("", "tar", "no tar".getBytes(StandardCharsets.UTF_8)).expect(200);
        assertThat(answer.json().path("Response Status").asString()).isEqualTo("400 Bad Request");
        extract("", "zip", new byte[0]).expect(400);
        objects.api
                .put(objects.url("?extract-archive=tar"))
                .by(objects.stranger)
                .body("application/x-tar", tar(Map.of("c/o", "x")))
                .send()
                .expect(403);
    }

    private Response extract(String below, String format, byte[] body) {
        return objects.api
                .put(objects.url(below + "?extract-archive=" + format + "&format=json"))
                .by(objects.member)
                .body("application/x-tar", body)
                .send();
    }

    private static byte[] tar(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                add(out, file.getKey(), file.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream out, String name, String text)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        entry.setSize(body.length);
        out.putArchiveEntry(entry);
        out.write(body);
        out.closeArchiveEntry();
    }

    @Test
    void aSignedFormStoresItsFilesAndAnotherOneNone() {
        objects.container("forms");
        objects.api
                .post(objects.url("/forms"))
                .by(objects.member)
                .header("X-Container-Meta-Temp-URL-Key", "secret")
                .send()
                .expect(204);
        long end = objects.time().getEpochSecond() + 600;
        form("/forms/up-", end, "secret", "1000", "a.txt", "hello").expect(201);
        assertThat(objects.text("/forms/up-a.txt")).isEqualTo("hello");
        form("/forms/up-", end, "guessed", "1000", "b.txt", "no").expect(401);
        form("/forms/up-", end - 601, "secret", "1000", "c.txt", "late").expect(401);
        form("/forms/up-", end, "secret", "3", "d.txt", "long").expect(413);
        assertThat(objects.text("/forms")).isEqualTo("up-a.txt\n");
    }

    private Response form(
            String path, long end, String key, String largest, String file, String text) {
        String signed = objects.url(path) + "\n\n" + largest + "\n10\n" + end;
        Map<String, String> fields =
                Map.of(
                        "redirect",
                        "",
                        "max_file_size",
                        largest,
                        "max_file_count",
                        "10",
                        "expires",
                        Long.toString(end),
                        "signature",
                        hmac(key, signed));
        StringBuilder body = new StringBuilder();
        fields.forEach(
                (name, value) ->
                        body.append("--frontier\r\nContent-Disposition: form-data; name=\"")
                                .append(name)
                                .append("\"\r\n\r\n")
                                .append(value)
                                .append("\r\n"));
        body.append("--frontier\r\nContent-Disposition: form-data; name=\"f\"; filename=\"");
        body.append(file).append("\"\r\nContent-Type: text/plain\r\n\r\n").append(text);
        body.append("\r\n--frontier--\r\n");
        return objects.api
                .post(objects.url(path))
                .body(
                        "multipart/form-data; boundary=frontier",
                        body.toString().getBytes(StandardCharsets.UTF_8))
                .send();
    }

    private static String hmac(String key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aPublicContainerIsASite() {
        objects.container("site");
        objects.put("/site/index.html", "<p>home").expect(201);
        objects.put("/site/sub/page", "deep").expect(201);
        objects.put("/site/404error.html", "lost").expect(201);
        objects.api
                .post(objects.url("/site"))
                .by(objects.member)
                .header("X-Container-Read", ".r:*,.rlistings")
                .header("X-Container-Meta-Web-Index", "index.html")
                .header("X-Container-Meta-Web-Error", "error.html")
                .header("X-Container-Meta-Web-Listings", "true")
                .send()
                .expect(204);
        assertThat(visitor("/site", 301).headers().get("location")).endsWith("/site/");
        assertThat(text(visitor("/site/", 200))).isEqualTo("<p>home");
        visitor("/site/sub", 301);
        assertThat(text(visitor("/site/sub/", 200))).contains("./page");
        assertThat(text(visitor("/site/gone", 404))).isEqualTo("lost");
        // Its owner sees a container, unless he asks for the site.
        assertThat(objects.text("/site")).contains("sub/page\n");
    }

    @Test
    void aSiteThatIsNotPublicShowsNothing() {
        objects.container("closed");
        objects.put("/closed/index.html", "secret").expect(201);
        objects.api
                .post(objects.url("/closed"))
                .by(objects.member)
                .header("X-Container-Meta-Web-Index", "index.html")
                .header("X-Container-Meta-Web-Listings", "true")
                .send()
                .expect(204);
        visitor("/closed/", 401);
        visitor("/closed/index.html", 401);
        visitor("/closed/none", 401);
    }

    private Response visitor(String path, int status) {
        return objects.api.get(objects.url(path)).send().expect(status);
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void aLinkShowsWhatItLeadsTo() {
        objects.container("links");
        objects.put("/links/target", "there").expect(201);
        link("/links/one", "links/target").expect(201);
        link("/links/two", "links/one").expect(201);
        link("/links/three", "links/two").expect(201);
        link("/links/self", "links/self").expect(400);
        Response read = objects.get("/links/two").expect(200);
        assertThat(text(read)).isEqualTo("there");
        assertThat(read.headers().get("content-location")).endsWith("/links/target");
        objects.get("/links/three").expect(409);
        assertThat(objects.get("/links/one?symlink=get").expect(200).headers())
                .containsEntry("x-symlink-target", "links/target")
                .containsEntry("content-length", "0");
        assertThat(objects.get("/links?format=json").json().toString()).contains("symlink_path");
    }

    @Test
    void aLinkOpensNothingThatOneMayNotRead() {
        objects.container("private");
        objects.put("/private/o", "mine").expect(201);
        objects.api
                .put("/object-store/v1/AUTH_" + objects.stranger.requireProject().value() + "/c")
                .by(objects.stranger)
                .send()
                .expect(201);
        String link =
                "/object-store/v1/AUTH_" + objects.stranger.requireProject().value() + "/c/link";
        objects.api
                .put(link)
                .by(objects.stranger)
                .header("X-Symlink-Target", "private/o")
                .header(
                        "X-Symlink-Target-Account",
                        "AUTH_" + objects.member.requireProject().value())
                .body("text/plain", new byte[0])
                .send()
                .expect(201);
        objects.api.get(link).by(objects.stranger).send().expect(403);
    }

    private Response link(String path, String target) {
        return objects.api
                .put(objects.url(path))
                .by(objects.member)
                .header("X-Symlink-Target", target)
                .body("application/symlink", new byte[0])
                .send();
    }

    @Test
    void pagesOfOtherSitesSeeWhatTheContainerLetsThem() {
        objects.container("cors");
        objects.put("/cors/o", "x").expect(201);
        objects.api
                .post(objects.url("/cors"))
                .by(objects.member)
                .header("X-Container-Meta-Access-Control-Allow-Origin", "https://a.example")
                .send()
                .expect(204);
        assertThat(preflight("https://a.example", 200).headers())
                .containsEntry("access-control-allow-origin", "https://a.example");
        preflight("https://b.example", 401);
        Response read =
                objects.api
                        .get(objects.url("/cors/o"))
                        .by(objects.member)
                        .header("Origin", "https://a.example")
                        .send();
        assertThat(read.headers())
                .containsEntry("access-control-allow-origin", "https://a.example");
    }

    private Response preflight(String origin, int status) {
        return objects.api
                .method("OPTIONS", objects.url("/cors/o"))
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "PUT")
                .send()
                .expect(status);
    }

    @Test
    void aListOfNamesIsDeletedByEitherMethodAndTheAccountStays() {
        for (String method : List.of("POST", "DELETE")) {
            objects.container("listed");
            objects.put("/listed/o", "x").expect(201);
            Response answer =
                    objects.api
                            .method(method, objects.url("?bulk-delete&format=json"))
                            .by(objects.member)
                            .body(
                                    "text/plain",
                                    "listed/o\nlisted\nnone/x".getBytes(StandardCharsets.UTF_8))
                            .send()
                            .expect(200);
            assertThat(answer.json().path("Number Deleted").asInt()).isEqualTo(2);
            assertThat(answer.json().path("Number Not Found").asInt()).isEqualTo(1);
            objects.get("/listed").expect(404);
        }
    }

    @Test
    void aContainerKeepsItsOwnVersionsOnceItIsAskedTo() {
        objects.container("versions");
        objects.put("/versions/o", "before").expect(201);
        versioned("/versions", "true").expect(204);
        assertThat(objects.get("/versions").expect(200).headers())
                .containsEntry("x-versions-enabled", "true");
        String one = version(objects.put("/versions/o", "one"));
        String two = version(objects.put("/versions/o", "two"));
        assertThat(objects.text("/versions/o?version-id=" + one)).isEqualTo("one");
        assertThat(objects.text("/versions/o?version-id=null")).isEqualTo("before");
        objects.get("/versions/o?version-id=..").expect(400);
        assertThat(ids("/versions?versions&format=json")).containsExactly(two, one, "null");
        delete("/versions/o").expect(204);
        objects.get("/versions/o").expect(404);
        assertThat(ids("/versions?versions&format=json")).hasSize(4);
        objects.api
                .put(objects.url("/versions/o?version-id=" + one))
                .by(objects.member)
                .send()
                .expect(201);
        assertThat(objects.text("/versions/o")).isEqualTo("one");
        for (String id : ids("/versions?versions&format=json")) {
            delete("/versions/o?version-id=" + id).expect(204);
        }
        delete("/versions/o?version-id=" + two).expect(404);
        delete("/versions").expect(204);
    }

    @Test
    void versionsAreKeptInOneWayOnly() {
        objects.container("archive");
        objects.api
                .put(objects.url("/twice"))
                .by(objects.member)
                .header("X-Versions-Location", "archive")
                .header("X-Versions-Enabled", "true")
                .send()
                .expect(400);
        objects.get("/twice").expect(404);
    }

    private Response versioned(String path, String enabled) {
        return objects.api
                .post(objects.url(path))
                .by(objects.member)
                .header("X-Versions-Enabled", enabled)
                .send();
    }

    private static String version(Response response) {
        return String.valueOf(response.expect(201).headers().get("x-object-version-id"));
    }

    private List<String> ids(String path) {
        return objects.get(path)
                .expect(200)
                .json()
                .valueStream()
                .map(it -> it.path("version_id").asString(""))
                .toList();
    }

    private Response delete(String path) {
        return objects.api.delete(objects.url(path)).by(objects.member).send();
    }

    @Test
    void anAccountsOwnListLetsOthersDoWhatItSaysAndNoMore() {
        objects.container("granted");
        objects.put("/granted/o", "x").expect(201);
        String project = objects.stranger.requireProject().value();
        by(objects.stranger, "GET", "/granted/o").expect(403);
        grant("{\"read-only\": [\"" + project + ":*\"]}").expect(204);
        by(objects.stranger, "GET", "/granted/o").expect(200);
        by(objects.stranger, "GET", "/granted").expect(200);
        by(objects.stranger, "GET", "").expect(200);
        by(objects.stranger, "PUT", "/granted/p").expect(403);
        by(objects.stranger, "PUT", "/another").expect(403);
        by(objects.stranger, "DELETE", "/granted/o").expect(403);
        grant("{\"read-write\": [\"" + objects.stranger.user().value() + "\"]}").expect(204);
        by(objects.stranger, "PUT", "/another").expect(201);
        by(objects.stranger, "PUT", "/granted/p").expect(201);
        objects.api
                .post(objects.url("/granted"))
                .by(objects.stranger)
                .header("X-Container-Read", ".r:*")
                .send()
                .expect(403);
        by(objects.stranger, "POST", "").expect(403);
        grant("{\"admin\": [\"*:" + objects.stranger.user().value() + "\"]}").expect(204);
        by(objects.stranger, "POST", "").expect(204);
        grant("[]").expect(400);
        grant("{\"all\": []}").expect(400);
        grant("").expect(204);
        by(objects.stranger, "GET", "/granted/o").expect(403);
    }

    private Response grant(String list) {
        return objects.api
                .post(objects.url(""))
                .by(objects.member)
                .header("X-Account-Access-Control", list)
                .send();
    }

    private Response by(Caller caller, String method, String path) {
        return objects.api
                .method(method, objects.url(path))
                .by(caller)
                .body("text/plain", new byte[0])
                .send();
    }

    @Test
    void keysAreShownToNobodyWhoMayOnlyRead() {
        objects.container("keyed");
        for (String path : List.of("", "/keyed")) {
            String kind = path.isEmpty() ? "Account" : "Container";
            objects.api
                    .post(objects.url(path))
                    .by(objects.member)
                    .header("X-" + kind + "-Meta-Temp-URL-Key-2", "secret")
                    .send()
                    .expect(204);
            String header = "x-" + kind.toLowerCase(java.util.Locale.ROOT) + "-meta-temp-url-key-2";
            assertThat(by(objects.member, "GET", path).headers()).containsKey(header);
            assertThat(by(objects.reader, "GET", path).headers()).doesNotContainKey(header);
        }
    }

    @Test
    void aReaderCannotWriteByCopying() {
        objects.container("copied");
        objects.put("/copied/o", "x").expect(201);
        objects.api
                .method("COPY", objects.url("/copied/o"))
                .by(objects.reader)
                .header("Destination", "copied/p")
                .send()
                .expect(403);
    }
}
