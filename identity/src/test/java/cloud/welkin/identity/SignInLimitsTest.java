package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.testing.ApiTester.Response;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Failing again and again is held back, for users that exist and for those that do not. */
class SignInLimitsTest {
    private static Keystone with(int perUser, int perAddress) {
        IdentitySecurity usual = IdentitySecurity.USUAL;
        return new Keystone(
                new IdentitySecurity(
                        PasswordRules.NONE,
                        new FailedSignIns.Limits(perUser, perAddress),
                        usual.totpPrevious(),
                        usual.receiptLifetime(),
                        usual.expiredWindow(),
                        usual.keyRotation(),
                        usual.auditKeep()));
    }

    @Test
    void soManyFailuresOfAUserAreAnsweredWith429UntilOneHasRunOff() {
        try (Keystone keystone = with(3, 0)) {
            String user = keystone.user("u", "pw");
            keystone.user("other", "pw");
            for (String name : new String[] {"u", "nobody"}) {
                for (int i = 0; i < 3; i++) {
                    keystone.login(name, "wrong", "").expect(401);
                }
                Response held = keystone.login(name, "wrong", "").expect(429);
                assertThat(Integer.parseInt(String.valueOf(held.headers().get("retry-after"))))
                        .isBetween(1, 60);
                assertThat(held.text("/error/message")).doesNotContain("u'", user);
            }
            // By id and by name it is one user; the right password does not help; others may.
            keystone.login("u", "pw", "").expect(429);
            keystone.auth(
                            "{'methods': ['password'], 'password': {'user': {'id': '"
                                    + user
                                    + "', 'password': 'pw'}}}",
                            "")
                    .expect(429);
            keystone.api
                    .post(Keystone.V3 + "/users/" + user + "/password")
                    .json("{'user': {'original_password': 'pw', 'password': 'x'}}")
                    .send()
                    .expect(429);
            keystone.login("other", "pw", "").expect(201);
            keystone.clock.move(Duration.ofSeconds(25));
            keystone.login("u", "pw", "").expect(201);
        }
    }

    @Test
    void soManyFailuresFromAnAddressHoldBackWhoeverTheyWereFor() {
        try (Keystone keystone = with(0, 5)) {
            keystone.user("u", "pw");
            for (int i = 0; i < 5; i++) {
                keystone.login("nobody" + i, "wrong", "").expect(401);
            }
            keystone.login("u", "pw", "").expect(429);
            keystone.clock.move(Duration.ofMinutes(2));
            keystone.login("u", "pw", "").expect(201);
        }
    }

    @Test
    void aClockThatIsSetBackHoldsNobodyBack() {
        try (Keystone keystone = with(2, 0)) {
            keystone.user("u", "pw");
            keystone.clock.move(Duration.ofMinutes(10));
            keystone.login("u", "wrong", "").expect(401);
            keystone.login("u", "wrong", "").expect(401);
            keystone.login("u", "pw", "").expect(429);
            keystone.clock.move(Duration.ofMinutes(-10));
            keystone.login("u", "pw", "").expect(201);
        }
    }

    @Test
    void whoSignsInRightlyIsNeverHeldBack() {
        try (Keystone keystone = with(2, 2)) {
            keystone.user("u", "pw");
            for (int i = 0; i < 10; i++) {
                keystone.login("u", "pw", "").expect(201);
            }
        }
    }

    @Test
    void ossa2021_003_aLockedAccountIsNotToldFromOneThatDoesNotExist() {
        IdentitySecurity usual = IdentitySecurity.USUAL;
        PasswordRules lockout =
                new PasswordRules(
                        0, 0, 0, Optional.empty(), "", false, 2, Duration.ofMinutes(5), 0);
        try (Keystone own =
                new Keystone(
                        new IdentitySecurity(
                                lockout,
                                new FailedSignIns.Limits(0, 0),
                                usual.totpPrevious(),
                                usual.receiptLifetime(),
                                usual.expiredWindow(),
                                usual.keyRotation(),
                                usual.auditKeep()))) {
            own.user("locked", "pw");
            for (int i = 0; i < 4; i++) {
                Response known = own.login("locked", "wrong", "").expect(401);
                Response unknown = own.login("nobody", "wrong", "").expect(401);
                assertThat(known.json()).isEqualTo(unknown.json());
            }
            assertThat(own.login("locked", "pw", "").expect(401).json())
                    .isEqualTo(own.login("nobody", "pw", "").expect(401).json());
        }
    }
}
