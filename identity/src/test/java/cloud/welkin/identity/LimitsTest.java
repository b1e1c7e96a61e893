package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private final Keystone keystone = new Keystone(LimitModel.STRICT_TWO_LEVEL);
    private final String admin = keystone.admin();
    private final String compute =
            keystone.get(admin, "/services?type=compute").expect(200).text("/services/0/id");
    private final String project = keystone.project("limited");

    @AfterEach
    void close() {
        keystone.close();
    }

    @Test
    void aLimitNeedsARegisteredOneWhichThenCannotBeDeleted() {
        limit("project_id", project, 5, 403);
        String registered = registered(10);
        String limit = limit("project_id", project, 5, 201);
        assertThat(keystone.get(admin, "/limits/" + limit).expect(200).text("/limit/resource_name"))
                .isEqualTo("servers");
        keystone.delete(admin, "/registered_limits/" + registered).expect(403);
        keystone.patch(
                        admin,
                        "/registered_limits/" + registered,
                        "{'registered_limit': {'default_limit': 3}}")
                .expect(403);
        keystone.delete(admin, "/limits/" + limit).expect(204);
        keystone.delete(admin, "/registered_limits/" + registered).expect(204);
    }

    @Test
    void thereIsOneLimitForAResource() {
        registered(10);
        register(compute, 11).expect(409);
        register("nothing", 11).expect(400);
        limit("project_id", project, 5, 201);
        limit("project_id", project, 6, 409);
        limit("domain_id", project, 6, 400);
    }

    @Test
    void aProjectHasNoLimitAboveItsDomainsAndNoProjectBelowIt() {
        registered(10);
        limit("project_id", project, 11, 403);
        limit("project_id", project, -1, 403);
        assertThat(keystone.get(admin, "/limits").json().at("/limits")).isEmpty();
        limit("domain_id", "default", 20, 201);
        String limit = limit("project_id", project, 11, 201);
        keystone.patch(admin, "/limits/" + limit, "{'limit': {'resource_limit': 21}}").expect(403);
        String domain =
                keystone.get(admin, "/limits?domain_id=default").expect(200).text("/limits/0/id");
        keystone.patch(admin, "/limits/" + domain, "{'limit': {'resource_limit': 10}}").expect(403);
        keystone.post(
                        admin,
                        "/projects",
                        "{'project': {'name': 'below', 'parent_id': '" + project + "'}}")
                .expect(403);
    }

    @Test
    void aProjectSeesItsOwnLimitsOnly() {
        registered(10);
        limit("project_id", project, 5, 201);
        String other = limit("project_id", keystone.project("other"), 6, 201);
        keystone.grant(keystone.user("user", "pw"), project, "reader");
        String user =
                keystone.token(
                        "user",
                        "pw",
                        "{'project': {'name': 'limited', 'domain': {'id': 'default'}}}");
        assertThat(keystone.get(user, "/limits").expect(200).json().at("/limits")).hasSize(1);
        keystone.get(user, "/limits/" + other).expect(403);
        assertThat(keystone.get(admin, "/limits").expect(200).json().at("/limits")).hasSize(2);
    }

    @Test
    void quotasObeyTheLimitsThatAreKeptHere() {
        Quotas quotas = new Quotas(keystone.database.database());
        QuotaResource servers = new QuotaResource("compute", "instances", "servers", 7);
        quotas.register(servers);
        quotas.obey(keystone.service.limits());
        assertThat(seen(quotas, servers)).isEqualTo(7);
        registered(10);
        assertThat(seen(quotas, servers)).isEqualTo(10);
        limit("project_id", project, 1, 201);
        assertThat(seen(quotas, servers)).isEqualTo(1);
        keystone.database.database().change(tx -> quotas.take(tx, project, Map.of(servers, 1L)));
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () ->
                                keystone.database
                                        .database()
                                        .change(
                                                tx ->
                                                        quotas.take(
                                                                tx, project, Map.of(servers, 1L))))
                .hasMessageContaining("instances: 1 wanted, 1 of 1 used");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () ->
                                keystone.database
                                        .database()
                                        .change(tx -> quotas.setLimit(tx, project, servers, 5)))
                .hasMessageContaining("unified");
    }

    private long seen(Quotas quotas, QuotaResource resource) {
        return keystone.database.database().read(tx -> quotas.limit(tx, project, resource));
    }

    private String registered(long amount) {
        return register(compute, amount).expect(201).text("/registered_limits/0/id");
    }

    private cloud.welkin.testing.ApiTester.Response register(String service, long amount) {
        return keystone.post(
                admin,
                "/registered_limits",
                "{'registered_limits': [{'service_id': '"
                        + service
                        + "', 'resource_name': 'servers', 'default_limit': "
                        + amount
                        + "}]}");
    }

    /** The limit's id where it was made. */
    private String limit(String kind, String holder, long amount, int status) {
        var response =
                keystone.post(
                                admin,
                                "/limits",
                                "{'limits': [{'"
                                        + kind
                                        + "': '"
                                        + holder
                                        + "', 'service_id': '"
                                        + compute
                                        + "', 'resource_name': 'servers', 'resource_limit': "
                                        + amount
                                        + "}]}")
                        .expect(status);
        return status == 201 ? response.text("/limits/0/id") : "";
    }
}
