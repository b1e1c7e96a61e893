package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiContract;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class IdentityContractTest {
    private final Keystone keystone = new Keystone();

    @AfterAll
    void noOperationReadsATableFromEndToEnd() {
        keystone.close();
        // Keystone's list of all assignments has neither limit nor order of its own.
        assertThat(keystone.database.readFromEndToEnd()).isSubsetOf("identity.assignment");
    }

    @BeforeAll
    void users() {
        String project = keystone.project("contract");
        for (String role : java.util.List.of("reader", "member", "manager")) {
            keystone.grant(keystone.user(role, "pw"), project, role);
        }
        keystone.user("nobody", "pw");
        keystone.grant(keystone.user("service", "pw"), project, "service");
        String admin = keystone.admin();
        for (String role : java.util.List.of("reader", "manager")) {
            keystone.put(
                            admin,
                            "/domains/default/users/"
                                    + keystone.user("domain-" + role, "pw")
                                    + "/roles/"
                                    + keystone.role(role))
                    .expect(204);
        }
        keystone.put(
                        admin,
                        "/system/users/"
                                + keystone.user("system-reader", "pw")
                                + "/roles/"
                                + keystone.role("reader"))
                .expect(204);
    }

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract() {
        String scope = "{'project': {'name': 'contract', 'domain': {'id': 'default'}}}";
        return keystone.service.apis().stream()
                .flatMap(
                        api ->
                                ApiContract.of(keystone.api, api, keystone.caller(keystone.admin()))
                                        .caller(
                                                "reader",
                                                keystone.caller(
                                                        keystone.token("reader", "pw", scope)))
                                        .caller(
                                                "member",
                                                keystone.caller(
                                                        keystone.token("member", "pw", scope)))
                                        .caller(
                                                "manager",
                                                keystone.caller(
                                                        keystone.token("manager", "pw", scope)))
                                        .caller(
                                                "unscoped",
                                                keystone.caller(keystone.token("nobody", "pw", "")))
                                        .caller(
                                                "service",
                                                keystone.caller(
                                                        keystone.token("service", "pw", scope)))
                                        .caller("domain reader", ofDomain("domain-reader"))
                                        .caller("domain manager", ofDomain("domain-manager"))
                                        .caller(
                                                "system reader",
                                                keystone.caller(
                                                        keystone.token(
                                                                "system-reader",
                                                                "pw",
                                                                "{'system': {'all': true}}")))
                                        .caller(
                                                "system admin",
                                                keystone.caller(
                                                        keystone.token(
                                                                "admin",
                                                                "secret",
                                                                "{'system': {'all': true}}")))
                                        .tests());
    }

    private cloud.welkin.kernel.policy.Caller ofDomain(String user) {
        return keystone.caller(keystone.token(user, "pw", "{'domain': {'id': 'default'}}"));
    }
}
