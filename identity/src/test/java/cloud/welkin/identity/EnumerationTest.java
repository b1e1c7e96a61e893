package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Neither the answer nor the work behind it tells who exists; work is counted, time is not. */
class EnumerationTest {
    private static final long ROUNDS = 1 << 4;

    private final Keystone keystone = new Keystone();

    @AfterEach
    void close() {
        keystone.close();
    }

    private static String byPassword(String user) {
        return "{'methods': ['password'], 'password': {'user': {"
                + user
                + ", 'password': 'wrong'}}}";
    }

    private static String bySecret(String credential) {
        return "{'methods': ['application_credential'], 'application_credential': {"
                + credential
                + ", 'secret': 'wrong'}}";
    }

    private Map<String, String> whoCannotSignIn() {
        String admin = keystone.admin();
        String known = keystone.user("known", "pw");
        String disabled = keystone.user("disabled", "pw");
        keystone.patch(admin, "/users/" + disabled, "{'user': {'enabled': false}}").expect(200);
        keystone.post(admin, "/users", "{'user': {'name': 'without'}}").expect(201);
        String domain =
                keystone.post(admin, "/domains", "{'domain': {'name': 'closed'}}")
                        .expect(201)
                        .text("/domain/id");
        keystone.post(
                        admin,
                        "/users",
                        "{'user': {'name': 'shut-in', 'password': 'pw', 'domain_id': '"
                                + domain
                                + "'}}")
                .expect(201);
        keystone.patch(admin, "/domains/" + domain, "{'domain': {'enabled': false}}").expect(200);
        String credential =
                keystone.post(
                                admin,
                                "/users/"
                                        + keystone.made.admin().value()
                                        + "/application_credentials",
                                "{'application_credential': {'name': 'app'}}")
                        .expect(201)
                        .text("/application_credential/id");
        String ours = ", 'domain': {'id': 'default'}";
        Map<String, String> all = new LinkedHashMap<>();
        all.put("a wrong password", byPassword("'name': 'known'" + ours));
        all.put("the same by id", byPassword("'id': '" + known + "'"));
        all.put("an unknown user", byPassword("'name': 'nobody'" + ours));
        all.put("an unknown id", byPassword("'id': '0123456789abcdef0123456789abcdef'"));
        all.put("a disabled user", byPassword("'name': 'disabled'" + ours));
        all.put("a user without a password", byPassword("'name': 'without'" + ours));
        all.put("an unknown domain", byPassword("'name': 'known', 'domain': {'name': 'none'}"));
        all.put("an unknown domain's id", byPassword("'name': 'known', 'domain': {'id': 'none'}"));
        all.put("a disabled domain", byPassword("'name': 'shut-in', 'domain': {'name': 'closed'}"));
        all.put("a wrong secret", bySecret("'id': '" + credential + "'"));
        all.put("an unknown credential", bySecret("'id': 'none'"));
        all.put(
                "a credential of an unknown name",
                bySecret("'name': 'none', 'user': {'name': 'admin'" + ours + "}"));
        all.put(
                "a credential of an unknown user",
                bySecret("'name': 'app', 'user': {'name': 'nobody'" + ours + "}"));
        return all;
    }

    @Test
    void whoeverCannotSignInIsToldTheSameAfterTheSameWork() {
        String told = keystone.auth(byPassword("'id': 'x'"), "").expect(401).json().toString();
        whoCannotSignIn()
                .forEach(
                        (what, identity) -> {
                            long before = keystone.service.hashing();
                            Response answer = keystone.auth(identity, "").expect(401);
                            assertThat(keystone.service.hashing() - before)
                                    .as(what)
                                    .isEqualTo(ROUNDS);
                            assertThat(answer.json().toString()).as(what).isEqualTo(told);
                        });
    }

    @Test
    void choosingAPasswordTellsNobodyEither() {
        String known = keystone.user("known", "pw");
        String body = "{'user': {'original_password': 'wrong', 'password': 'other'}}";
        for (String id : new String[] {known, "0123456789abcdef0123456789abcdef"}) {
            long before = keystone.service.hashing();
            keystone.api
                    .post(Keystone.V3 + "/users/" + id + "/password")
                    .json(body)
                    .send()
                    .expect(401);
            assertThat(keystone.service.hashing() - before).as(id).isEqualTo(ROUNDS);
        }
    }
}
