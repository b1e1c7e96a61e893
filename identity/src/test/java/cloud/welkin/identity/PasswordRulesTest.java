package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.testing.ApiTester.Response;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keystone's [security_compliance], each rule on a cloud of its own. */
class PasswordRulesTest {
    private static Keystone with(PasswordRules rules) {
        IdentitySecurity usual = IdentitySecurity.USUAL;
        return new Keystone(
                new IdentitySecurity(
                        rules,
                        new FailedSignIns.Limits(0, 0),
                        usual.totpPrevious(),
                        usual.receiptLifetime(),
                        usual.expiredWindow(),
                        usual.keyRotation(),
                        usual.auditKeep()));
    }

    private static PasswordRules lockout(int attempts, Duration lock) {
        return new PasswordRules(0, 0, 0, Optional.empty(), "", false, attempts, lock, 0);
    }

    private static Response choose(Keystone keystone, String user, String old, String password) {
        return keystone.api
                .post(Keystone.V3 + "/users/" + user + "/password")
                .json(
                        "{'user': {'original_password': '"
                                + old
                                + "', 'password': '"
                                + password
                                + "'}}")
                .send();
    }

    private static void option(Keystone keystone, String user, String name) {
        keystone.patch(
                        keystone.admin(),
                        "/users/" + user,
                        "{'user': {'options': {'" + name + "': true}}}")
                .expect(200);
    }

    @Test
    void aPasswordIsNotUsedAgainBeforeSoManyOthers() {
        PasswordRules three =
                new PasswordRules(3, 0, 0, Optional.empty(), "", false, 0, Duration.ZERO, 0);
        try (Keystone keystone = with(three)) {
            String user = keystone.user("u", "one");
            choose(keystone, user, "one", "two").expect(204);
            choose(keystone, user, "two", "one").expect(400);
            choose(keystone, user, "two", "three").expect(204);
            choose(keystone, user, "three", "one").expect(400);
            choose(keystone, user, "three", "four").expect(204);
            choose(keystone, user, "four", "one").expect(204);
            // An administrator may set any.
            keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'four'}}")
                    .expect(200);
            keystone.login("u", "four", "").expect(201);
        }
    }

    @Test
    void aPasswordEndsAndIsGoodForNothingButChoosingAnother() {
        PasswordRules days =
                new PasswordRules(0, 5, 0, Optional.empty(), "", false, 0, Duration.ZERO, 0);
        try (Keystone keystone = with(days)) {
            String user = keystone.user("u", "one");
            String exempt =
                    keystone.post(
                                    keystone.admin(),
                                    "/users",
                                    "{'user': {'name': 'exempt', 'password': 'one', 'options':"
                                            + " {'ignore_password_expiry': true}}}")
                            .expect(201)
                            .text("/user/id");
            assertThat(
                            keystone.get(keystone.admin(), "/users/" + exempt)
                                    .json()
                                    .at("/user/password_expires_at")
                                    .isNull())
                    .isTrue();
            String told =
                    keystone.login("u", "one", "")
                            .expect(201)
                            .text("/token/user/password_expires_at");
            assertThat(told)
                    .isEqualTo(
                            keystone.get(keystone.admin(), "/users/" + user)
                                    .text("/user/password_expires_at"))
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000000");
            keystone.clock.move(Duration.ofDays(6));
            Response refused = keystone.login("u", "one", "").expect(401);
            assertThat(refused.text("/error/message")).contains("expired", user);
            assertThat(keystone.login("u", "wrong", "").expect(401).text("/error/message"))
                    .doesNotContain("expired", user);
            keystone.login("exempt", "one", "").expect(201);
            choose(keystone, user, "one", "two").expect(204);
            keystone.login("u", "two", "").expect(201);
        }
    }

    @Test
    void usersAreListedByWhenTheirPasswordsEnd() {
        PasswordRules days =
                new PasswordRules(0, 5, 0, Optional.empty(), "", false, 0, Duration.ZERO, 0);
        try (Keystone keystone = with(days)) {
            String early = keystone.user("early", "pw");
            keystone.clock.move(Duration.ofDays(3));
            String late = keystone.user("late", "pw");
            String admin = keystone.admin();
            String end = keystone.get(admin, "/users/" + early).text("/user/password_expires_at");
            String from = "/users?password_expires_at=";
            assertThat(keystone.get(admin, from + "gt:" + end).expect(200).json().toString())
                    .contains(late)
                    .doesNotContain(early);
            assertThat(keystone.get(admin, from + "lte:" + end).expect(200).json().toString())
                    .contains(early)
                    .doesNotContain(late);
            assertThat(keystone.get(admin, from + end).expect(200).json().toString())
                    .contains(early)
                    .doesNotContain(late);
            keystone.get(admin, from + "soon").expect(400);
        }
    }

    @Test
    void aChosenPasswordIsKeptForItsMinimumAgeUnlessAnAdministratorSetsOne() {
        PasswordRules age =
                new PasswordRules(0, 0, 2, Optional.empty(), "", false, 0, Duration.ZERO, 0);
        try (Keystone keystone = with(age)) {
            String user = keystone.user("u", "one");
            choose(keystone, user, "one", "two").expect(204);
            choose(keystone, user, "two", "three").expect(400);
            keystone.clock.move(Duration.ofHours(49));
            choose(keystone, user, "two", "three").expect(204);
            keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'given'}}")
                    .expect(200);
            choose(keystone, user, "given", "four").expect(204);
        }
    }

    @Test
    void everyNewPasswordMatchesThePatternWhoeverSetsIt() {
        PasswordRules digits =
                new PasswordRules(
                        0,
                        0,
                        0,
                        Optional.of(Pattern.compile("^(?=.*\\d).{7,}$")),
                        "seven characters, a digit among them",
                        false,
                        0,
                        Duration.ZERO,
                        0);
        try (Keystone keystone = with(digits)) {
            Response refused =
                    keystone.post(
                                    keystone.admin(),
                                    "/users",
                                    "{'user': {'name': 'u', 'password': 'short1'}}")
                            .expect(400);
            assertThat(refused.text("/error/message"))
                    .contains("seven characters, a digit among them")
                    .doesNotContain("short1");
            String user = keystone.user("u", "longer1");
            choose(keystone, user, "longer1", "nodigits").expect(400);
            keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'no'}}")
                    .expect(400);
            choose(keystone, user, "longer1", "longer2").expect(204);
        }
    }

    @Test
    void aPasswordThatAnAdministratorSetIsChangedFirst() {
        PasswordRules first =
                new PasswordRules(0, 0, 0, Optional.empty(), "", true, 0, Duration.ZERO, 0);
        try (Keystone keystone = with(first)) {
            String user = keystone.user("u", "given");
            keystone.login("u", "given", "").expect(401);
            choose(keystone, user, "given", "own").expect(204);
            keystone.login("u", "own", "").expect(201);
            keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'reset'}}")
                    .expect(200);
            keystone.login("u", "reset", "").expect(401);
            option(keystone, user, "ignore_change_password_upon_first_use");
            keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'reset'}}")
                    .expect(200);
            keystone.login("u", "reset", "").expect(201);
        }
    }

    @Test
    void wrongPasswordsLockAnAccountForAWhileAlsoForTheRightOne() {
        try (Keystone keystone = with(lockout(3, Duration.ofMinutes(10)))) {
            String user = keystone.user("u", "pw");
            keystone.login("u", "wrong", "").expect(401);
            keystone.login("u", "wrong", "").expect(401);
            keystone.login("u", "pw", "").expect(201);
            for (int i = 0; i < 3; i++) {
                keystone.login("u", "wrong", "").expect(401);
            }
            Response locked = keystone.login("u", "pw", "").expect(401);
            assertThat(locked.text("/error/message")).doesNotContain("lock", user);
            choose(keystone, user, "pw", "other").expect(401);
            keystone.clock.move(Duration.ofMinutes(11));
            // What led to the lock is forgotten: one more does not lock again.
            keystone.login("u", "wrong", "").expect(401);
            keystone.login("u", "pw", "").expect(201);
        }
    }

    @Test
    void anAdministratorUnlocksByEnablingAndMayExempt() {
        try (Keystone keystone = with(lockout(2, Duration.ZERO))) {
            String user = keystone.user("u", "pw");
            for (int i = 0; i < 2; i++) {
                choose(keystone, user, "wrong", "x").expect(401);
            }
            keystone.clock.move(Duration.ofDays(30));
            keystone.login("u", "pw", "").expect(401);
            keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'enabled': true}}")
                    .expect(200);
            keystone.login("u", "pw", "").expect(201);
            option(keystone, user, "ignore_lockout_failure_attempts");
            for (int i = 0; i < 5; i++) {
                keystone.login("u", "wrong", "").expect(401);
            }
            keystone.login("u", "pw", "").expect(201);
        }
    }

    @Test
    void aLockedPasswordIsNotChangedByItsUser() {
        try (Keystone keystone = with(PasswordRules.NONE)) {
            String user = keystone.user("u", "pw");
            option(keystone, user, "lock_password");
            choose(keystone, user, "pw", "other").expect(400);
            keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'other'}}")
                    .expect(200);
            keystone.login("u", "other", "").expect(201);
        }
    }

    @Test
    void whoHasNotSignedInForLongIsDisabled() {
        PasswordRules idle =
                new PasswordRules(0, 0, 0, Optional.empty(), "", false, 0, Duration.ZERO, 10);
        try (Keystone keystone = with(idle)) {
            String sleeper = keystone.user("sleeper", "pw");
            String exempt = keystone.user("exempt", "pw");
            option(keystone, exempt, "ignore_user_inactivity");
            keystone.user("active", "pw");
            keystone.clock.move(Duration.ofDays(9));
            keystone.login("active", "pw", "").expect(201);
            keystone.admin();
            keystone.clock.move(Duration.ofDays(2));
            keystone.login("active", "pw", "").expect(201);
            keystone.login("exempt", "pw", "").expect(201);
            keystone.login("sleeper", "pw", "").expect(401);
            Reconciler sweep =
                    keystone.service.reconcilers().stream()
                            .filter(one -> one.name().equals("identity inactive users"))
                            .findFirst()
                            .orElseThrow();
            assertThat(sweep.reconcile().changed()).isPositive();
            assertThat(sweep.reconcile().changed()).isZero();
            String admin = keystone.admin();
            assertThat(
                            keystone.get(admin, "/users/" + sleeper)
                                    .json()
                                    .at("/user/enabled")
                                    .asBoolean())
                    .isFalse();
            assertThat(
                            keystone.get(admin, "/users/" + exempt)
                                    .json()
                                    .at("/user/enabled")
                                    .asBoolean())
                    .isTrue();
            keystone.patch(admin, "/users/" + sleeper, "{'user': {'enabled': true}}").expect(200);
            keystone.login("sleeper", "pw", "").expect(201);
        }
    }
}
