package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.identity.domain.MasterKeyMissing;
import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.identity.domain.Secrets;
import cloud.welkin.identity.domain.TokenCodec;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A copy of the database alone makes no tokens and reads no secrets. */
class MasterKeysTest {
    private final SecureRandom random = new SecureRandom();

    private static List<String> kept(Keystone keystone) {
        return keystone.database
                .database()
                .read(
                        tx ->
                                tx.sql()
                                        .fetch(
                                                "select secret from identity.fernet_key union all"
                                                        + " select secret from"
                                                        + " identity.credential_key")
                                        .getValues(0, String.class));
    }

    /** As a program of before wrote them. */
    private static void unwrapAll(Keystone keystone) {
        for (String table : List.of("fernet_key", "credential_key")) {
            keystone.database
                    .database()
                    .change(
                            tx ->
                                    tx.sql()
                                            .fetch("select id, secret from identity." + table)
                                            .forEach(
                                                    row ->
                                                            tx.sql()
                                                                    .execute(
                                                                            "update identity."
                                                                                    + table
                                                                                    + " set secret"
                                                                                    + " = ? where"
                                                                                    + " id = ?",
                                                                            keystone.masterKeys
                                                                                    .unwrap(
                                                                                            row.get(
                                                                                                    "secret",
                                                                                                    String
                                                                                                            .class)),
                                                                            row.get("id"))));
        }
    }

    private static void start(Keystone keystone, IdentityService service) {
        keystone.database.database().write(tx -> service.bootstrap(tx, "secret", false, "demo"));
    }

    private static int use(Keystone keystone, IdentityService service, String token) {
        return keystone.api(service)
                .get(Keystone.V3 + "/auth/projects")
                .header("X-Auth-Token", token)
                .send()
                .status();
    }

    private static String credential(Keystone keystone, String token) {
        return keystone.post(
                        token,
                        "/credentials",
                        "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                .expect(201)
                .text("/credential/id");
    }

    private static String blob(
            Keystone keystone, IdentityService service, String token, String credential) {
        return keystone.api(service)
                .get(Keystone.V3 + "/credentials/" + credential)
                .header("X-Auth-Token", token)
                .send()
                .expect(200)
                .text("/credential/blob");
    }

    @Test
    void theDatabaseHasNoKeyThatMakesTokensOrReadsSecrets() {
        try (Keystone keystone = new Keystone()) {
            keystone.service.keys().rotateTokens();
            keystone.service.keys().rotateCredentials();
            assertThat(kept(keystone)).hasSizeGreaterThan(3).allMatch(MasterKeys::isWrapped);
            for (String key : kept(keystone)) {
                assertThatThrownBy(() -> new TokenCodec(List.of(key), random))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> new Secrets(List.of(key), random))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void aDatabaseOfBeforeIsWrappedAtTheStartAndNothingIsLost() {
        try (Keystone keystone = new Keystone();
                IdentityService next = keystone.replica()) {
            String token = keystone.admin();
            String credential = credential(keystone, token);
            unwrapAll(keystone);
            assertThat(kept(keystone)).noneMatch(MasterKeys::isWrapped);
            start(keystone, next);
            assertThat(kept(keystone)).allMatch(MasterKeys::isWrapped);
            assertThat(use(keystone, next, token)).isEqualTo(200);
            assertThat(blob(keystone, next, token, credential)).isEqualTo("JBSWY3DP");
        }
    }

    @Test
    void withAnotherMasterKeyNothingStartsAndNothingIsChanged() {
        MasterKeys other = new MasterKeys(List.of(TokenCodec.newKey(random)), random);
        try (Keystone keystone = new Keystone();
                IdentityService wrong = keystone.replica(other)) {
            List<String> before = kept(keystone);
            assertThatThrownBy(() -> start(keystone, wrong)).isInstanceOf(MasterKeyMissing.class);
            assertThat(kept(keystone)).isEqualTo(before);
            assertThat(IdentityService.hasWrappedKeys(keystone.database.database())).isTrue();
        }
    }

    @Test
    void theMasterKeyIsChangedByGivingTheNewOneFirst() {
        String old = TokenCodec.newKey(random);
        String fresh = TokenCodec.newKey(random);
        try (Keystone keystone = new Keystone();
                IdentityService before = keystone.replica(new MasterKeys(List.of(old), random))) {
            String token = keystone.admin();
            String credential = credential(keystone, token);
            unwrapAll(keystone);
            start(keystone, before);
            try (IdentityService both =
                    keystone.replica(new MasterKeys(List.of(fresh, old), random))) {
                start(keystone, both);
                assertThat(use(keystone, both, token)).isEqualTo(200);
            }
            try (IdentityService after = keystone.replica(new MasterKeys(List.of(fresh), random))) {
                start(keystone, after);
                assertThat(use(keystone, after, token)).isEqualTo(200);
                assertThat(blob(keystone, after, token, credential)).isEqualTo("JBSWY3DP");
            }
        }
    }
}
