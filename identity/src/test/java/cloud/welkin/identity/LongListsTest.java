package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.saml.Responses;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.testing.ApiTester.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Lists that are longer than what is ever answered in one piece: none of them stops silently. */
@TestInstance(Lifecycle.PER_CLASS)
class LongListsTest {
    private static final int MORE = ListLimits.MOST + 1;

    private final Keystone keystone = new Keystone();
    private final String admin = keystone.admin();
    private String user = "";
    private String project = "";

    @AfterAll
    void close() {
        keystone.close();
    }

    /** One of each, which the tests make many of. */
    @BeforeAll
    void one() {
        user = keystone.get(admin, "/users?name=admin").expect(200).text("/users/0/id");
        project = keystone.made.adminProject().value();
        made("POST", "/OS-OAUTH1/consumers", "{'consumer': {}}");
        made("PUT", "/OS-FEDERATION/identity_providers/one", "{'identity_provider': {}}");
        made(
                "PUT",
                "/OS-FEDERATION/mappings/one",
                "{'mapping': {'rules': [{'local': [{'user': {'name': '{0}'}}],"
                        + " 'remote': [{'type': 'REMOTE_USER'}]}]}}");
        made(
                "PUT",
                "/OS-FEDERATION/identity_providers/one/protocols/one",
                "{'protocol': {'mapping_id': 'one'}}");
        made(
                "PUT",
                "/OS-FEDERATION/service_providers/one",
                "{'service_provider': {'auth_url': 'http://a.test/v3', 'sp_url': 'http://a.test/v3'}}");
        made(
                "POST",
                "/users/" + user + "/application_credentials",
                "{'application_credential': {'name': 'one', 'access_rules': [{'service':"
                        + " 'compute', 'method': 'GET', 'path': '/v2.1/servers'}]}}");
        made(
                "POST",
                "/users/" + user + "/credentials/OS-EC2",
                "{'tenant_id': '%s'}".formatted(project));
        made("POST", "/roles", "{'role': {'name': 'one'}}");
        made("POST", "/policies", "{'policy': {'blob': 'x', 'type': 'text/plain'}}");
        made("POST", "/regions", "{'region': {'id': 'one'}}");
        made("POST", "/services", "{'service': {'name': 'one', 'type': 'one'}}");
        String service = keystone.get(admin, "/services?name=one").text("/services/0/id");
        made(
                "POST",
                "/endpoints",
                "{'endpoint': {'service_id': '%s', 'interface': 'public', 'url': 'http://a.test'}}"
                        .formatted(service));
        made(
                "POST",
                "/registered_limits",
                "{'registered_limits': [{'service_id': '%s', 'resource_name': 'one', 'default_limit': 1}]}"
                        .formatted(service));
        String trustee = keystone.user("trustee", "pw");
        made(
                "POST",
                "/OS-TRUST/trusts",
                "{'trust': {'trustor_user_id': '%s', 'trustee_user_id': '%s', 'impersonation': false,"
                                .formatted(user, trustee)
                        + " 'project_id': '%s', 'roles': [{'name': 'member'}]}}"
                                .formatted(project));
        keystone.database
                .database()
                .change(
                        tx ->
                                tx.sql()
                                        .execute(
                                                "insert into identity.oauth_token (id, access,"
                                                        + " consumer_id, secret, project_id, user_id,"
                                                        + " role_ids) select 'one', true, id, secret,"
                                                        + " ?, ?, '{}' from identity.oauth_consumer",
                                                project,
                                                user));
    }

    private void made(String method, String path, String json) {
        Response answer = keystone.as(admin, method, path).json(json).send();
        assertThat(answer.status()).as(path).isIn(200, 201);
    }

    /** Copies of a table's rows, with ids of their own and one more column that must differ. */
    private void copy(String table, String column) {
        keystone.database
                .database()
                .change(
                        tx ->
                                tx.sql()
                                        .execute(
                                                """
                                                insert into identity.%1$s
                                                select (jsonb_populate_record(t, jsonb_build_object(
                                                    'id', 'Copy-' || lpad(n::text, 5, '0'),
                                                    '%2$s', 'Copy-' || lpad(n::text, 5, '0')))).*
                                                from identity.%1$s t, generate_series(1, %3$d) n
                                                where t.id = (select max(id) from identity.%1$s)
                                                """
                                                        .formatted(table, column, MORE)));
    }

    @ParameterizedTest
    @CsvSource({
        "oauth_consumer, description, /OS-OAUTH1/consumers, consumers",
        "federation_mapping, id, /OS-FEDERATION/mappings, mappings",
        "federation_protocol, id, /OS-FEDERATION/identity_providers/one/protocols, protocols",
        "identity_provider, id, /OS-FEDERATION/identity_providers, identity_providers",
        "service_provider, id, /OS-FEDERATION/service_providers, service_providers",
        "application_credential, name, /users/{user}/application_credentials,"
                + " application_credentials",
        "access_rule, path, /users/{user}/access_rules, access_rules",
        "oauth_token, id, /users/{user}/OS-OAUTH1/access_tokens, access_tokens",
        "credential, access_hash, /credentials, credentials",
        "role, name, /roles, roles",
        "policy, id, /policies, policies",
        "region, id, /regions, regions",
        "service, name, /services, services",
        "endpoint, id, /endpoints, endpoints",
        "registered_limit, resource_name, /registered_limits, registered_limits",
        "trust, id, /OS-TRUST/trusts, trusts"
    })
    void aListLeadsThroughAllOfItsRows(String table, String column, String path, String name) {
        copy(table, column);
        List<String> seen = new ArrayList<>();
        String next = path.replace("{user}", user);
        int pages = 0;
        while (!next.isEmpty()) {
            Response page = keystone.get(admin, next).expect(200);
            JsonNode rows = page.json().path(name);
            assertThat(rows.size()).isPositive().isLessThanOrEqualTo(ListLimits.MOST);
            rows.forEach(row -> seen.add(row.path("id").asString()));
            JsonNode link = page.json().at("/links/next");
            assertThat(page.json().path("truncated").asBoolean(false)).isEqualTo(link.isString());
            next = link.isString() ? link.asString().split(Keystone.V3, 2)[1] : "";
            pages++;
        }
        assertThat(pages).isEqualTo(2);
        assertThat(seen).doesNotHaveDuplicates().hasSizeGreaterThan(ListLimits.MOST);
        assertThat(seen.stream().filter(id -> id.startsWith("Copy-"))).hasSize(MORE);
    }

    /** Keystone's has no pages. */
    @Test
    void allProjectsThatOneMayHaveATokenForAreTold() {
        String member = keystone.user("of-many", "pw");
        keystone.database
                .database()
                .change(
                        tx -> {
                            tx.sql()
                                    .execute(
                                            "insert into identity.project (id, domain_id, parent_id,"
                                                    + " name) select 'many' || n, 'default',"
                                                    + " 'default', 'many' || n from"
                                                    + " generate_series(1, ?) n",
                                            MORE);
                            tx.sql()
                                    .execute(
                                            "insert into identity.assignment (user_id, target_kind,"
                                                    + " target_id, role_id) select ?, 'project', id, ?"
                                                    + " from identity.project where id like 'many%'",
                                            member, keystone.role("reader"));
                        });
        assertThat(
                        keystone.get(keystone.token("of-many", "pw", ""), "/auth/projects")
                                .expect(200)
                                .json()
                                .path("projects")
                                .size())
                .isEqualTo(MORE);
    }

    /** Their ids are no part of what is shown. */
    @Test
    void aUsersEc2KeysAreAllThere() {
        String other = keystone.user("ec2", "pw");
        for (int i = 0; i < 3; i++) {
            made(
                    "POST",
                    "/users/" + other + "/credentials/OS-EC2",
                    "{'tenant_id': '%s'}".formatted(project));
        }
        List<String> seen = new ArrayList<>();
        String next = "/users/" + other + "/credentials/OS-EC2?limit=2";
        while (!next.isEmpty()) {
            Response page = keystone.get(admin, next).expect(200);
            page.json().path("credentials").forEach(row -> seen.add(row.path("access").asString()));
            JsonNode link = page.json().at("/links/next");
            next = link.isString() ? link.asString().split(Keystone.V3, 2)[1] : "";
        }
        assertThat(seen).doesNotHaveDuplicates().hasSize(3);
    }

    @Test
    void aProtocolIsFoundWhereverItsProviderStandsInTheList() {
        made(
                "PUT",
                "/OS-FEDERATION/identity_providers/zz",
                "{'identity_provider': {'enabled': true}}");
        made(
                "PUT",
                "/OS-FEDERATION/identity_providers/zz/protocols/any",
                "{'protocol': {'mapping_id': 'one'}}");
        keystone.as(admin, "PUT", "/OS-FEDERATION/identity_providers/zz/protocols/any/verification")
                .body(
                        "application/json",
                        Json.bytes(
                                Map.of(
                                        "verification",
                                        Map.of("saml", Map.of("metadata", Responses.metadata())))))
                .send()
                .expect(200);
        keystone.api
                .get(
                        Keystone.V3
                                + "/auth/OS-FEDERATION/websso/any?origin="
                                + java.net.URLEncoder.encode(
                                        Keystone.DASHBOARD,
                                        java.nio.charset.StandardCharsets.UTF_8))
                .send()
                .expect(302);
    }
}
