package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.identity.auth.PasswordCheck;
import cloud.welkin.identity.auth.PasswordCheck.Expired;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.AccountStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a check of a password costs, told in rounds of bcrypt, and what follows from it. */
class PasswordCheckTest {
    private static final long ROUNDS = 1 << 6;

    private final Keystone keystone = new Keystone();
    private final UserId user = new UserId(keystone.user("u", "pw"));

    /** A program of the same cloud in which the operator has raised the cost. */
    private final Passwords dearer = new Passwords(6, new SecureRandom());

    private final PasswordCheck check = check(dearer);

    @AfterEach
    void close() {
        keystone.close();
    }

    private PasswordCheck check(Passwords passwords) {
        return new PasswordCheck(
                keystone.database.database(),
                keystone.clock,
                passwords,
                PasswordRules.NONE,
                new AccountStore());
    }

    private Optional<User> found() {
        return keystone.database.database().read(tx -> new UserStore().find(tx, user));
    }

    private String hash() {
        return found().flatMap(User::passwordHash).orElseThrow();
    }

    private long roundsOfRefusing(Optional<User> who, String password) {
        long before = dearer.rounds();
        assertThatThrownBy(() -> check.admitted(who, password, Expired.REFUSED))
                .isInstanceOf(Failure.class);
        return dearer.rounds() - before;
    }

    @Test
    void aSignInUpgradesAHashOfBeforeTheCostWasRaised() {
        assertThat(hash()).startsWith("$2b$04$");
        check.admitted(found(), "pw", Expired.REFUSED);
        assertThat(hash()).startsWith("$2b$06$");
        String upgraded = hash();
        check.admitted(found(), "pw", Expired.REFUSED);
        assertThat(hash()).as("once only").isEqualTo(upgraded);
        assertThat(keystone.login("u", "pw", "").status()).isEqualTo(201);
    }

    @Test
    void aRefusedSignInUpgradesNothing() {
        String before = hash();
        roundsOfRefusing(found(), "wrong");
        assertThat(hash()).isEqualTo(before);
    }

    @Test
    void whateverIsWrongCostsTheSame() {
        assertThat(roundsOfRefusing(Optional.empty(), "pw")).as("no user").isEqualTo(ROUNDS);
        assertThat(roundsOfRefusing(found(), "wrong")).as("an old hash").isEqualTo(ROUNDS);
        check.admitted(found(), "pw", Expired.REFUSED);
        assertThat(roundsOfRefusing(found(), "wrong")).as("a new hash").isEqualTo(ROUNDS);
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'enabled': false}}")
                .expect(200);
        assertThat(roundsOfRefusing(found(), "pw")).as("disabled").isEqualTo(ROUNDS);
        assertThat(roundsOfRefusing(found(), "wrong")).as("disabled").isEqualTo(ROUNDS);
    }

    @Test
    void aUserWithoutAPasswordCostsAsMuch() {
        String id =
                keystone.post(keystone.admin(), "/users", "{'user': {'name': 'none'}}")
                        .expect(201)
                        .text("/user/id");
        Optional<User> none =
                keystone.database.database().read(tx -> new UserStore().find(tx, new UserId(id)));
        assertThat(none).isPresent();
        assertThat(roundsOfRefusing(none, "")).isEqualTo(ROUNDS);
    }
}
