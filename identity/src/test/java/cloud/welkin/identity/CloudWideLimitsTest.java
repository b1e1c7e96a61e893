package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.ApiTester.Response;
import cloud.welkin.testing.Eventually;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who fails again and again is held back by every replica, and nobody else is. */
class CloudWideLimitsTest {
    private static IdentitySecurity limits(int perUser, int perAddress, PasswordRules rules) {
        IdentitySecurity usual = IdentitySecurity.USUAL;
        return new IdentitySecurity(
                rules,
                new FailedSignIns.Limits(perUser, perAddress),
                usual.totpPrevious(),
                usual.receiptLifetime(),
                usual.expiredWindow(),
                usual.keyRotation(),
                usual.auditKeep());
    }

    private static Response login(ApiTester api, String peer, String user, String password) {
        return api.post(Keystone.V3 + "/auth/tokens")
                .from(peer)
                .json(
                        "{'auth': {'identity': {'methods': ['password'], 'password': {'user': {'name': '"
                                + user
                                + "', 'domain': {'id': 'default'}, 'password': '"
                                + password
                                + "'}}}}}")
                .send();
    }

    @Test
    void replicasCountTogether() {
        try (Keystone keystone = new Keystone(limits(4, 0, PasswordRules.NONE));
                IdentityService second = keystone.replica()) {
            keystone.user("u", "pw");
            ApiTester one = keystone.api;
            ApiTester other = keystone.api(second);
            for (int i = 0; i < 2; i++) {
                login(one, "192.0.2.1", "u", "wrong").expect(401);
                login(other, "192.0.2.1", "u", "wrong").expect(401);
            }
            // The one that counted the last knows at once, the other hears of it.
            login(other, "192.0.2.1", "u", "pw").expect(429);
            Eventually.holds(
                    "the other replica holds back too",
                    () -> login(one, "192.0.2.1", "u", "pw").status() == 429);
            try (IdentityService begun = keystone.replica()) {
                login(keystone.api(begun), "192.0.2.1", "u", "pw").expect(429);
            }
            keystone.clock.move(Duration.ofMinutes(2));
            login(one, "192.0.2.1", "u", "pw").expect(201);
            login(other, "192.0.2.1", "u", "pw").expect(201);
        }
    }

    @Test
    void nobodyIsHeldBackByWhatOthersFail() {
        try (Keystone keystone = new Keystone(limits(2, 5, PasswordRules.NONE))) {
            keystone.user("u", "pw");
            for (int i = 0; i < 20; i++) {
                login(keystone.api, "192.0.2.1", "u", "wrong");
            }
            login(keystone.api, "192.0.2.1", "u", "pw").expect(429);
            login(keystone.api, "192.0.2.2", "u", "pw").expect(201);
        }
    }

    @Test
    void theLockOfAnAccountIsForAllAddressesAsConfigured() {
        PasswordRules lockout =
                new PasswordRules(
                        0, 0, 0, Optional.empty(), "", false, 3, Duration.ofMinutes(30), 0);
        try (Keystone keystone = new Keystone(limits(0, 0, lockout));
                IdentityService second = keystone.replica()) {
            keystone.user("u", "pw");
            login(keystone.api, "192.0.2.1", "u", "wrong").expect(401);
            login(keystone.api(second), "192.0.2.2", "u", "wrong").expect(401);
            login(keystone.api, "192.0.2.3", "u", "wrong").expect(401);
            login(keystone.api(second), "192.0.2.4", "u", "pw").expect(401);
            keystone.clock.move(Duration.ofMinutes(31));
            login(keystone.api(second), "192.0.2.4", "u", "pw").expect(201);
        }
    }

    @Test
    void aNetworkOfIpv6IsOneAddress() {
        try (Keystone keystone = new Keystone(limits(0, 3, PasswordRules.NONE))) {
            keystone.user("u", "pw");
            for (int i = 1; i <= 3; i++) {
                login(keystone.api, "2001:db8:1:2::" + i, "u" + i, "wrong").expect(401);
            }
            login(keystone.api, "2001:db8:1:2:ffff::1", "u", "pw").expect(429);
            login(keystone.api, "2001:db8:1:3::1", "u", "pw").expect(201);
        }
    }

    @Test
    void whoSignsInRightlyWritesNothingOfIt() {
        try (Keystone keystone = new Keystone(limits(2, 2, PasswordRules.NONE))) {
            keystone.user("u", "pw");
            login(keystone.api, "192.0.2.1", "u", "pw").expect(201);
            assertThat(rows(keystone)).isZero();
            login(keystone.api, "192.0.2.1", "u", "wrong").expect(401);
            assertThat(rows(keystone)).isEqualTo(2);
            login(keystone.api, "192.0.2.1", "u", "pw").expect(201);
            assertThat(rows(keystone)).isEqualTo(2);
            keystone.clock.move(Duration.ofMinutes(3));
            keystone.service.reconcilers().forEach(one -> one.reconcile());
            assertThat(rows(keystone)).isZero();
        }
    }

    @Test
    void thoseWhoGuessAtOnceAreHeldBackTogether() throws InterruptedException {
        try (Keystone keystone = new Keystone(limits(3, 0, PasswordRules.NONE));
                IdentityService second = keystone.replica()) {
            keystone.user("u", "pw");
            ApiTester other = keystone.api(second);
            Thread[] guesses = new Thread[16];
            for (int i = 0; i < guesses.length; i++) {
                ApiTester api = i % 2 == 0 ? keystone.api : other;
                guesses[i] = Thread.ofVirtual().start(() -> login(api, "192.0.2.1", "u", "wrong"));
            }
            for (Thread guess : guesses) {
                guess.join();
            }
            Eventually.holds(
                    "the other replica holds back too",
                    () -> login(other, "192.0.2.1", "u", "pw").status() == 429);
        }
    }

    private static int rows(Keystone keystone) {
        return keystone.database
                .database()
                .read(
                        tx ->
                                tx.sql()
                                        .fetchSingle(
                                                "select count(*) from identity.sign_in_failure")
                                        .get(0, Integer.class));
    }
}
