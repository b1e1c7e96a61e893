package cloud.welkin.identity;

import cloud.welkin.kernel.id.Ids;
import cloud.welkin.testing.ApiTester;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Makes what the stages of isolation are furnished with; users' passwords are {@code pw}. */
final class IsolationThings {
    private final Keystone keystone;

    IsolationThings(Keystone keystone) {
        this.keystone = keystone;
    }

    /** One that has a configuration to show. */
    String domain() {
        String id =
                keystone.post(
                                keystone.admin(),
                                "/domains",
                                "{'domain': {'name': '%s'}}".formatted(Ids.hex()))
                        .expect(201)
                        .text("/domain/id");
        keystone.as(keystone.admin(), "PUT", "/domains/" + id + "/config")
                .json("{'config': {'identity': {'driver': 'sql'}}}")
                .send()
                .expect(201);
        return id;
    }

    String project(String domain) {
        return keystone.post(
                        keystone.admin(),
                        "/projects",
                        "{'project': {'name': '%s', 'domain_id': '%s'}}"
                                .formatted(Ids.hex(), domain))
                .expect(201)
                .text("/project/id");
    }

    String user(String domain) {
        return keystone.post(
                        keystone.admin(),
                        "/users",
                        "{'user': {'name': '%s', 'domain_id': '%s', 'password': 'pw'}}"
                                .formatted(Ids.hex(), domain))
                .expect(201)
                .text("/user/id");
    }

    String group(String domain) {
        return keystone.post(
                        keystone.admin(),
                        "/groups",
                        "{'group': {'name': '%s', 'domain_id': '%s'}}".formatted(Ids.hex(), domain))
                .expect(201)
                .text("/group/id");
    }

    String credential(String user) {
        return keystone.post(
                        keystone.admin(),
                        "/credentials",
                        "{'credential': {'type': 'cert', 'blob': 'x', 'user_id': '%s'}}"
                                .formatted(user))
                .expect(201)
                .text("/credential/id");
    }

    String ec2(String user, String project) {
        return keystone.post(
                        keystone.admin(),
                        "/users/" + user + "/credentials/OS-EC2",
                        "{'tenant_id': '%s'}".formatted(project))
                .expect(201)
                .text("/credential/access");
    }

    /** An application credential with an access rule. */
    ApiTester.Response applicationCredential(String token, String user) {
        return keystone.post(
                        token,
                        "/users/" + user + "/application_credentials",
                        "{'application_credential': {'name': '%s', 'access_rules': [{'service':"
                                        .formatted(Ids.hex())
                                + " 'compute', 'method': 'GET', 'path': '/%s'}]}}"
                                        .formatted(Ids.hex()))
                .expect(201);
    }

    /** An access rule that nothing has: one in use stays. */
    String accessRule(String token, String user) {
        ApiTester.Response made = applicationCredential(token, user);
        keystone.delete(
                        token,
                        "/users/"
                                + user
                                + "/application_credentials/"
                                + made.text("/application_credential/id"))
                .expect(204);
        return made.text("/application_credential/access_rules/0/id");
    }

    String limit(String project) {
        String admin = keystone.admin();
        String service =
                keystone.post(admin, "/services", "{'service': {'type': 'x', 'name': 'x'}}")
                        .expect(201)
                        .text("/service/id");
        keystone.post(
                        admin,
                        "/registered_limits",
                        "{'registered_limits': [{'service_id': '%s', 'resource_name': 'r',"
                                        .formatted(service)
                                + " 'default_limit': 9}]}")
                .expect(201);
        return keystone.post(
                        admin,
                        "/limits",
                        "{'limits': [{'service_id': '%s', 'resource_name': 'r', 'resource_limit': 3,"
                                        .formatted(service)
                                + " 'project_id': '%s'}]}".formatted(project))
                .expect(201)
                .text("/limits/0/id");
    }

    String token(String user, Optional<Object> scope) {
        Map<String, Object> auth = new HashMap<>();
        auth.put(
                "identity",
                Map.of(
                        "methods",
                        List.of("password"),
                        "password",
                        Map.of("user", Map.of("id", user, "password", "pw"))));
        scope.ifPresent(wanted -> auth.put("scope", wanted));
        return Objects.requireNonNull(
                keystone.api
                        .post(Keystone.V3 + "/auth/tokens")
                        .view(Map.of("auth", auth))
                        .send()
                        .expect(201)
                        .headers()
                        .get("x-subject-token"));
    }
}
