package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.ec2.KeySigned;
import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.testing.ApiTester.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** EC2 credentials and what is signed with them; {@link Ec2AdvisoriesTest} has the attacks. */
@TestInstance(Lifecycle.PER_CLASS)
class Ec2Test {
    private final Keystone keystone = new Keystone();
    private int count;
    private String user = "";
    private String project = "";
    private String token = "";

    @AfterAll
    void close() {
        keystone.close();
    }

    @BeforeEach
    void aMember() {
        count++;
        user = keystone.user("user" + count, "pw");
        project = keystone.project("project" + count);
        keystone.grant(user, project, "member");
        token = keystone.token("user" + count, "pw", "{'project': {'id': '" + project + "'}}");
    }

    private Response made() {
        return keystone.post(
                token,
                "/users/" + user + "/credentials/OS-EC2",
                "{'tenant_id': '" + project + "'}");
    }

    private Response ask(String path, String body) {
        return keystone.post(keystone.admin(), path, body);
    }

    @Test
    void aCredentialIsMadeListedShownAndDeleted() {
        String path = "/users/" + user + "/credentials/OS-EC2";
        Response made = made().expect(201);
        String access = made.text("/credential/access");
        assertThat(made.text("/credential/user_id")).isEqualTo(user);
        assertThat(made.text("/credential/tenant_id")).isEqualTo(project);
        assertThat(made.json().at("/credential/trust_id").isNull()).isTrue();
        assertThat(made.text("/credential/links/self")).endsWith(path + "/" + access);

        assertThat(keystone.get(token, path).expect(200).text("/credentials/0/access"))
                .isEqualTo(access);
        assertThat(keystone.get(token, path + "/" + access).expect(200).text("/credential/secret"))
                .isEqualTo(made.text("/credential/secret"));
        keystone.get(keystone.admin(), path + "/" + access).expect(200);
        keystone.post(token, path, "{'tenant_id': 'nowhere'}").expect(404);

        keystone.delete(token, path + "/" + access).expect(204);
        keystone.get(token, path + "/" + access).expect(404);
        ask("/ec2tokens", Ec2Key.of(made).request(keystone.clock.instant())).expect(404);
    }

    @Test
    void aKeyThatWasChangedSignsAndTheOneBeforeDoesNot() {
        Ec2Key before = Ec2Key.of(made());
        Ec2Key other = Ec2Key.of(made());
        String id =
                keystone.get(token, "/credentials?type=ec2")
                        .json()
                        .path("credentials")
                        .valueStream()
                        .filter(row -> row.path("blob").asString("").contains(before.access()))
                        .map(row -> row.path("id").asString(""))
                        .findFirst()
                        .orElseThrow();
        changeKey(id, "new" + count).expect(200);
        Ec2Key after = new Ec2Key("new" + count, "s");
        ask("/ec2tokens", after.request(keystone.clock.instant())).expect(200);
        ask("/ec2tokens", before.request(keystone.clock.instant())).expect(404);
        String path = "/users/" + user + "/credentials/OS-EC2/";
        assertThat(keystone.get(token, path + after.access()).text("/credential/secret"))
                .isEqualTo("s");
        keystone.get(token, path + before.access()).expect(404);

        changeKey(id, other.access()).expect(409);
        keystone.delete(token, path + after.access()).expect(204);
        ask("/ec2tokens", after.request(keystone.clock.instant())).expect(404);
    }

    private Response changeKey(String id, String access) {
        return keystone.patch(
                token,
                "/credentials/" + id,
                "{'credential': {'blob': '{\\\"access\\\": \\\""
                        + access
                        + "\\\", \\\"secret\\\": \\\"s\\\"}'}}");
    }

    @Test
    void aReaderMakesNoCredential() {
        String reader = keystone.user("reader" + count, "pw");
        keystone.grant(reader, project, "reader");
        String theirs =
                keystone.token("reader" + count, "pw", "{'project': {'id': '" + project + "'}}");
        keystone.post(
                        theirs,
                        "/users/" + reader + "/credentials/OS-EC2",
                        "{'tenant_id': '" + project + "'}")
                .expect(403);
        keystone.get(theirs, "/users/" + reader + "/credentials/OS-EC2").expect(200);
    }

    @Test
    void aSignedRequestGivesATokenForTheProjectOfTheCredential() {
        Ec2Key key = Ec2Key.of(made());
        Response given = ask("/ec2tokens", key.request(keystone.clock.instant())).expect(200);
        assertThat(given.text("/token/project/id")).isEqualTo(project);
        assertThat(given.text("/token/user/id")).isEqualTo(user);
        assertThat(given.json().at("/token/catalog").isEmpty()).isFalse();
        assertThat(given.headers()).containsKey("x-subject-token");
    }

    @Test
    void anObjectStoreLearnsWhoSigned() {
        Ec2Key key = Ec2Key.of(made());
        String text = "PUT\n\n\n\nx-amz-date:1\n/bucket/ÿ?ÿ>";
        Response said = ask("/s3tokens", key.s3(text)).expect(200);
        assertThat(said.text("/token/user/id")).isEqualTo(user);
        ask("/s3tokens", new Ec2Key(key.access(), "guessed").s3(text)).expect(401);
        ask("/s3tokens", new Ec2Key("nobodys", key.secret()).s3(text)).expect(404);
    }

    @Test
    void whatIsMissingOrOddIsRefusedAsKeystoneRefusesIt() {
        ask("/ec2tokens", "{}").expect(400);
        ask("/ec2tokens", "{'auth': {}}").expect(401);
        ask("/ec2tokens", "{'credentials': {'signature': 'x'}}").expect(401);
        ask("/ec2tokens", "{'credentials': {'access': 1}}").expect(400);
        Ec2Key key = Ec2Key.of(made());
        String access = "'access': '" + key.access() + "'";
        assertThat(
                        ask("/ec2tokens", "{'credentials': {" + access + "}}")
                                .expect(401)
                                .text("/error/message"))
                .isEqualTo("EC2 signature not supplied.");
        ask("/ec2tokens", "{'credentials': {" + access + ", 'signature': 'x', 'params': []}}")
                .expect(400);
        ask(
                        "/ec2tokens",
                        "{'credentials': {"
                                + access
                                + ", 'signature': 'x', 'params': {'SignatureVersion': '9'}}}")
                .expect(401);
        ask("/s3tokens", "{'credentials': {" + access + ", 'signature': 'x', 'token': '€'}}")
                .expect(401);
        ask("/s3tokens", "{'credentials': {" + access + ", 'signature': 'x'}}").expect(401);
    }

    @Test
    void whoGuessesAtAKeyIsHeldBackForThatKeyAlone() {
        Ec2Key key = Ec2Key.of(made());
        Ec2Key other = Ec2Key.of(made());
        Ec2Key guess = new Ec2Key(key.access(), "guess");
        int status = 401;
        for (int i = 0; i < 40 && status == 401; i++) {
            status = ask("/ec2tokens", guess.request(keystone.clock.instant())).status();
        }
        assertThat(status).isEqualTo(429);
        ask("/ec2tokens", key.request(keystone.clock.instant())).expect(429);
        ask("/ec2tokens", other.request(keystone.clock.instant())).expect(200);
        keystone.clock.move(Duration.ofMinutes(2));
        ask("/ec2tokens", key.request(keystone.clock.instant())).expect(200);
    }

    @Test
    void theObjectStoreAsksInsideTheProgram() {
        Ec2Key key = Ec2Key.of(made());
        Session session =
                keystone.service
                        .signatures()
                        .session(
                                new KeySigned.Ec2(
                                        key.access(),
                                        signature(key),
                                        "GET",
                                        "h",
                                        "/",
                                        Map.of("SignatureVersion", "0", "Action", "A"),
                                        Map.of(),
                                        ""));
        assertThat(session.caller().user().value()).isEqualTo(user);
        assertThat(session.caller().project().orElseThrow().value()).isEqualTo(project);
        assertThat(session.caller().roles()).contains("member");
        assertThat(new KeySigned.S3("a", "secret", "b", Optional.empty()).toString())
                .doesNotContain("secret");
    }

    @Test
    void theAuditSaysWhoSignedAndWhoAsked() {
        Ec2Key key = Ec2Key.of(made());
        ask("/ec2tokens", key.request(keystone.clock.instant())).expect(200);
        String event =
                keystone.service
                        .audit()
                        .find(
                                new AuditStore.Filter(
                                        Optional.empty(),
                                        Optional.of("authenticate"),
                                        Optional.empty(),
                                        Optional.of(keystone.made.admin().value()),
                                        Optional.of(user),
                                        10))
                        .getLast();
        assertThat(event).contains("identity:ec2tokens_validate").doesNotContain(key.secret());
    }

    private static String signature(Ec2Key key) {
        return Ec2Key.base64(Ec2Key.hmac("HmacSHA1", Ec2Key.bytes(key.secret()), "A"));
    }
}
