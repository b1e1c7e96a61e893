package cloud.welkin.image;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.testing.ApiTester.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
    private static final String IMAGES = "/image/v2/images";
    private static final String PATCH = "application/openstack-images-v2.1-json-patch";
    @TempDir Path home;
    private ImageFixture cloud;

    @BeforeEach
    void open() {
        cloud = new ImageFixture(home);
    }

    @AfterEach
    void everyInvariantHolds() {
        cloud.reconcile();
        assertThat(
                        cloud.service.invariants().stream()
                                .flatMap(invariant -> invariant.check().get().stream()))
                .isEmpty();
        cloud.close();
    }

    private Response create(Caller caller, String json) {
        return cloud.api.post(IMAGES).by(caller).json(json).send();
    }

    private Response patch(Caller caller, String id, String json) {
        return cloud.api
                .patch(IMAGES + "/" + id)
                .by(caller)
                .body(PATCH, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                .send();
    }

    private List<String> names(Caller caller, String query) {
        return cloud.api
                .get(IMAGES + query)
                .by(caller)
                .send()
                .expect(200)
                .json()
                .at("/images")
                .valueStream()
                .map(image -> image.at("/name").asString())
                .toList();
    }

    private long files(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve(folder))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void anUploadedImageIsActiveWithItsChecksumsAndComesBackAsItWas() {
        byte[] data = "hello, image".repeat(1000).getBytes(StandardCharsets.UTF_8);
        String id = cloud.uploaded("one", data);
        Response image = cloud.api.get(IMAGES + "/" + id).by(cloud.member).send().expect(200);
        assertThat(image.text("/status")).isEqualTo("active");
        assertThat(image.text("/size")).isEqualTo("12000");
        assertThat(image.text("/virtual_size")).isEqualTo("12000");
        assertThat(image.text("/os_hash_algo")).isEqualTo("sha512");
        assertThat(image.text("/os_hash_value")).hasSize(128);
        Response file =
                cloud.api.get(IMAGES + "/" + id + "/file").by(cloud.member).send().expect(200);
        assertThat(file.body()).isEqualTo(data);
        assertThat(file.headers().get("content-md5")).isEqualTo(image.text("/checksum"));
        Response part =
                cloud.api
                        .get(IMAGES + "/" + id + "/file")
                        .by(cloud.member)
                        .header("Range", "bytes=7-11")
                        .send()
                        .expect(206);
        assertThat(new String(part.body(), StandardCharsets.UTF_8)).isEqualTo("image");
        assertThat(part.headers().get("content-range")).isEqualTo("bytes 7-11/12000");
    }

    @Test
    void equalDataIsKeptOnceAndGoesWithItsLastImage() throws IOException {
        byte[] data = {1, 2, 3};
        String one = cloud.uploaded("one", data);
        String two = cloud.uploaded("two", data);
        assertThat(files("content")).isEqualTo(1);
        cloud.api.delete(IMAGES + "/" + one).by(cloud.member).send().expect(204);
        cloud.reconcile();
        assertThat(files("content")).isEqualTo(1);
        cloud.api.delete(IMAGES + "/" + two).by(cloud.member).send().expect(204);
        cloud.reconcile();
        assertThat(files("content")).isZero();
        assertThat(files("incoming")).isZero();
    }

    @Test
    void dataThatIsNotWhatItClaimsToBeIsRefusedAndTheImageQueuedAgain() throws IOException {
        String id =
                create(cloud.member, "{'disk_format': 'qcow2', 'container_format': 'bare'}")
                        .expect(201)
                        .text("/id");
        cloud.upload(id, new byte[1024]).expect(415);
        assertThat(cloud.status(id)).isEqualTo("queued");
        assertThat(files("incoming") + files("content")).isZero();
        cloud.upload(id, cloud.getClass().getName().getBytes(StandardCharsets.UTF_8)).expect(415);
    }

    @Test
    void anImageThatIsNotQueuedTakesNoData() {
        String id = cloud.uploaded("one", new byte[] {1});
        cloud.upload(id, new byte[] {2}).expect(409);
        assertThat(cloud.status(id)).isEqualTo("active");
    }

    @Test
    void othersDoNotSeeAPrivateImageAndSeePublicAndAcceptedOnes() {
        Caller other = cloud.callers.inNewProject("member");
        String secret =
                create(cloud.member, "{'name': 'secret', 'visibility': 'private'}")
                        .expect(201)
                        .text("/id");
        cloud.api.get(IMAGES + "/" + secret).by(other).send().expect(404);
        cloud.api.delete(IMAGES + "/" + secret).by(other).send().expect(404);
        create(cloud.member, "{'name': 'x', 'visibility': 'public'}").expect(403);
        String open =
                create(cloud.admin, "{'name': 'open', 'visibility': 'public'}")
                        .expect(201)
                        .text("/id");
        cloud.api.delete(IMAGES + "/" + open).by(other).send().expect(403);
        String shared = create(cloud.member, "{'name': 'shared'}").expect(201).text("/id");
        cloud.api.get(IMAGES + "/" + shared).by(other).send().expect(404);
        String project = other.requireProject().value();
        cloud.api
                .post(IMAGES + "/" + shared + "/members")
                .by(cloud.member)
                .json("{'member': '" + project + "'}")
                .send()
                .expect(200);
        cloud.api.get(IMAGES + "/" + shared).by(other).send().expect(200);
        assertThat(names(other, "")).containsExactly("open");
        assertThat(names(other, "?member_status=pending&visibility=shared"))
                .containsExactly("shared");
        cloud.api
                .put(IMAGES + "/" + shared + "/members/" + project)
                .by(cloud.member)
                .json("{'status': 'accepted'}")
                .send()
                .expect(403);
        cloud.api
                .put(IMAGES + "/" + shared + "/members/" + project)
                .by(other)
                .json("{'status': 'accepted'}")
                .send()
                .expect(200);
        assertThat(names(other, "")).containsExactlyInAnyOrder("open", "shared");
        cloud.api
                .delete(IMAGES + "/" + shared + "/members/" + project)
                .by(other)
                .send()
                .expect(403);
        cloud.api
                .delete(IMAGES + "/" + shared + "/members/" + project)
                .by(cloud.member)
                .send()
                .expect(204);
        cloud.api.get(IMAGES + "/" + shared).by(other).send().expect(404);
    }

    @Test
    void listsAreFilteredSortedAndPaged() {
        for (String name : List.of("a", "b", "c", "d")) {
            create(
                            cloud.member,
                            "{'name': '"
                                    + name
                                    + "', 'tags': ['t"
                                    + name
                                    + "', 'all'], 'colour': '"
                                    + name
                                    + "', 'min_disk': 1}")
                    .expect(201);
        }
        assertThat(names(cloud.member, "?sort=name:asc")).containsExactly("a", "b", "c", "d");
        assertThat(names(cloud.member, "?sort_key=status&sort_key=name&sort_dir=asc&sort_dir=desc"))
                .containsExactly("d", "c", "b", "a");
        assertThat(names(cloud.member, "?name=in:a,c&sort=name:asc")).containsExactly("a", "c");
        assertThat(names(cloud.member, "?tag=all&tag=tb")).containsExactly("b");
        assertThat(names(cloud.member, "?colour=c")).containsExactly("c");
        assertThat(names(cloud.member, "?min_disk=2")).isEmpty();
        assertThat(names(cloud.member, "?created_at=gt:2000-01-01T00:00:00Z")).hasSize(4);
        assertThat(names(cloud.member, "?created_at=lt:2000-01-01T00:00:00Z")).isEmpty();
        Response first =
                cloud.api
                        .get(IMAGES + "?limit=3&sort=name:asc")
                        .by(cloud.member)
                        .send()
                        .expect(200);
        String next = first.text("/next");
        assertThat(next).startsWith("/v2/images?");
        assertThat(names(cloud.member, next.substring("/v2/images".length()))).containsExactly("d");
        for (String wrong :
                List.of(
                        "?limit=-1",
                        "?limit=x",
                        "?marker=nope",
                        "?sort=nope",
                        "?sort_dir=up",
                        "?visibility=all-of-it",
                        "?size_min=-1",
                        "?created_at=gt:soon",
                        "?member_status=x")) {
            cloud.api.get(IMAGES + wrong).by(cloud.member).send().expect(400);
        }
    }

    @Test
    void patchesChangeFieldsAndPropertiesAsGlanceAllows() {
        String id = create(cloud.member, "{'name': 'old', 'a': '1'}").expect(201).text("/id");
        Response changed =
                patch(
                                cloud.member,
                                id,
                                "[{'op':'replace','path':'/name','value':'new'},{'op':'add','path':'/b','value':'2'},{'op':'remove','path':'/a'}]")
                        .expect(200);
        assertThat(changed.text("/name")).isEqualTo("new");
        assertThat(changed.text("/b")).isEqualTo("2");
        assertThat(changed.json().has("a")).isFalse();
        patch(cloud.member, id, "[{'op':'replace','path':'/a','value':'1'}]").expect(409);
        patch(cloud.member, id, "[{'op':'replace','path':'/status','value':'active'}]").expect(403);
        patch(cloud.member, id, "[{'op':'add','path':'/os_glance_x','value':'1'}]").expect(403);
        patch(cloud.member, id, "[{'op':'remove','path':'/name'}]").expect(403);
        patch(cloud.member, id, "[{'op':'replace','path':'/visibility','value':'public'}]")
                .expect(403);
        patch(cloud.member, id, "[{'op':'replace','path':'/min_disk','value':-1}]").expect(400);
        patch(cloud.member, id, "[{'op':'replace','path':'/min_disk','value':9223372036854775808}]")
                .expect(400);
        patch(cloud.member, id, "{}").expect(400);
        cloud.api.patch(IMAGES + "/" + id).by(cloud.member).json("[]").send().expect(415);
        patch(cloud.member, id, "[{'op':'replace','path':'/protected','value':true}]").expect(200);
        cloud.api.delete(IMAGES + "/" + id).by(cloud.member).send().expect(403);
    }

    @Test
    void nothingAClientSendsIsAnInternalError() {
        for (String body :
                List.of(
                        "[]",
                        "null",
                        "{'id': 'x'}",
                        "{'id': 1}",
                        "{'name': 1}",
                        "{'name': null, 'protected': 'yes'}",
                        "{'disk_format': 'exe'}",
                        "{'min_ram': 1e3}",
                        "{'tags': 'x'}",
                        "{'tags': [1]}",
                        "{'x': 1}",
                        "{'x': {'y': 1}}",
                        "{'name': '\\u0000'}",
                        "{'\\u0000': 'x'}",
                        "{'x': '\\u0000'}",
                        "{'': 'x'}")) {
            assertThat(create(cloud.member, body).status()).as(body).isEqualTo(400);
        }
        create(cloud.member, "{'size': 1}").expect(403);
        create(cloud.member, "{'owner': 'other'}").expect(403);
        create(cloud.member, "{'name': '\uD83D\uDE00\\n\\''}".replace("\\'", "`")).expect(201);
        String id =
                create(cloud.member, "{'id': '0d3a3ff8-5d5e-4d3c-8a1b-6a7d8f1f0001'}")
                        .expect(201)
                        .text("/id");
        create(cloud.member, "{'id': '" + id + "'}").expect(409);
        cloud.api.get(IMAGES + "/nonsense").by(cloud.member).send().expect(404);
        cloud.upload("nonsense", new byte[0]).expect(404);
    }

    @Test
    void stagedDataIsImported() throws IOException {
        String id =
                create(cloud.member, "{'disk_format': 'raw', 'container_format': 'bare'}")
                        .expect(201)
                        .text("/id");
        String imports = IMAGES + "/" + id + "/import";
        cloud.api
                .post(imports)
                .by(cloud.member)
                .json("{'method': {'name': 'glance-direct'}}")
                .send()
                .expect(409);
        cloud.api
                .put(IMAGES + "/" + id + "/stage")
                .by(cloud.member)
                .body("application/octet-stream", new byte[5000])
                .send()
                .expect(204);
        assertThat(cloud.status(id)).isEqualTo("uploading");
        cloud.reconcile();
        assertThat(cloud.status(id)).isEqualTo("uploading");
        cloud.api
                .post(imports)
                .by(cloud.member)
                .json("{'method': {'name': 'web-download'}}")
                .send()
                .expect(400);
        cloud.api
                .post(imports)
                .by(cloud.member)
                .json("{'method': {'name': 'glance-direct'}}")
                .send()
                .expect(202);
        cloud.reconcile();
        assertThat(cloud.status(id)).isEqualTo("active");
        assertThat(files("staging")).isZero();
        assertThat(
                        cloud.api
                                .get(IMAGES + "/" + id + "/tasks")
                                .by(cloud.member)
                                .send()
                                .expect(200)
                                .text("/tasks/0/status"))
                .isEqualTo("success");
    }

    @Test
    void aDeactivatedImageIsReadByAdminsOnly() {
        String id = cloud.uploaded("one", new byte[] {1});
        cloud.api
                .post(IMAGES + "/" + id + "/actions/deactivate")
                .by(cloud.member)
                .send()
                .expect(204);
        cloud.api.get(IMAGES + "/" + id + "/file").by(cloud.member).send().expect(403);
        cloud.api.get(IMAGES + "/" + id + "/file").by(cloud.admin).send().expect(200);
        cloud.api
                .post(IMAGES + "/" + id + "/actions/reactivate")
                .by(cloud.member)
                .send()
                .expect(204);
        cloud.api.get(IMAGES + "/" + id + "/file").by(cloud.member).send().expect(200);
    }

    @Test
    void versionsAndSchemasAreThereForEverybody() {
        assertThat(cloud.api.get("/image").send().expect(300).text("/versions/0/id"))
                .isEqualTo("v2.9");
        cloud.api.get("/image/").send().expect(300);
        cloud.api.get("/image/versions").send().expect(200);
        cloud.api.get("/image/v2/schemas/image").by(cloud.member).send().expect(200);
        cloud.api.get("/image/v2/images").send().expect(401);
        assertThat(
                        cloud.api
                                .get(IMAGES + "/x")
                                .by(cloud.member)
                                .send()
                                .expect(404)
                                .text("/message"))
                .contains("x");
    }

    @Test
    void anUploadOfAKilledProgramFallsBackToQueued() throws IOException {
        String id =
                create(cloud.member, "{'disk_format': 'raw', 'container_format': 'bare'}")
                        .expect(201)
                        .text("/id");
        // What such a program leaves: a row that says saving, and a file that nobody has locked.
        Files.write(
                home.resolve("incoming").resolve("6f1c1bb0-0000-4000-8000-000000000001.part"),
                new byte[10]);
        cloud.database
                .database()
                .change(
                        tx -> {
                            tx.sql()
                                    .execute(
                                            "update image.images set status = 'saving', upload = '6f1c1bb0-0000-4000-8000-000000000001'");
                            cloud.quotas.take(
                                    tx,
                                    cloud.member.requireProject().value(),
                                    java.util.Map.of(cloud.service.quotas().get(3), 1L));
                        });
        cloud.reconcile();
        assertThat(cloud.status(id)).isEqualTo("queued");
        assertThat(files("incoming")).isZero();
        cloud.upload(id, new byte[] {1}).expect(204);
    }

    @Test
    void whatAHostHasWrittenIsTakenInOnce() throws IOException {
        var id =
                cloud.database
                        .database()
                        .write(
                                tx ->
                                        cloud.service.create(
                                                tx,
                                                cloud.member,
                                                new Images.NewImage(
                                                        "snap",
                                                        "raw",
                                                        "bare",
                                                        1,
                                                        0,
                                                        java.util.Map.of("k", "v"))));
        Files.write(cloud.service.incoming(id), new byte[] {1, 2, 3});
        cloud.reconcile();
        cloud.service.takeIn(id);
        cloud.service.takeIn(id);
        assertThat(cloud.status(id.toString())).isEqualTo("active");
        assertThat(files("incoming")).isZero();
    }
}
