package cloud.welkin.identity;

import static cloud.welkin.identity.OidcFixture.authorize;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.Totp;
import cloud.welkin.testing.ApiTester;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who needs a passcode beside the password needs it at the provider's own page too. */
class OidcFactorsTest {
    private static final String SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    private final OidcFixture oidc = new OidcFixture();
    private final OidcFixture.Client client = oidc.confidential();

    @BeforeEach
    void aUserWithADevice() {
        Keystone keystone = oidc.keystone;
        keystone.post(
                        keystone.admin(),
                        "/credentials",
                        "{'credential': {'type': 'totp', 'user_id': '"
                                + oidc.user
                                + "', 'blob': '"
                                + SECRET
                                + "'}}")
                .expect(201);
        keystone.patch(
                        keystone.admin(),
                        "/users/" + oidc.user,
                        "{'user': {'options': {'multi_factor_auth_enabled': true,"
                                + " 'multi_factor_auth_rules': [['password', 'totp']]}}}")
                .expect(200);
        keystone.clock.move(Duration.ofMinutes(2));
    }

    @AfterEach
    void close() {
        oidc.close();
    }

    private String passcode() {
        return Totp.of(SECRET).orElseThrow().passcode(Totp.period(oidc.keystone.clock.instant()));
    }

    private ApiTester.Response signIn(Browser browser, String passcode) {
        ApiTester.Response page = browser.open(authorize(oidc.request(client))).expect(200);
        return browser.submit(
                page,
                Map.of(
                        "user",
                        "erika",
                        "domain",
                        "Default",
                        "password",
                        "geheim",
                        "passcode",
                        passcode));
    }

    private static void isAskedAgain(ApiTester.Response answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(Browser.text(answer)).contains("name=\"passcode\"");
    }

    @Test
    void thePasswordAloneDoesNotDo() {
        isAskedAgain(signIn(oidc.browser(), ""));
        isAskedAgain(signIn(oidc.browser(), "000000"));
    }

    @Test
    void withThePasscodeTheClientLearnsThatThereWereTwoFactors() throws ParseException {
        Browser browser = oidc.browser();
        ApiTester.Response consent = browser.open(Browser.location(signIn(browser, passcode())));
        String code =
                Browser.parameter(browser.submit(consent, Map.of("decision", "allow")), "code");
        SignedJWT id = SignedJWT.parse(oidc.tokens(client, code).expect(200).text("/id_token"));
        assertThat(id.getJWTClaimsSet().getStringListClaim("amr")).contains("pwd", "otp");
    }

    @Test
    void aPasscodeIsGoodOnce() {
        String passcode = passcode();
        assertThat(signIn(oidc.browser(), passcode).status()).isEqualTo(303);
        isAskedAgain(signIn(oidc.browser(), passcode));
    }
}
