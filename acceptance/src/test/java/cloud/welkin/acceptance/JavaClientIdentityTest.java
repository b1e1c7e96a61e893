package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.openstack4j.api.Builders;
import org.openstack4j.api.OSClient.OSClientV3;
import org.openstack4j.api.exceptions.AuthenticationException;
import org.openstack4j.api.identity.v3.IdentityService;
import org.openstack4j.api.types.Facing;
import org.openstack4j.model.common.Identifier;
import org.openstack4j.model.identity.v3.Endpoint;
import org.openstack4j.model.identity.v3.Region;
import org.openstack4j.model.identity.v3.Role;
import org.openstack4j.model.identity.v3.Service;
import org.openstack4j.model.identity.v3.Token;
import org.openstack4j.openstack.OSFactory;

/** openstack4j's identity service, as programs in Java administer a cloud by it. */
@RealCloud
class JavaClientIdentityTest {
    private static final String DOMAIN = "default";

    private final CloudUnderTest cloud;
    private final OSClientV3 client;
    private final IdentityService identity;

    JavaClientIdentityTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        client = signIn("admin", CloudUnderTest.ADMIN_PASSWORD, "admin");
        identity = client.identity();
    }

    private OSClientV3 signIn(String user, String password, String project) {
        return OSFactory.builderV3()
                .endpoint(cloud.origin() + "/identity/v3")
                .credentials(user, password, Identifier.byId(DOMAIN))
                .scopeToProject(Identifier.byName(project), Identifier.byId(DOMAIN))
                .authenticate();
    }

    /** The client keeps who it is by thread: afterwards it is the admin again. */
    private Token tokenOf(String user, String password, String project) {
        try {
            return signIn(user, password, project).getToken();
        } finally {
            OSFactory.clientFromToken(client.getToken());
        }
    }

    @Test
    void usersWithRolesInProjectsSignInUntilTheRoleIsTaken() {
        String name = Names.fresh("user");
        String project = Names.fresh("project");
        var made = identity.projects().create(DOMAIN, project, "of a test", true);
        var user = identity.users().create(DOMAIN, name, "geheim1234", "a@example.org", true);
        String member = identity.roles().getByName("member").getFirst().getId();
        assertThat(identity.roles().grantProjectUserRole(made.getId(), user.getId(), member))
                .matches(answer -> answer.isSuccess());
        assertThat(identity.users().listProjectUserRoles(user.getId(), made.getId()))
                .extracting(Role::getName)
                .containsExactly("member");
        assertThat(identity.users().listUserProjects(user.getId()))
                .extracting(each -> each.getName())
                .containsExactly(project);
        // The client asks for the effective ones: a member is a reader too.
        assertThat(identity.roles().listRoleAssignments(made.getId())).hasSize(2);
        assertThat(tokenOf(name, "geheim1234", project).getProject().getName()).isEqualTo(project);
        assertThat(
                        identity.users()
                                .changePassword(user.getId(), "geheim1234", "neuer geheim")
                                .isSuccess())
                .isTrue();
        assertThat(tokenOf(name, "neuer geheim", project).getUser().getName()).isEqualTo(name);
        assertThat(
                        identity.roles()
                                .revokeProjectUserRole(made.getId(), user.getId(), member)
                                .isSuccess())
                .isTrue();
        assertThatThrownBy(() -> tokenOf(name, "neuer geheim", project))
                .isInstanceOf(AuthenticationException.class);
        assertThat(identity.users().delete(user.getId()).isSuccess()).isTrue();
        assertThat(identity.projects().delete(made.getId()).isSuccess()).isTrue();
        assertThat(identity.projects().get(made.getId())).isNull();
    }

    @Test
    void groupsAndTheirUsers() {
        var user = identity.users().create(DOMAIN, Names.fresh("user"), "geheim1234", "", true);
        var group = identity.groups().create(DOMAIN, Names.fresh("group"), "of a test");
        assertThat(identity.groups().addUserToGroup(group.getId(), user.getId()).isSuccess())
                .isTrue();
        assertThat(identity.groups().checkGroupUser(group.getId(), user.getId()).isSuccess())
                .isTrue();
        assertThat(identity.groups().listGroupUsers(group.getId())).hasSize(1);
        assertThat(identity.users().listUserGroups(user.getId())).hasSize(1);
        identity.groups().removeUserFromGroup(group.getId(), user.getId());
        assertThat(identity.groups().listGroupUsers(group.getId())).isEmpty();
        assertThat(identity.groups().delete(group.getId()).isSuccess()).isTrue();
        assertThat(identity.users().delete(user.getId()).isSuccess()).isTrue();
    }

    @Test
    void domainsAreDisabledBeforeTheyAreDeleted() {
        var domain = identity.domains().create(Names.fresh("domain"), "first", true);
        assertThat(identity.domains().delete(domain.getId()).isSuccess()).isFalse();
        var changed =
                identity.domains()
                        .update(domain.toBuilder().description("second").enabled(false).build());
        assertThat(changed.getDescription()).isEqualTo("second");
        assertThat(identity.domains().list())
                .extracting(each -> each.getId())
                .contains(domain.getId(), DOMAIN);
        assertThat(identity.domains().delete(domain.getId()).isSuccess()).isTrue();
    }

    @Test
    void regionsServicesAndEndpoints() throws java.net.MalformedURLException {
        Region region = identity.regions().create(Names.fresh("region"), "far", "RegionOne");
        Service service =
                identity.serviceEndpoints()
                        .create(Names.fresh("service"), Names.fresh("type"), "of a test", true);
        Endpoint endpoint =
                identity.serviceEndpoints()
                        .createEndpoint(
                                "",
                                java.net.URI.create("http://127.0.0.1:9/").toURL(),
                                Facing.PUBLIC,
                                region.getId(),
                                service.getId(),
                                true);
        assertThat(identity.serviceEndpoints().listEndpoints())
                .extracting(Endpoint::getId)
                .contains(endpoint.getId());
        assertThat(client.getToken().getCatalog())
                .extracting(Service::getType)
                .contains("identity", "compute");
        assertThat(identity.serviceEndpoints().deleteEndpoint(endpoint.getId()).isSuccess())
                .isTrue();
        assertThat(identity.serviceEndpoints().delete(service.getId()).isSuccess()).isTrue();
        assertThat(identity.regions().delete(region.getId()).isSuccess()).isTrue();
    }

    @Test
    void rolesAndCredentials() {
        Role role = identity.roles().create(Names.fresh("role"));
        assertThat(identity.roles().get(role.getId()).getName()).isEqualTo(role.getName());
        assertThat(identity.roles().delete(role.getId()).isSuccess()).isTrue();
        String user = client.getToken().getUser().getId();
        String project = client.getToken().getProject().getId();
        var credential =
                identity.credentials()
                        .create(
                                Builders.credential()
                                        .blob("{\"access\": \"a\", \"secret\": \"s\"}")
                                        .type("cert")
                                        .userId(user)
                                        .projectId(project)
                                        .build());
        assertThat(identity.credentials().get(credential.getId()).getType()).isEqualTo("cert");
        assertThat(identity.credentials().delete(credential.getId()).isSuccess()).isTrue();
    }

    @Test
    void tokensAreCheckedAndRevoked() {
        String other = tokenOf("admin", CloudUnderTest.ADMIN_PASSWORD, "admin").getId();
        assertThat(identity.tokens().check(other).isSuccess()).isTrue();
        assertThat(identity.tokens().get(other).getUser().getName()).isEqualTo("admin");
        assertThat(identity.tokens().getProjectScopes(other))
                .extracting(each -> each.getName())
                .contains("admin");
        assertThat(identity.tokens().delete(other).isSuccess()).isTrue();
        assertThat(identity.tokens().get(other)).isNull();
    }
}
