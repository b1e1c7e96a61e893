package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.testing.ApiTester.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keystone's list_limit. */
class ListLimitsTest {
    private final Keystone keystone = new Keystone(new ListLimits(3, Map.of("users", 1)));
    private final String admin = keystone.admin();

    @AfterEach
    void close() {
        keystone.close();
    }

    private Response listed(String path) {
        return keystone.get(admin, path).expect(200);
    }

    @Test
    void aListIsCutWhereTheOperatorSaysAndSaysSo() {
        Response users = listed("/users");
        assertThat(users.json().path("users").size()).isEqualTo(1);
        assertThat(users.json().path("truncated").asBoolean()).isTrue();
        assertThat(users.text("/links/next")).contains("limit=1&marker=");
        Response roles = listed("/roles");
        assertThat(roles.json().path("roles").size()).isEqualTo(3);
        assertThat(roles.json().path("truncated").asBoolean()).isTrue();
        assertThat(listed("/domains").json().has("truncated")).isFalse();
    }

    @Test
    void aListThatThereIsNotIsNotLimited() {
        assertThatThrownBy(() -> new ListLimits(3, Map.of("users", 1, "usres", 1)))
                .hasMessageContaining("usres");
        List<String> paths =
                keystone.service.apis().stream()
                        .flatMap(api -> api.operations().stream())
                        .filter(operation -> operation.method().equals("GET"))
                        .map(operation -> operation.path().text())
                        .toList();
        for (String list : ListLimits.LISTS) {
            assertThat(paths).anyMatch(path -> path.endsWith("/" + list));
        }
    }

    @Test
    void whoAsksForAnotherNumberIsGivenIt() {
        assertThat(listed("/users?limit=2").json().path("users").size()).isEqualTo(2);
        assertThat(listed("/roles?limit=100").json().has("truncated")).isFalse();
    }

    /** Keystone's list of assignments knows no pages: a part of it would be taken for all. */
    @Test
    void listsWithoutPagesAreWhole() {
        for (int i = 0; i < 5; i++) {
            keystone.grant(keystone.user("user" + i, "pw"), keystone.project("p" + i), "reader");
        }
        assertThat(listed("/role_assignments").json().path("role_assignments").size())
                .isGreaterThan(5);
        assertThat(listed("/role_assignments").json().has("truncated")).isFalse();
    }
}
