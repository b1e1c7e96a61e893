package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A cloud with a domain, {@code corp}, whose users a real directory has. */
final class Corporation implements AutoCloseable {
    final Keystone keystone = new Keystone();
    final Slapd slapd;
    final String admin;
    final String domain;

    Corporation(Path home) {
        slapd = new Slapd(home);
        admin = keystone.admin();
        domain = domain("corp");
        configure(domain, Map.of());
    }

    String domain(String name) {
        return keystone.post(admin, "/domains", "{'domain': {'name': '" + name + "'}}")
                .expect(201)
                .text("/domain/id");
    }

    /** Gives a domain the directory, with these options of [ldap] beside or over the usual. */
    void configure(String id, Map<String, String> over) {
        Map<String, String> options =
                new TreeMap<>(
                        Map.of(
                                "url", slapd.url(),
                                "user", Slapd.ROOT,
                                "password", Slapd.PASSWORD,
                                "suffix", "dc=example,dc=org",
                                "user_id_attribute", "uid",
                                "user_name_attribute", "cn",
                                "group_tree_dn", "ou=Groups,dc=example,dc=org",
                                "group_name_attribute", "cn"));
        options.putAll(over);
        StringBuilder json = new StringBuilder();
        options.forEach(
                (name, value) ->
                        json.append(json.isEmpty() ? "" : ", ")
                                .append("'" + name + "': '" + value + "'"));
        ApiTester.Response done =
                keystone.as(admin, "PUT", "/domains/" + id + "/config")
                        .json(
                                "{'config': {'identity': {'driver': 'ldap'}, 'ldap': {"
                                        + json
                                        + "}}}")
                        .send();
        assertThat(done.status()).as(done.json().toString()).isIn(200, 201);
    }

    /** Asks the directories about those who are known, as is done regularly. */
    void check() {
        keystone.service.reconcilers().stream()
                .filter(reconciler -> reconciler.name().equals("identity directories"))
                .forEach(reconciler -> reconciler.reconcile());
    }

    ApiTester.Response signIn(String name, String password, String scope) {
        return signIn(domain, name, password, scope);
    }

    ApiTester.Response signIn(String in, String name, String password, String scope) {
        return keystone.auth(
                "{'methods': ['password'], 'password': {'user': {'name': '"
                        + name
                        + "', 'domain': {'id': '"
                        + in
                        + "'}, 'password': '"
                        + password
                        + "'}}}",
                scope);
    }

    /** A token for a project, or an unscoped one. */
    String token(String name, String project) {
        return java.util.Objects.requireNonNull(
                signIn(
                                name,
                                name,
                                project.isEmpty() ? "" : "{'project': {'id': '" + project + "'}}")
                        .expect(201)
                        .headers()
                        .get("x-subject-token"));
    }

    ApiTester.Response get(String path) {
        return keystone.get(admin, path);
    }

    String userId(String name) {
        return get("/users?name=" + name + "&domain_id=" + domain).expect(200).text("/users/0/id");
    }

    String groupId(String name) {
        return get("/groups?name=" + name + "&domain_id=" + domain)
                .expect(200)
                .text("/groups/0/id");
    }

    @Override
    public void close() {
        keystone.close();
        slapd.close();
    }
}
