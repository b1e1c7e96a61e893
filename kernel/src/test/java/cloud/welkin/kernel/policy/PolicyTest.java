package cloud.welkin.kernel.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    private static final Caller MEMBER =
            caller(new Scope.Project(new ProjectId("p1"), new DomainId("d1")), "member", "reader");

    private static Caller caller(Scope scope, String... roles) {
        return new Caller(
                new UserId("u1"),
                new DomainId("ud"),
                scope,
                Set.of(roles),
                Set.of(),
                new Caller.Token("t", "a", Optional.empty()));
    }

    private static boolean holds(String check, Caller caller, Map<String, String> target) {
        PolicyRule ofAllScopes =
                PolicyRule.of("x", check, "A test.", "system", "domain", "project");
        return Policy.of(List.of(ofAllScopes), Map.of()).allows("x", caller, new Target(target));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                                 | true",
                "@                                                  | true",
                "!                                                  | false",
                "not @                                              | false",
                "not not !                                          | false",
                "role:member                                        | true",
                "role:MEMBER                                        | true",
                "role:admin                                         | false",
                "not role:admin                                     | true",
                "NOT role:admin                                     | true",
                "@ or @ and !                                       | true",
                "! and @ or @                                       | true",
                "(@ or @) and !                                     | false",
                "((@))                                              | true",
                "(not !) and (not (! or !))                         | true",
                "not ! and !                                        | false",
                "! or ! or @                                        | true",
                "@ AND @ And !                                      | false",
                "project_id:%(project_id)s                          | true",
                "tenant:%(tenant_id)s                               | false",
                "user_id:%(owner)s                                  | false",
                "user_id:%(absent)s                                 | false",
                "unknown_attribute:%(project_id)s                   | false",
                "user_id:u1                                         | true",
                "'True':%(shared)s                                  | true",
                "True:%(shared)s                                    | true",
                "False:%(shared)s                                   | false",
                "None:%(nothing)s                                   | false",
                "'public':%(visibility)s                            | true",
                "\"public\":%(visibility)s                          | true",
                "'a b':%(spaced)s                                   | true",
                "role:member and project_id:%(project_id)s          | true",
                "(role:admin or role:member) and 'x':%(visibility)s | false",
                "field:networks:shared=True                         | false",
                "role:%(wanted_role)s                               | true",
                "user_domain_id:ud                                  | true",
                "project_domain_id:d1                               | true",
                "domain_id:d1                                       | false",
                "system_scope:all                                   | false",
                "is_admin:False                                     | true",
                "is_admin:True                                      | false",
            })
    void theLanguageIsThatOfOsloPolicy(String check, boolean expected) {
        Map<String, String> target =
                Map.of(
                        "project_id", "p1",
                        "owner", "u2",
                        "shared", "True",
                        "visibility", "public",
                        "spaced", "a b",
                        "wanted_role", "member");
        assertThat(holds(check.strip(), MEMBER, target)).as(check).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                ")",
                "()",
                "(role:a",
                "role:a)",
                "role:a role:b",
                "and",
                "role:a and",
                "or role:a",
                "not",
                "nonsense",
                "role:a or or role:b",
                ":x",
                "http://policy",
                "https://policy/%(x)s"
            })
    void whatIsNotOfTheLanguageStopsTheStart(String check) {
        assertThatThrownBy(() -> Policy.of(List.of(PolicyRule.of("x", check, "A test.")), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("x: ");
    }

    @Test
    void scopesAreAttributesOfTheCaller() {
        Caller system = caller(new Scope.System(), "reader");
        Caller domain = caller(new Scope.Domain(new DomainId("d2")), "manager");
        assertThat(holds("role:reader and system_scope:all", system, Map.of())).isTrue();
        assertThat(holds("domain_id:%(d)s", domain, Map.of("d", "d2"))).isTrue();
        assertThat(holds("project_id:%(p)s", system, Map.of())).isFalse();
    }

    @Test
    void aTokenOfAnotherScopeThanTheRulesIsRefusedWhateverTheRuleSays() {
        List<PolicyRule> rules =
                List.of(PolicyRule.of("x", "role:admin", "…", "system", "project"));
        Caller system = caller(new Scope.System(), "admin");
        Caller domain = caller(new Scope.Domain(new DomainId("d1")), "admin");
        for (Map<String, String> overrides : List.of(Map.<String, String>of(), Map.of("x", "@"))) {
            Policy policy = Policy.of(rules, overrides);
            assertThat(policy.allows("x", system, Target.NOTHING)).isTrue();
            assertThat(policy.allows("x", domain, Target.NOTHING)).isFalse();
            assertThat(policy.explain("x", domain, Target.NOTHING).text())
                    .startsWith("no   scope:project,system  (the caller's token is for: domain)")
                    .contains("yes  rule:x");
            assertThat(policy.explain("x", system, Target.NOTHING).text())
                    .startsWith("yes  rule:x");
        }
        Caller unscoped = caller(new Scope.Unscoped(), "admin");
        assertThat(Policy.of(rules, Map.of()).allows("x", unscoped, Target.NOTHING)).isTrue();
    }

    @Test
    void whatTheCallerLacksIsNone() {
        Caller domain = caller(new Scope.Domain(new DomainId("d1")), "manager");
        assertThat(holds("domain_id:None", MEMBER, Map.of())).isTrue();
        assertThat(holds("not domain_id:None", domain, Map.of())).isTrue();
        assertThat(holds("token.domain.id:%(d)s", domain, Map.of("d", "d1"))).isTrue();
        assertThat(holds("unheard_of:None", MEMBER, Map.of())).isFalse();
        // What the thing lacks is equal to nothing of the caller's, not even to what it lacks.
        assertThat(holds("domain_id:%(d)s", MEMBER, Map.of("d", "None"))).isFalse();
        assertThat(holds("None:%(d)s", MEMBER, Map.of("d", "None"))).isTrue();
    }

    @Test
    void rulesReferToRulesAndOverridesReplaceThem() {
        List<PolicyRule> rules =
                List.of(
                        PolicyRule.of(
                                "admin_or_owner", "role:admin or project_id:%(project_id)s", "…"),
                        PolicyRule.of("get", "rule:admin_or_owner", "…"));
        Target own = new Target(Map.of("project_id", "p1"));
        Target other = new Target(Map.of("project_id", "p2"));
        Policy defaults = Policy.of(rules, Map.of());
        assertThat(defaults.allows("get", MEMBER, own)).isTrue();
        assertThat(defaults.allows("get", MEMBER, other)).isFalse();
        Policy stricter = Policy.of(rules, Map.of("admin_or_owner", "role:admin"));
        assertThat(stricter.allows("get", MEMBER, own)).isFalse();
        assertThat(stricter.isOverridden("admin_or_owner")).isTrue();
        assertThat(stricter.isOverridden("get")).isFalse();
        Policy withBlock = Policy.of(rules, Map.of("get", "rule:mine", "mine", "role:member"));
        assertThat(withBlock.allows("get", MEMBER, other)).isTrue();
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        assertThatThrownBy(
                        () ->
                                Policy.of(
                                        List.of(
                                                PolicyRule.of("a", "(", "…"),
                                                PolicyRule.of("b", "rule:nowhere", "…"),
                                                PolicyRule.of("c", "rule:d", "…"),
                                                PolicyRule.of("d", "rule:c", "…"),
                                                PolicyRule.of("e", "@", "…"),
                                                PolicyRule.of("e", "!", "…")),
                                        Map.of("gett", "role:admin")))
                .hasMessageContaining("a: not a policy rule")
                .hasMessageContaining("rule:nowhere")
                .hasMessageContaining("refers to itself: c")
                .hasMessageContaining("declared twice with different checks: e")
                .hasMessageContaining("unknown rule: gett");
    }

    @Test
    void serviceRolesAreThoseOfTheServicesToken() {
        Caller service =
                new Caller(
                        new UserId("u1"),
                        new DomainId("ud"),
                        new Scope.Unscoped(),
                        Set.of(),
                        Set.of("reader", "service", "admin"),
                        new Caller.Token("t", "a", Optional.empty()));
        assertThat(holds("service_roles:service", service, Map.of())).isTrue();
        assertThat(holds("service_roles:member", service, Map.of())).isFalse();
    }
}
