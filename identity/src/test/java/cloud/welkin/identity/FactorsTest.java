package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.Totp;
import cloud.welkin.testing.ApiTester.Response;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * One-time passcodes, rules about which methods come together, and receipts for the first of them.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FactorsTest {
    private static final String SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    private final Keystone keystone = new Keystone();
    private int count;
    private String name = "";
    private String user = "";

    @AfterAll
    void close() {
        keystone.close();
    }

    @BeforeEach
    void aUserWithADevice() {
        count++;
        name = "user" + count;
        user = keystone.user(name, "pw");
        keystone.post(
                        keystone.admin(),
                        "/credentials",
                        "{'credential': {'type': 'totp', 'user_id': '"
                                + user
                                + "', 'blob': '"
                                + SECRET
                                + "'}}")
                .expect(201);
        keystone.clock.move(Duration.ofMinutes(2));
    }

    private String passcode() {
        return Totp.of(SECRET).orElseThrow().passcode(Totp.period(keystone.clock.instant()));
    }

    private String byPassword() {
        return "'password': {'user': {'id': '" + user + "', 'password': 'pw'}}";
    }

    private String byPasscode(String passcode) {
        return "'totp': {'user': {'id': '" + user + "', 'passcode': '" + passcode + "'}}";
    }

    private Response totp(String passcode) {
        return keystone.auth("{'methods': ['totp'], " + byPasscode(passcode) + "}", "");
    }

    private Response withReceipt(String receipt, String identity) {
        return keystone.api
                .post(Keystone.V3 + "/auth/tokens")
                .header("Openstack-Auth-Receipt", receipt)
                .json("{'auth': {'identity': " + identity + "}}")
                .send();
    }

    private void rules(String rules) {
        keystone.patch(
                        keystone.admin(),
                        "/users/" + user,
                        "{'user': {'options': {'multi_factor_auth_rules': " + rules + "}}}")
                .expect(200);
    }

    @Test
    void aPasscodeIsTakenOnceAndInTheNextPeriodStill() {
        String passcode = passcode();
        Response response = totp(passcode).expect(201);
        assertThat(response.text("/token/methods/0")).isEqualTo("totp");
        totp(passcode).expect(401);
        keystone.clock.move(Duration.ofSeconds(30));
        String next = passcode();
        keystone.clock.move(Duration.ofSeconds(30));
        totp(next).expect(201);
        String late = passcode();
        keystone.clock.move(Duration.ofSeconds(61));
        totp(late).expect(401);
        totp("000000000").expect(401);
        totp("").expect(401);
    }

    @Test
    void rulesAloneAreEnforcedAndOneOfThemIsEnough() {
        rules("[['password', 'totp'], ['application_credential']]");
        keystone.login(name, "pw", "").expect(401);
        totp(passcode()).expect(401);
        keystone.clock.move(Duration.ofSeconds(60));
        Response both =
                keystone.auth(
                                "{'methods': ['password', 'totp'], "
                                        + byPassword()
                                        + ", "
                                        + byPasscode(passcode())
                                        + "}",
                                "")
                        .expect(201);
        assertThat(both.json().at("/token/methods").toString()).contains("password", "totp");
        // A token that was had by both is exchanged like any other.
        String token = String.valueOf(both.headers().get("x-subject-token"));
        keystone.auth("{'methods': ['token'], 'token': {'id': '" + token + "'}}", "").expect(201);
        rules("[['carrier_pigeon']]");
        keystone.login(name, "pw", "").expect(201);
    }

    @Test
    void aTokenOfTheTimeBeforeTheRulesIsNotExchangedForOneOfThem() {
        String token = keystone.token(name, "pw", "");
        rules("[['password', 'totp']]");
        keystone.auth("{'methods': ['token'], 'token': {'id': '" + token + "'}}", "").expect(401);
    }

    @Test
    void theFirstFactorGivesAReceiptAndTheReceiptWithTheSecondAToken() {
        rules("[['password', 'totp'], ['totp', 'x509']]");
        Response first = keystone.login(name, "pw", "").expect(401);
        String receipt = String.valueOf(first.headers().get("openstack-auth-receipt"));
        assertThat(first.text("/receipt/methods/0")).isEqualTo("password");
        assertThat(first.text("/receipt/user/id")).isEqualTo(user);
        assertThat(first.text("/receipt/user/domain/id")).isEqualTo("default");
        assertThat(first.json().at("/required_auth_methods").toString())
                .isEqualTo("[[\"password\",\"totp\"]]");
        String second = "{'methods': ['totp'], " + byPasscode(passcode()) + "}";
        withReceipt("nonsense", second).expect(401);
        keystone.clock.move(Duration.ofSeconds(60));
        Response token =
                withReceipt(receipt, "{'methods': ['totp'], " + byPasscode(passcode()) + "}")
                        .expect(201);
        assertThat(token.json().at("/token/methods").toString()).contains("password", "totp");
    }

    @Test
    void aReceiptIsForItsUserForItsTimeAndNoToken() {
        rules("[['password', 'totp']]");
        String receipt =
                String.valueOf(
                        keystone.login(name, "pw", "")
                                .expect(401)
                                .headers()
                                .get("openstack-auth-receipt"));
        keystone.get(receipt, "/auth/projects").expect(401);
        String stranger = keystone.user("stranger" + count, "pw");
        withReceipt(
                        receipt,
                        "{'methods': ['password'], 'password': {'user': {'id': '"
                                + stranger
                                + "', 'password': 'pw'}}}")
                .expect(401);
        withReceipt(keystone.admin(), "{'methods': ['totp'], " + byPasscode(passcode()) + "}")
                .expect(401);
        keystone.clock.move(Duration.ofMinutes(6));
        withReceipt(receipt, "{'methods': ['totp'], " + byPasscode(passcode()) + "}").expect(401);
    }

    @Test
    void aNewPasswordEndsTheReceiptsOfTheOldOne() {
        rules("[['password', 'totp']]");
        String receipt =
                String.valueOf(
                        keystone.login(name, "pw", "")
                                .expect(401)
                                .headers()
                                .get("openstack-auth-receipt"));
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'other'}}")
                .expect(200);
        withReceipt(receipt, "{'methods': ['totp'], " + byPasscode(passcode()) + "}").expect(401);
    }
}
