package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** A change and its event are one; what is refused is told of, and nobody fills the audit. */
class AuditTrailTest {
    private final Keystone keystone = new Keystone();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger().addAppender(lines);
    }

    @AfterEach
    void close() {
        logger().detachAppender(lines);
        keystone.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("cloud.welkin.audit");
    }

    private List<JsonNode> events(String action, String outcome) {
        return keystone
                .service
                .audit()
                .find(
                        new AuditStore.Filter(
                                Optional.empty(),
                                Optional.of(action),
                                Optional.of(outcome),
                                Optional.empty(),
                                Optional.empty(),
                                10_000))
                .stream()
                .map(text -> Json.mapper().readTree(text))
                .toList();
    }

    private void sql(String statement) {
        keystone.database.database().change(tx -> tx.sql().execute(statement));
    }

    private <T> T value(Class<T> type, String query, Object... arguments) {
        return keystone.database
                .database()
                .read(tx -> tx.sql().fetchSingle(query, arguments).get(0, type));
    }

    /** The transaction that wrote the newest event about a thing. */
    private String writerOfEvent(String target) {
        return value(
                String.class,
                "select xmin::text from identity.audit_event where target_id = ? and outcome ="
                        + " 'success' order by id desc limit 1",
                target);
    }

    @Test
    void aChangeAndItsEventAreWrittenByOneTransaction() {
        String admin = keystone.admin();
        String user = keystone.user("u", "pw");
        String writer = "select xmin::text from identity.user_account where id = ?";
        assertThat(writerOfEvent(user)).isEqualTo(value(String.class, writer, user));
        keystone.patch(admin, "/users/" + user, "{'user': {'email': 'x@y'}}").expect(200);
        assertThat(writerOfEvent(user)).isEqualTo(value(String.class, writer, user));
        keystone.api
                .post(Keystone.V3 + "/users/" + user + "/password")
                .json("{'user': {'original_password': 'pw', 'password': 'other'}}")
                .send()
                .expect(204);
        assertThat(writerOfEvent(user)).isEqualTo(value(String.class, writer, user));
        String project = keystone.project("p");
        assertThat(writerOfEvent(project))
                .isEqualTo(
                        value(
                                String.class,
                                "select xmin::text from identity.project where id = ?",
                                project));
        String credential =
                keystone.post(
                                admin,
                                "/users/"
                                        + keystone.made.admin().value()
                                        + "/application_credentials",
                                "{'application_credential': {'name': 'a'}}")
                        .expect(201)
                        .text("/application_credential/id");
        assertThat(writerOfEvent(credential))
                .isEqualTo(
                        value(
                                String.class,
                                "select xmin::text from identity.application_credential where id = ?",
                                credential));
        keystone.service.keys().rotateTokens();
        assertThat(writerOfEvent("token keys"))
                .isEqualTo(
                        value(
                                String.class,
                                "select xmin::text from identity.fernet_key order by id desc"
                                        + " limit 1"));
    }

    @Test
    void aChangeWhoseEventCannotBeWrittenIsNotMade() {
        String admin = keystone.admin();
        sql("alter table identity.audit_event add constraint broken check (action <> 'create')");
        int users = value(Integer.class, "select count(*) from identity.user_account");
        int projects = value(Integer.class, "select count(*) from identity.project");
        int logged = lines.list.size();
        keystone.post(admin, "/users", "{'user': {'name': 'u', 'password': 'pw'}}").expect(500);
        keystone.post(admin, "/projects", "{'project': {'name': 'p'}}").expect(500);
        assertThat(value(Integer.class, "select count(*) from identity.user_account"))
                .isEqualTo(users);
        assertThat(value(Integer.class, "select count(*) from identity.project"))
                .isEqualTo(projects);
        assertThat(lines.list.subList(logged, lines.list.size()).toString())
                .doesNotContain("\"outcome\":\"success\"");
    }

    @Test
    void aChangeThatIsLostAtItsCommitLeavesNoEventOfSuccess() {
        String admin = keystone.admin();
        sql(
                "create function identity.die() returns trigger language plpgsql as"
                        + " $$ begin raise exception 'died at the commit'; end $$");
        sql(
                "create constraint trigger dies after insert on identity.user_account deferrable"
                        + " initially deferred for each row execute function identity.die()");
        keystone.post(admin, "/users", "{'user': {'name': 'u', 'password': 'pw'}}").expect(500);
        assertThat(events("create", "success")).isEmpty();
        assertThat(events("create", "failure"))
                .singleElement()
                .satisfies(
                        event ->
                                assertThat(event.at("/reason/reasonCode").asString())
                                        .isEqualTo("500"));
        assertThat(lines.list.toString())
                .doesNotContain("\"action\":\"create\",\"outcome\":\"success\"");
    }

    @Test
    void theLineInTheLogIsTheRow() {
        String user = keystone.user("u", "pw");
        keystone.login("u", "wrong", "").expect(401);
        keystone.delete(keystone.admin(), "/users/" + user).expect(204);
        List<JsonNode> logged =
                lines.list.stream()
                        .map(line -> Json.mapper().readTree(line.getFormattedMessage()))
                        .toList();
        List<JsonNode> rows =
                keystone
                        .service
                        .audit()
                        .find(
                                new AuditStore.Filter(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        1000))
                        .stream()
                        .map(text -> Json.mapper().readTree(text))
                        .toList();
        assertThat(logged).hasSizeGreaterThan(3).isEqualTo(rows);
    }

    @Test
    void tokensThatAreNotGoodAreToldOfWithWhereFromWhatForAndWhy() {
        keystone.user("u", "pw");
        String token = keystone.token("u", "pw", "");
        keystone.clock.move(Duration.ofHours(2));
        refusedFor(() -> keystone.get(token, "/users").expect(401), "the token has expired");
        refusedFor(() -> keystone.api.get(Keystone.V3 + "/users").send().expect(401), "no token");
        refusedFor(
                () -> keystone.get("gAAAAABnonsense", "/users").expect(401),
                "no token of this cloud: forged, mangled, or its key is forgotten");
    }

    private void refusedFor(Runnable request, String why) {
        request.run();
        JsonNode event = events("authenticate", "failure").getLast();
        assertThat(event.at("/attachments/0/content").asString()).isEqualTo(why);
        assertThat(event.at("/initiator/id").asString()).isEqualTo("unknown");
        assertThat(event.at("/initiator/host/address").asString()).isEqualTo("test");
        assertThat(event.at("/initiator/request_id").asString()).startsWith("req-");
        assertThat(event.at("/target/addresses/0/url").asString())
                .isEqualTo(Keystone.V3 + "/users");
        assertThat(event.at("/target/addresses/0/name").asString()).isEqualTo("GET");
        keystone.service.audit().endRound();
    }

    @Test
    void whatAPolicyRefusesIsToldOfReadsToo() {
        String user = keystone.user("u", "pw");
        keystone.get(keystone.token("u", "pw", ""), "/users").expect(403);
        JsonNode event = events("read", "failure").getLast();
        assertThat(event.at("/initiator/id").asString()).isEqualTo(user);
        assertThat(event.at("/reason/reasonCode").asString()).isEqualTo("403");
        assertThat(event.at("/reason/policyId").asString()).isEqualTo("identity:list_users");
    }

    @Test
    void whySomebodyWasNotLetInIsToldToTheOperatorAlone() {
        String user = keystone.user("u", "pw");
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'enabled': false}}")
                .expect(200);
        assertThat(keystone.login("u", "pw", "").expect(401).json().toString())
                .doesNotContain("disabled");
        assertThat(
                        events("authenticate", "failure")
                                .getLast()
                                .at("/attachments/0/content")
                                .asString())
                .isEqualTo("disabled");
    }

    @Test
    void aFloodOfRefusalsIsCountedNotWritten() {
        keystone.admin();
        for (int i = 0; i < 1000; i++) {
            keystone.get("forged" + i, "/users/" + i).expect(401);
        }
        assertThat(events("authenticate", "failure")).hasSize(1);
        keystone.service.audit().endRound();
        assertThat(events("authenticate", "failure"))
                .hasSize(2)
                .last()
                .satisfies(
                        event -> {
                            assertThat(event.at("/measurements/0/result").asLong()).isEqualTo(999);
                            assertThat(event.at("/initiator/host/address").asString())
                                    .isEqualTo("test");
                        });
        keystone.service.audit().endRound();
        assertThat(events("authenticate", "failure")).hasSize(2);
        keystone.get("forged", "/users").expect(401);
        assertThat(events("authenticate", "failure")).hasSize(3);
    }

    @Test
    void whoIsKnownCannotFillTheAuditEither() {
        keystone.user("u", "pw");
        String token = keystone.token("u", "pw", "");
        for (int i = 0; i < 3 * Refusals.MOST; i++) {
            keystone.delete(token, "/users/" + i).expect(403);
        }
        assertThat(events("delete", "failure")).hasSize(Refusals.MOST);
        keystone.service.audit().endRound();
        assertThat(
                        events("authenticate", "failure")
                                .getLast()
                                .at("/measurements/0/result")
                                .asLong())
                .isEqualTo(2L * Refusals.MOST);
    }

    @Test
    void whatWasOnlyCountedIsToldOfWhenTheProgramEnds() {
        keystone.admin();
        keystone.get("forged", "/users").expect(401);
        keystone.get("forged", "/users").expect(401);
        keystone.service.close();
        assertThat(
                        events("authenticate", "failure")
                                .getLast()
                                .at("/measurements/0/result")
                                .asLong())
                .isEqualTo(1);
    }

    @Test
    void aRoundEndsByItself() {
        try (Audit quick =
                new Audit(
                        keystone.database.database(),
                        keystone.clock,
                        new AuditStore(),
                        Duration.ofMillis(50))) {
            ApiTester api =
                    new ApiTester(
                            keystone.database.database(),
                            keystone.service.authenticator(),
                            keystone.service.apis(),
                            quick);
            Eventually.holds(
                    "what was counted is told of",
                    () -> {
                        api.get(Keystone.V3 + "/users").send().expect(401);
                        return events("authenticate", "failure").stream()
                                .anyMatch(event -> event.has("measurements"));
                    });
        }
    }

    @Test
    void ofWhatFailedTheNewestAreKeptUpToANumber() {
        AuditStore store = new AuditStore();
        for (int i = 0; i < 5; i++) {
            keystone.get("forged", "/users").expect(401);
            keystone.service.audit().endRound();
        }
        String newest = events("authenticate", "failure").getLast().at("/id").asString();
        int successes = events("authenticate", "success").size();
        keystone.database.database().change(tx -> store.trimFailures(tx, 2));
        assertThat(events("authenticate", "failure")).hasSize(2);
        assertThat(events("authenticate", "failure").getLast().at("/id").asString())
                .isEqualTo(newest);
        assertThat(events("authenticate", "success")).hasSize(successes);
    }
}
