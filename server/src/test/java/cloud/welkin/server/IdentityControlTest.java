package cloud.welkin.server;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.IdentitySecurity;
import cloud.welkin.identity.IdentityService;
import cloud.welkin.identity.ListLimits;
import cloud.welkin.identity.Partners;
import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.identity.domain.TokenCodec;
import cloud.welkin.identity.ldap.LdapRules;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.server.UnixHttp.Answer;
import cloud.welkin.server.UnixHttp.Question;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import picocli.CommandLine;

/** What operators ask of accounts, keys, events and rules, as the commands ask it. */
@TestInstance(Lifecycle.PER_CLASS)
class IdentityControlTest {
    private static final String DEMO = "demo";

    private final TestDatabase database = TestDatabase.with("kernel", "identity");
    private final IdentityService identity =
            new IdentityService(
                    database.database(),
                    Clock.systemUTC(),
                    new IdentityService.Options(
                            Duration.ofHours(1),
                            4,
                            IdentitySecurity.USUAL,
                            new CertificateMapping(List.of()),
                            LimitModel.FLAT,
                            5,
                            true,
                            Partners.USUAL,
                            LdapRules.USUAL,
                            ListLimits.USUAL,
                            new MasterKeys(
                                    List.of(TokenCodec.newKey(new SecureRandom())),
                                    new SecureRandom())),
                    List.of(new CatalogEntry("identity", "keystone", "/identity", false)));
    private final IdentityControl control = new IdentityControl(identity, Clock.systemUTC());
    private final PolicyControl policy =
            new PolicyControl(
                    Policy.of(
                            identity.apis().stream()
                                    .flatMap(api -> api.rules().stream())
                                    .distinct()
                                    .toList(),
                            Map.of()),
                    identity.authenticator(),
                    identity.accounts());

    @BeforeAll
    void accounts() {
        database.database().write(tx -> identity.bootstrap(tx, "secret", true, "demo"));
    }

    @AfterAll
    void close() {
        identity.close();
        database.close();
    }

    private static Question question(String method, String url, Optional<String> token) {
        String[] parts = url.split("\\?", 2);
        return new Question(
                method,
                parts[0],
                name -> name.equals(PolicyControl.TOKEN) ? token : Optional.empty(),
                parts.length == 2 ? Optional.of(parts[1]) : Optional.empty());
    }

    /** As the command asks it. */
    private Answer check(String... words) {
        IdentityCommands.PolicyCheck command = new IdentityCommands.PolicyCheck();
        new CommandLine(command).parseArgs(words);
        return policy.check(question("GET", command.question(), Optional.empty()));
    }

    private static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void aRuleIsExplainedForAUserByNameAndScope() {
        Answer allowed =
                check(
                        "--home",
                        "/x",
                        "--user",
                        "admin",
                        "--project",
                        "admin",
                        "identity:create_user");
        assertThat(allowed.status()).isEqualTo(200);
        assertThat(text(allowed)).startsWith("allowed: user ").contains("yes  role:admin");
        Answer refused =
                check(
                        "--home",
                        "/x",
                        "--user",
                        "demo",
                        "--user-domain",
                        "Default",
                        "--project",
                        DEMO,
                        "--project-domain",
                        "default",
                        "identity:create_user",
                        "target.user.domain_id=default");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(text(refused))
                .startsWith("refused: user ")
                .contains("no   role:admin  (the caller's roles: ")
                .contains("no   domain_id:%(target.user.domain_id)s")
                .contains("the target's: default");
    }

    @Test
    void theSameUserIsJudgedByTheScopeItWouldHave() {
        assertThat(
                        text(
                                check(
                                        "--home",
                                        "/x",
                                        "--user",
                                        "admin",
                                        "--system",
                                        "identity:list_users")))
                .contains("the system")
                .contains("yes  system_scope:all");
        assertThat(text(check("--home", "/x", "--user", "admin", "identity:list_users")))
                .startsWith("refused")
                .contains("no scope");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(text(check("--home", "/x", "--user", "nobody", "identity:list_users")))
                .isEqualTo("there is no user nobody\n");
        assertThat(
                        text(
                                check(
                                        "--home",
                                        "/x",
                                        "--user",
                                        "demo",
                                        "--project",
                                        "ähm",
                                        "identity:list_users")))
                .isEqualTo("there is no project ähm\n");
        assertThat(
                        text(
                                check(
                                        "--home",
                                        "/x",
                                        "--user",
                                        "demo",
                                        "--project",
                                        "admin",
                                        "identity:list_users")))
                .contains("gets no token for this");
        assertThat(text(check("--home", "/x", "--user", "demo", "identity:fly")))
                .contains("there is no rule identity:fly");
        assertThat(text(check("--home", "/x", "--user", "demo", "identity:list_users", "x")))
                .contains("NAME=VALUE");
        assertThat(text(check("--home", "/x", "identity:list_users"))).contains("nobody is named");
        assertThat(
                        text(
                                check(
                                        "--home",
                                        "/x",
                                        "--user",
                                        "demo",
                                        "--system",
                                        "--domain",
                                        "Default",
                                        "identity:list_users")))
                .contains("a project, a domain or the system");
    }

    @Test
    void aTokenSaysWhoAsksToo() {
        ApiTester api =
                new ApiTester(
                        database.database(),
                        identity.authenticator(),
                        identity.apis(),
                        identity.audit());
        String token =
                String.valueOf(
                        api.post("/identity/v3/auth/tokens")
                                .json(
                                        "{'auth': {'identity': {'methods': ['password'], 'password':"
                                                + " {'user': {'name': 'admin', 'domain': {'id': 'default'},"
                                                + " 'password': 'secret'}}}, 'scope': {'system': {'all':"
                                                + " true}}}}")
                                .send()
                                .expect(201)
                                .headers()
                                .get("x-subject-token"));
        String url = "/policy/check?rule=identity:list_users";
        assertThat(policy.check(question("GET", url, Optional.of(token))).status()).isEqualTo(200);
        assertThat(policy.check(question("GET", url, Optional.of("x"))).status()).isEqualTo(400);
        assertThat(
                        text(
                                control.audit(
                                        question(
                                                "GET",
                                                "/audit?action=authenticate",
                                                Optional.empty()))))
                .contains("\"outcome\": \"success\"");
    }

    @Test
    void theAuditIsNarrowedAsAsked() {
        assertThat(
                        control.audit(question("GET", "/audit?since=yesterday", Optional.empty()))
                                .status())
                .isEqualTo(400);
        assertThat(text(control.audit(question("GET", "/audit?target=nothing", Optional.empty()))))
                .isEmpty();
    }

    @Test
    void keysAreShownAndRotated() {
        long before =
                text(control.keys(question("GET", "/keys", Optional.empty()))).lines().count();
        Answer rotated = control.keys(question("POST", "/keys?rotate=tokens", Optional.empty()));
        assertThat(text(rotated)).startsWith("rotated;").contains("token key");
        assertThat(text(control.keys(question("GET", "/keys", Optional.empty()))).lines().count())
                .isGreaterThan(before);
        assertThat(
                        control.keys(question("POST", "/keys?rotate=credentials", Optional.empty()))
                                .status())
                .isEqualTo(200);
        for (String outcome : List.of("staged;", "rotated;", "staged;")) {
            assertThat(text(control.keys(question("POST", "/keys?rotate=saml", Optional.empty()))))
                    .startsWith(outcome)
                    .contains("SAML key");
        }
        assertThat(control.keys(question("POST", "/keys?rotate=all", Optional.empty())).status())
                .isEqualTo(400);
    }

    @Test
    void commandsThatFindNoProgramSaySo() {
        Path nowhere = Path.of("/nonexistent");
        assertThat(
                        new CommandLine(new IdentityCommands.AuditTrail())
                                .execute("--home", nowhere.toString(), "--since", "24h"))
                .isEqualTo(3);
        assertThat(
                        new CommandLine(new IdentityCommands.KeyRotation())
                                .execute("--home", nowhere.toString(), "--rotate", "tokens"))
                .isEqualTo(3);
        assertThat(
                        new CommandLine(new IdentityCommands.PolicyCheck())
                                .execute("--home", nowhere.toString(), "--user", "x", "identity:x"))
                .isEqualTo(3);
    }
}
