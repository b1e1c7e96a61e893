package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What who manages a domain may not: become admin, let strangers in, rule the domain itself. */
@TestInstance(Lifecycle.PER_CLASS)
class DomainManagersTest {
    private final Keystone keystone = new Keystone();
    private String home = "";
    private String project = "";
    private String member = "";
    private String stranger = "";
    private String manager = "";

    @BeforeAll
    void aDomainAndWhoManagesIt() {
        String admin = keystone.admin();
        home =
                keystone.post(admin, "/domains", "{'domain': {'name': 'managed'}}")
                        .expect(201)
                        .text("/domain/id");
        String id = keystone.user("manager", "pw");
        keystone.put(
                        admin,
                        "/domains/" + home + "/users/" + id + "/roles/" + keystone.role("manager"))
                .expect(204);
        manager = keystone.token("manager", "pw", "{'domain': {'id': '" + home + "'}}");
        project = made("project", "p");
        member = made("user", "u");
        stranger = keystone.user("stranger", "pw");
    }

    @AfterAll
    void close() {
        keystone.close();
    }

    private String made(String what, String name) {
        return keystone.post(
                        manager,
                        "/" + what + "s",
                        "{'%s': {'name': '%s', 'domain_id': '%s'}}".formatted(what, name, home))
                .expect(201)
                .text("/" + what + "/id");
    }

    private ApiTester.Response give(String place, String holder, String role) {
        return keystone.put(manager, place + "/users/" + holder + "/roles/" + keystone.role(role));
    }

    @Test
    void handsOnTheRolesUpToItsOwn() {
        for (String role : new String[] {"reader", "member", "manager"}) {
            give("/projects/" + project, member, role).expect(204);
            give("/domains/" + home, member, role).expect(204);
        }
    }

    @Test
    void handsOnNoRoleAboveItsOwn() {
        give("/projects/" + project, member, "admin").expect(403);
        give("/domains/" + home, member, "admin").expect(403);
        give("/projects/" + project, member, "service").expect(403);
        keystone.put(
                        manager,
                        "/OS-INHERIT/domains/"
                                + home
                                + "/users/"
                                + member
                                + "/roles/"
                                + keystone.role("admin")
                                + "/inherited_to_projects")
                .expect(403);
    }

    @Test
    void givesStrangersNothing() {
        give("/projects/" + project, stranger, "reader").expect(403);
        give("/domains/default", member, "reader").expect(403);
    }

    @Test
    void doesNotRuleItsDomainUnderTheNameOfAProject() {
        keystone.patch(manager, "/projects/" + home, "{'project': {'enabled': false}}").expect(403);
        keystone.delete(manager, "/projects/" + home).expect(403);
        keystone.put(manager, "/projects/" + home + "/tags/mine").expect(403);
        assertThat(keystone.get(keystone.admin(), "/domains/" + home).text("/domain/enabled"))
                .isEqualTo("true");
    }

    /** Rules of the whole cloud's things are for tokens of the system and of projects. */
    @Test
    void doesNotRuleTheCloudEvenAsAdminOfTheDomain() {
        String id = keystone.user("domain-admin", "pw");
        keystone.put(
                        keystone.admin(),
                        "/domains/" + home + "/users/" + id + "/roles/" + keystone.role("admin"))
                .expect(204);
        String admin = keystone.token("domain-admin", "pw", "{'domain': {'id': '" + home + "'}}");
        keystone.get(admin, "/users").expect(200);
        keystone.post(admin, "/regions", "{'region': {'id': 'own'}}").expect(403);
        keystone.post(admin, "/domains", "{'domain': {'name': 'own'}}").expect(403);
        keystone.post(admin, "/roles", "{'role': {'name': 'own'}}").expect(403);
        keystone.get(admin, "/services").expect(403);
        keystone.put(admin, "/system/users/" + id + "/roles/" + keystone.role("admin")).expect(403);
    }

    @Test
    void seesTheRolesThatItHandsOn() {
        keystone.get(manager, "/roles").expect(200);
        keystone.get(manager, "/roles/" + keystone.role("member")).expect(200);
        keystone.get(manager, "/roles/" + keystone.role("admin")).expect(403);
    }

    @Test
    void isToldTheSameOfWhatIsNotThereAndOfWhatIsAnothers() {
        for (String path :
                new String[] {
                    "/projects/missing",
                    "/projects/" + keystone.made.adminProject(),
                    "/users/missing",
                    "/users/" + stranger,
                    "/groups/missing"
                }) {
            keystone.get(manager, path).expect(403);
        }
        keystone.get(manager, "/projects/" + project + "/users/missing/roles").expect(404);
    }
}
