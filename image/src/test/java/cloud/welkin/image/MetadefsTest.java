package cloud.welkin.image;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.testing.ApiTester.Response;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadefsTest {
    private static final String V2 = "/image/v2/metadefs/namespaces";
    @TempDir Path home;
    private ImageFixture images;
    private Caller admin;

    @BeforeEach
    void open() {
        images = new ImageFixture(home);
        admin = images.callers.inNewProject("admin");
    }

    @AfterEach
    void close() {
        images.close();
    }

    private Response create(String body) {
        return images.api.post(V2).by(admin).json(body).send();
    }

    private Response get(Caller caller, String path) {
        return images.api.get(V2 + path).by(caller).send();
    }

    @Test
    void aNamespaceIsMadeWithAllThatIsDefinedInItAndShownSo() {
        create(
                        "{'namespace': 'OS::Compute', 'visibility': 'public',"
                                + " 'resource_type_associations': [{'name': 'OS::Glance::Image',"
                                + " 'prefix': 'hw_'}], 'properties': {'cpu': {'type': 'integer',"
                                + " 'title': 'CPUs'}}, 'objects': [{'name': 'limits'}],"
                                + " 'tags': [{'name': 'fast'}]}")
                .expect(201);
        Response shown =
                get(images.member, "/OS::Compute?resource_type=OS::Glance::Image").expect(200);
        assertThat(shown.text("/properties/hw_cpu/title")).isEqualTo("CPUs");
        assertThat(shown.text("/objects/0/name")).isEqualTo("limits");
        assertThat(shown.text("/tags/0/name")).isEqualTo("fast");
        create("{'namespace': 'OS::Compute'}").expect(409);
    }

    @Test
    void aPrivateNamespaceExistsForItsProjectAndAdminsOnly() {
        create("{'namespace': 'mine'}").expect(201);
        get(images.member, "/mine").expect(404);
        get(images.member, "/mine/tags").expect(404);
        get(admin, "/mine").expect(200);
        assertThat(get(images.member, "").expect(200).json().at("/namespaces")).isEmpty();
        images.api.post(V2).by(images.member).json("{'namespace': 'theirs'}").send().expect(403);
    }

    @Test
    void whatIsProtectedStays() {
        create("{'namespace': 'kept', 'protected': true, 'tags': [{'name': 'a'}]}").expect(201);
        images.api.method("DELETE", V2 + "/kept").by(admin).send().expect(403);
        images.api.method("DELETE", V2 + "/kept/tags/a").by(admin).send().expect(403);
        images.api
                .put(V2 + "/kept")
                .by(admin)
                .json("{'namespace': 'renamed', 'protected': false}")
                .send()
                .expect(200);
        get(admin, "/renamed/tags/a").expect(200);
        images.api.method("DELETE", V2 + "/renamed").by(admin).send().expect(204);
        get(admin, "/renamed").expect(404);
    }

    @Test
    void tagsAreReplacedOrAddedTo() {
        create("{'namespace': 'n'}").expect(201);
        for (String tag : new String[] {"a", "b"}) {
            images.api
                    .post(V2 + "/n/tags")
                    .by(admin)
                    .json("{'tags': [{'name': '" + tag + "'}]}")
                    .send()
                    .expect(201);
        }
        images.api
                .post(V2 + "/n/tags")
                .by(admin)
                .header("X-OpenStack-Append", "True")
                .json("{'tags': [{'name': 'c'}]}")
                .send()
                .expect(201);
        assertThat(get(admin, "/n/tags").json().at("/tags").findValuesAsString("name"))
                .containsExactly("b", "c");
    }

    @Test
    void anImagePathWithASlashBehindItIsUnknown() {
        images.api.get("/image/v2/images/").by(images.member).send().expect(404);
    }
}
