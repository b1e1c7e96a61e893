package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** /v3/domains/{domain_id}/config, the options of domains. */
class DomainConfigTest {
    private static final String BOTH =
            "{'config': {'identity': {'driver': 'ldap'}, 'ldap': {'url': 'ldap://one', 'user': 'u',"
                    + " 'password': 'pass-word'}}}";

    private final Keystone keystone = new Keystone();
    private final String admin = keystone.admin();
    private String config = "";

    @BeforeEach
    void domain() {
        config =
                "/domains/"
                        + keystone.post(admin, "/domains", "{'domain': {'name': 'corp'}}")
                                .expect(201)
                                .text("/domain/id")
                        + "/config";
    }

    @AfterEach
    void close() {
        keystone.close();
    }

    private ApiTester.Response put(String json) {
        return keystone.as(admin, "PUT", config).json(json).send();
    }

    private ApiTester.Response get(String path) {
        return keystone.get(admin, path);
    }

    @Test
    void whatIsSetIsShownButForSecrets() {
        get(config).expect(404);
        assertThat(put(BOTH).expect(201).json().toString()).doesNotContain("pass-word");
        var shown = get(config).expect(200);
        assertThat(shown.text("/config/ldap/url")).isEqualTo("ldap://one");
        assertThat(shown.json().at("/config/ldap").has("password")).isFalse();
        assertThat(get(config + "/ldap").expect(200).json().at("/config/ldap").has("password"))
                .isFalse();
        get(config + "/ldap/password").expect(404);
        assertThat(get(config + "/ldap/url").expect(200).text("/config/url"))
                .isEqualTo("ldap://one");
        String rows =
                keystone.database
                        .database()
                        .read(tx -> tx.sql().fetch("select * from identity.domain_config"))
                        .toString();
        assertThat(rows).doesNotContain("pass-word");
    }

    @Test
    void setAgainItIsReplacedChangedItIsMerged() {
        put(BOTH).expect(201);
        put("{'config': {'ldap': {'url': 'ldap://two'}}}").expect(200);
        assertThat(get(config).json().at("/config").has("identity")).isFalse();
        assertThat(get(config).json().at("/config/ldap").has("user")).isFalse();
        keystone.patch(admin, config, "{'config': {'ldap': {'user': 'v'}}}").expect(200);
        assertThat(get(config).text("/config/ldap/url")).isEqualTo("ldap://two");
        assertThat(get(config).text("/config/ldap/user")).isEqualTo("v");
        keystone.patch(admin, config + "/ldap", "{'config': {'ldap': {'user': 'w'}}}").expect(200);
        keystone.patch(admin, config + "/ldap/url", "{'config': {'url': 'ldap://three'}}")
                .expect(200);
        assertThat(get(config + "/ldap").text("/config/ldap/user")).isEqualTo("w");
        assertThat(get(config + "/ldap/url").text("/config/url")).isEqualTo("ldap://three");
    }

    @Test
    void whatIsDeletedIsGone() {
        put(BOTH).expect(201);
        keystone.delete(admin, config + "/ldap/url").expect(204);
        get(config + "/ldap/url").expect(404);
        keystone.delete(admin, config + "/ldap").expect(204);
        get(config + "/ldap").expect(404);
        keystone.delete(admin, config + "/ldap").expect(404);
        get(config + "/identity").expect(200);
        keystone.delete(admin, config).expect(204);
        get(config).expect(404);
        get("/domains/no-such/config").expect(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'config': {}}",
                "{'config': {'ldap': {}}}",
                "{'config': {'ldap': 'x'}}",
                "{'config': {'token': {'driver': 'x'}}}",
                "{'config': {'ldap': {'no_such': 'x'}}}",
                "{'config': {'identity': {'driver': ['ldap']}}}"
            })
    void whatThereIsNotIsRefusedAndChangesNothing(String json) {
        put(BOTH).expect(201);
        put(json).expect(403);
        keystone.patch(admin, config, json).expect(403);
        assertThat(get(config).text("/config/ldap/url")).isEqualTo("ldap://one");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ldap|{'config': {'identity': {'driver': 'sql'}}}|403",
                "/ldap|{'config': {'ldap': {'url': 'x'}, 'identity': {'driver': 'sql'}}}|403",
                "/ldap/url|{'config': {'user': 'x'}}|403",
                "/ldap/url|{'config': {'url': 'x', 'user': 'y'}}|403",
                "/ldap/suffix|{'config': {'suffix': 'x'}}|404",
                "/token|{'config': {'token': {}}}|403"
            })
    void aPartIsChangedByItselfAndOnlyIfItIsSet(String part, String json, int status) {
        put(BOTH).expect(201);
        keystone.patch(admin, config + part, json).expect(status);
    }

    @Test
    void aDriverThatThereIsNotIsKeptAsKeystoneKeepsItAndReachesNobody() {
        String domain = config.split("/")[2];
        String user =
                keystone.post(
                                admin,
                                "/users",
                                "{'user': {'name': 'joe', 'password': 'pw', 'domain_id': '"
                                        + domain
                                        + "'}}")
                        .expect(201)
                        .text("/user/id");
        put("{'config': {'identity': {'driver': 'mysql'}}}").expect(201);
        get("/users/" + user).expect(404);
        get("/users?domain_id=" + domain).expect(503);
        keystone.as(admin, "PATCH", config + "/identity/driver")
                .json("{'config': {'driver': 'sql'}}")
                .send()
                .expect(200);
        get("/users/" + user).expect(200);
    }

    @Test
    void aDomainMaySayHowManyOfItsUsersAreShownAtOnce() {
        String domain = config.split("/")[2];
        for (String name : new String[] {"a", "b", "c"}) {
            keystone.post(
                            admin,
                            "/users",
                            "{'user': {'name': '" + name + "', 'domain_id': '" + domain + "'}}")
                    .expect(201);
        }
        put("{'config': {'identity': {'list_limit': 2}}}").expect(201);
        var users = get("/users?domain_id=" + domain).expect(200);
        assertThat(users.json().at("/users")).hasSize(2);
        assertThat(users.json().at("/truncated").asBoolean()).isTrue();
        assertThat(get("/users?domain_id=" + domain + "&limit=1").json().at("/users")).hasSize(1);
        keystone.delete(admin, config).expect(204);
        assertThat(get("/users?domain_id=" + domain).json().at("/users")).hasSize(3);
    }

    @Test
    void theUsersOfTheDefaultDomainStayInTheDatabase() {
        config = "/domains/default/config";
        put(BOTH).expect(403);
        put("{'config': {'identity': {'driver': 'sql'}}}").expect(201);
        keystone.admin();
    }

    @Test
    void whatHoldsByDefaultIsShown() {
        assertThat(get("/domains/config/default").expect(200).text("/config/identity/driver"))
                .isEqualTo("sql");
        assertThat(get("/domains/config/ldap/default").text("/config/ldap/query_scope"))
                .isEqualTo("one");
        assertThat(get("/domains/config/ldap/url/default").text("/config/url"))
                .isEqualTo("ldap://localhost");
        get("/domains/config/ldap/password/default").expect(403);
        get("/domains/config/token/default").expect(403);
        get("/domains/config/ldap/no_such/default").expect(403);
    }

    @Test
    void whatIsAskedOfPasswordsEverybodyMayRead() {
        keystone.user("reader", "pw");
        String reader = keystone.token("reader", "pw", "");
        String group = "/domains/default/config/security_compliance";
        assertThat(keystone.get(reader, group).expect(200).json().at("/config/security_compliance"))
                .hasSize(2);
        keystone.get(reader, group + "/password_regex").expect(200);
        keystone.get(reader, group + "/lockout_duration").expect(403);
        keystone.get(reader, config + "/security_compliance").expect(403);
        keystone.get(reader, config).expect(403);
        keystone.get(reader, config + "/ldap").expect(403);
    }

    @Test
    void secretsOutliveTheirKey() {
        put(BOTH).expect(201);
        keystone.service.keys().rotateCredentials();
        keystone.service.keys().reencrypt();
        keystone.service.keys().rotateCredentials();
        keystone.service.keys().reencrypt();
        assertThat(get(config).expect(200).text("/config/ldap/user")).isEqualTo("u");
        keystone.patch(admin, config, "{'config': {'ldap': {'user': 'v'}}}").expect(200);
    }
}
