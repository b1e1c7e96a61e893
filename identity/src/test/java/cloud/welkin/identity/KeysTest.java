package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.OauthConsumer;
import cloud.welkin.identity.domain.TokenKey;
import cloud.welkin.identity.store.OauthStore;
import cloud.welkin.identity.store.Stores;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rotation of the keys that sign tokens and of those that encrypt credentials. */
class KeysTest {
    private static int use(Keystone keystone, String token) {
        return keystone.get(token, "/auth/projects").status();
    }

    private static List<String> stages(Keystone keystone) {
        return keystone.service.keys().ofTokens().stream().map(TokenKey::stage).toList();
    }

    @Test
    void aKeyIsStagedBeforeItSignsAndStaysWhileItsTokensLive() {
        try (Keystone keystone = new Keystone();
                IdentityService other = keystone.replica()) {
            assertThat(stages(keystone)).containsExactly("primary", "staged");
            long staged = keystone.service.keys().ofTokens().getLast().id();
            String before = keystone.admin();
            keystone.service.keys().rotateTokens();
            assertThat(keystone.service.keys().ofTokens().getFirst().id()).isEqualTo(staged);
            assertThat(stages(keystone)).containsExactly("primary", "secondary", "staged");
            assertThat(use(keystone, before)).isEqualTo(200);
            String after = keystone.admin();
            // Another replica knows the new key, whether or not it has heard of the rotation yet.
            assertThat(
                            keystone.api(other)
                                    .get(Keystone.V3 + "/auth/projects")
                                    .header("X-Auth-Token", after)
                                    .send()
                                    .status())
                    .isEqualTo(200);
            keystone.service.keys().rotateTokens();
            assertThat(use(keystone, before)).isEqualTo(200);
            assertThat(use(keystone, after)).isEqualTo(200);
            try (IdentityService restarted = keystone.replica()) {
                assertThat(
                                keystone.api(restarted)
                                        .get(Keystone.V3 + "/auth/projects")
                                        .header("X-Auth-Token", before)
                                        .send()
                                        .status())
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void keysAreRotatedWhenTheyAreDueAndForgottenWhenNothingNeedsThem() {
        try (Keystone keystone = new Keystone()) {
            Duration month = Duration.ofDays(30);
            Keys keys = keystone.service.keys();
            assertThat(keys.tend(month)).isZero();
            keystone.clock.move(month);
            String token = keystone.admin();
            assertThat(keys.tend(month)).isPositive();
            assertThat(keys.tend(month)).isZero();
            assertThat(stages(keystone)).containsExactly("primary", "secondary", "staged");
            assertThat(use(keystone, token)).isEqualTo(200);
            keystone.clock.move(Duration.ofDays(3));
            assertThat(keys.tend(month)).isPositive();
            assertThat(stages(keystone)).containsExactly("primary", "staged");
            keystone.clock.move(month);
            assertThat(keys.tend(Duration.ZERO)).isZero();
        }
    }

    @Test
    void credentialsAreEncryptedAnewAndTheOldKeyIsForgotten() {
        try (Keystone keystone = new Keystone()) {
            String admin = keystone.admin();
            String id =
                    keystone.post(
                                    admin,
                                    "/credentials",
                                    "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                            .expect(201)
                            .text("/credential/id");
            var consumer =
                    keystone.post(admin, "/OS-OAUTH1/consumers", "{'consumer': {}}").expect(201);
            String before = blob(keystone, id);
            assertThat(keystone.service.keys().rotateCredentials()).isEqualTo(2);
            assertThat(blob(keystone, id)).isNotEqualTo(before).startsWith("gAAAA");
            assertThat(keystone.get(admin, "/credentials/" + id).text("/credential/blob"))
                    .isEqualTo("JBSWY3DP");
            assertThat(keys(keystone)).isEqualTo(1);
            assertThat(keystone.service.keys().reencrypt()).isZero();
            OauthStore consumers = Stores.of(new SecureRandom(), keystone.masterKeys).oauth();
            assertThat(
                            keystone.database
                                    .database()
                                    .read(
                                            tx ->
                                                    consumers.consumer(
                                                            tx, consumer.text("/consumer/id")))
                                    .map(OauthConsumer::secret))
                    .contains(consumer.text("/consumer/secret"));
        }
    }

    private static String blob(Keystone keystone, String id) {
        return keystone.database
                .database()
                .read(
                        tx ->
                                tx.sql()
                                        .fetchSingle(
                                                "select blob from identity.credential where id = ?",
                                                id)
                                        .get(0, String.class));
    }

    private static int keys(Keystone keystone) {
        return keystone.database
                .database()
                .read(
                        tx ->
                                tx.sql()
                                        .fetchSingle("select count(*) from identity.credential_key")
                                        .get(0, Integer.class));
    }
}
