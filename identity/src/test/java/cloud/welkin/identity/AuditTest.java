package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.kernel.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** A CADF event for each authentication and each change, and no secret in any. */
@TestInstance(Lifecycle.PER_CLASS)
class AuditTest {
    private final Keystone keystone = new Keystone();

    @AfterAll
    void close() {
        keystone.close();
    }

    private List<JsonNode> events(
            Optional<String> action, Optional<String> initiator, Optional<String> target) {
        return keystone
                .service
                .audit()
                .find(
                        new AuditStore.Filter(
                                Optional.empty(),
                                action,
                                Optional.empty(),
                                initiator,
                                target,
                                1000))
                .stream()
                .map(text -> Json.mapper().readTree(text))
                .toList();
    }

    private JsonNode last(String action, String target) {
        return events(Optional.of(action), Optional.empty(), Optional.of(target)).getLast();
    }

    @Test
    void anAuthenticationIsKeptWithWhoWhenFromWhereAndHowItEnded() {
        String user = keystone.user("signer", "right-secret");
        keystone.login("signer", "right-secret", "").expect(201);
        JsonNode well = last("authenticate", user);
        assertThat(well.at("/typeURI").asString())
                .isEqualTo("http://schemas.dmtf.org/cloud/audit/1.0/event");
        assertThat(well.at("/eventType").asString()).isEqualTo("activity");
        assertThat(well.at("/eventTime").asString()).startsWith("20").endsWith("Z");
        assertThat(well.at("/outcome").asString()).isEqualTo("success");
        assertThat(well.at("/initiator/id").asString()).isEqualTo(user);
        assertThat(well.at("/initiator/host/address").asString()).isEqualTo("test");
        assertThat(well.at("/initiator/request_id").asString()).startsWith("req-");
        assertThat(well.at("/observer/id").asString()).isEqualTo("identity");
        keystone.login("signer", "wrong-secret", "").expect(401);
        JsonNode failed = last("authenticate", user);
        assertThat(failed.at("/outcome").asString()).isEqualTo("failure");
        assertThat(failed.at("/reason/reasonCode").asString()).isEqualTo("401");
        keystone.login("no-such-user", "some-secret", "").expect(401);
        assertThat(
                        events(
                                        Optional.of("authenticate"),
                                        Optional.of("unknown"),
                                        Optional.empty())
                                .getLast()
                                .at("/outcome")
                                .asString())
                .isEqualTo("failure");
        assertThat(events(Optional.empty(), Optional.empty(), Optional.empty()).toString())
                .doesNotContain("-secret", "no-such-user");
    }

    @Test
    void aChangeIsKeptWithWhatItWasDoneToAndByWhom() {
        String user = keystone.user("changed", "pw");
        JsonNode created = last("create", user);
        assertThat(created.at("/target/typeURI").asString())
                .isEqualTo("data/security/account/user");
        assertThat(created.at("/initiator/id").asString()).isEqualTo(keystone.made.admin().value());
        assertThat(created.at("/reason/policyId").asString()).isEqualTo("identity:create_user");
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'email': 'x@y'}}")
                .expect(200);
        assertThat(last("update", user).at("/outcome").asString()).isEqualTo("success");
        String token = keystone.token("changed", "pw", "");
        keystone.delete(token, "/users/" + user).expect(403);
        JsonNode refused = last("delete", user);
        assertThat(refused.at("/outcome").asString()).isEqualTo("failure");
        assertThat(refused.at("/initiator/id").asString()).isEqualTo(user);
        assertThat(refused.at("/reason/reasonCode").asString()).isEqualTo("403");
        keystone.delete(keystone.admin(), "/users/" + user).expect(204);
        assertThat(last("delete", user).at("/outcome").asString()).isEqualTo("success");
        String role = keystone.role("member");
        String project = keystone.project("audited");
        keystone.grant(keystone.made.admin().value(), project, "member");
        assertThat(last("create", role).at("/target/addresses/0/url").asString())
                .contains(project, keystone.made.admin().value());
    }

    @Test
    void readsAndRequestsThatMakeNoSenseAreNotKept() {
        String admin = keystone.admin();
        int before = events(Optional.empty(), Optional.empty(), Optional.empty()).size();
        keystone.get(admin, "/users").expect(200);
        keystone.auth("{}", "").expect(400);
        keystone.get(admin, "/nothing").expect(404);
        assertThat(events(Optional.empty(), Optional.empty(), Optional.empty())).hasSize(before);
    }

    @Test
    void noSecretGetsIntoTheAuditOrTheLog() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        root.addAppender(lines);
        try {
            String user = keystone.user("secretive", "pw-Sesame");
            String token = keystone.token("secretive", "pw-Sesame", "");
            keystone.post(
                            token,
                            "/users/" + user + "/password",
                            "{'user': {'original_password': 'pw-Sesame', 'password': 'new-Sesame'}}")
                    .expect(204);
            String again = keystone.token("secretive", "new-Sesame", "");
            keystone.post(
                            again,
                            "/credentials",
                            "{'credential': {'type': 'totp', 'blob': 'BLOB-Sesame'}}")
                    .expect(201);
            keystone.auth(
                            "{'methods': ['application_credential'], 'application_credential': {'id':"
                                    + " 'x', 'secret': 'app-Sesame'}}",
                            "")
                    .expect(401);
            keystone.service.keys().rotateTokens();
            keystone.service.keys().rotateCredentials();
            List<String> secrets =
                    keystone.database
                            .database()
                            .read(
                                    tx ->
                                            tx.sql()
                                                    .fetch(
                                                            "select secret from identity.fernet_key"
                                                                    + " union all select secret from"
                                                                    + " identity.credential_key"
                                                                    + " union all select"
                                                                    + " password_hash from"
                                                                    + " identity.user_account where"
                                                                    + " password_hash is not null")
                                                    .getValues(0, String.class));
            String told =
                    lines.list.stream().map(ILoggingEvent::toString).toList()
                            + events(Optional.empty(), Optional.empty(), Optional.empty())
                                    .toString();
            assertThat(told).doesNotContain("Sesame", token, again);
            secrets.forEach(secret -> assertThat(told).doesNotContain(secret));
        } finally {
            root.detachAppender(lines);
        }
    }

    @Test
    void whatIsOlderThanKeptIsForgotten() {
        try (Keystone own = new Keystone()) {
            own.admin();
            own.clock.move(Duration.ofDays(91));
            own.user("young", "pw");
            own.service.reconcilers().forEach(one -> one.reconcile());
            AuditStore.Filter all =
                    new AuditStore.Filter(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            100);
            // Signing in, the user, and the keys that were due.
            assertThat(own.service.audit().find(all)).hasSize(3);
        }
    }
}
