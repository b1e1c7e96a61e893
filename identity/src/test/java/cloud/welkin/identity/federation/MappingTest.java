package cloud.welkin.identity.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.identity.federation.MappedIdentity.MappedDomain;
import cloud.welkin.identity.federation.MappedIdentity.MappedGroup.ById;
import cloud.welkin.identity.federation.MappedIdentity.MappedGroup.ByName;
import cloud.welkin.identity.federation.MappedIdentity.MappedProject;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTest {
    private static final Map<String, List<String>> JOE =
            Map.of(
                    "name", List.of("joe"),
                    "mail", List.of("joe@example.org"),
                    "groups", List.of("staff", "admins", "guests"),
                    "projects",
                            List.of(
                                    "[{'name': 'p', 'roles': [{'name': 'member'}]}]"
                                            .replace('\'', '"')));

    private static final String USER = "{'user': {'name': '{0}'}}";

    @Test
    void placesStandForTheValuesOfConditionsInTheirOrder() {
        MappedIdentity joe =
                apply(
                        "[{'user': {'name': '{0} of {1}', 'email': '{1}', 'type': 'ephemeral'}}]",
                        "[{'type': 'name'}, {'type': 'groups', 'any_one_of': ['staff']},"
                                + " {'type': 'mail'}]");
        assertThat(joe.user().name()).contains("joe of joe@example.org");
        assertThat(joe.user().email()).contains("joe@example.org");
        assertThat(joe.user().local()).isFalse();
    }

    @Test
    void aRuleAppliesOnlyWhenAllConditionsHold() {
        String name = "{'type': 'name'}";
        for (String fails :
                List.of(
                        "{'type': 'absent'}",
                        "{'type': 'groups', 'any_one_of': ['others']}",
                        "{'type': 'groups', 'not_any_of': ['staff']}",
                        "{'type': 'mail', 'any_one_of': ['@example.com$'], 'regex': true}",
                        "{'type': 'mail', 'any_one_of': ['.*@example.org']}")) {
            assertThatThrownBy(() -> apply("[" + USER + "]", "[" + name + "," + fails + "]"))
                    .as(fails)
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("makes no user");
        }
        for (String holds :
                List.of(
                        "{'type': 'groups', 'any_one_of': ['others', 'staff']}",
                        "{'type': 'groups', 'not_any_of': ['others']}",
                        "{'type': 'mail', 'any_one_of': ['@example.org$'], 'regex': true}",
                        "{'type': 'mail', 'not_any_of': ['@example.com$'], 'regex': true}")) {
            assertThat(apply("[" + USER + "]", "[" + name + "," + holds + "]").user().name())
                    .as(holds)
                    .contains("joe");
        }
    }

    @Test
    void whitelistsAndBlacklistsChooseValues() {
        String local = "[" + USER + ", {'groups': '{1}', 'domain': {'name': 'd'}}]";
        String remote = "[{'type': 'name'}, {'type': 'groups', %s}]";
        assertThat(apply(local, remote.formatted("'whitelist': ['staff', 'x']")).groups())
                .containsExactly(named("staff"));
        assertThat(apply(local, remote.formatted("'blacklist': ['guests']")).groups())
                .containsExactly(named("staff"), named("admins"));
        assertThat(
                        apply(local, remote.formatted("'whitelist': ['^a', '^g'], 'regex': true"))
                                .groups())
                .containsExactly(named("admins"), named("guests"));
        assertThat(apply(local, remote.formatted("'whitelist': ['nobody']")).groups()).isEmpty();
    }

    @Test
    void groupsComeByIdByNameAndByLists() {
        MappedIdentity joe =
                apply(
                        "["
                                + USER
                                + ", {'group': {'id': '0cd5e9'}}, {'group': {'name': 'observers',"
                                + " 'domain': {'id': 'default'}}}, {'group_ids': 'a;b'},"
                                + " {'groups': 'c;d', 'domain': {'name': 'd'}}]",
                        "[{'type': 'name'}]");
        assertThat(joe.groups())
                .containsExactlyInAnyOrder(
                        new ById("0cd5e9"),
                        new ByName(
                                "observers",
                                new MappedDomain(Optional.of("default"), Optional.empty())),
                        new ById("a"),
                        new ById("b"),
                        named("c"),
                        named("d"));
        assertThatThrownBy(() -> apply("[" + USER + ", {'groups': '{0}'}]", "[{'type': 'name'}]"))
                .hasMessageContaining("need a domain");
    }

    @Test
    void theFirstUserCountsAndGroupsAddUp() {
        Mapping mapping =
                MappingReader.read(
                        "m",
                        "1.0",
                        Json.mapper()
                                .readTree(
                                        ("[{'local': ["
                                                        + USER
                                                        + ", {'group': {'id': 'one'}}], 'remote':"
                                                        + " [{'type': 'name'}]}, {'local':"
                                                        + " [{'user': {'name': 'other'}}, {'group':"
                                                        + " {'id': 'two'}}], 'remote': [{'type':"
                                                        + " 'mail'}]}]")
                                                .replace('\'', '"')));
        MappedIdentity joe = mapping.apply(JOE);
        assertThat(joe.user().name()).contains("joe");
        assertThat(joe.groups()).containsExactly(new ById("one"), new ById("two"));
    }

    @Test
    void aLocalUserHasAnAccountAlready() {
        MappedIdentity joe =
                apply(
                        "[{'user': {'name': '{0}', 'type': 'local', 'domain': {'name': 'd'}}}]",
                        "[{'type': 'name'}]");
        assertThat(joe.user().local()).isTrue();
        assertThat(joe.user().domain())
                .contains(new MappedDomain(Optional.empty(), Optional.of("d")));
    }

    @Test
    void projectsComeWithRoles() {
        String local =
                "[{'user': {'name': '{0}'}, 'projects': [{'name': 'of {0}', 'roles': [{'name':"
                        + " 'member'}, {'name': 'reader'}]}], 'domain': {'id': 'default'}}]";
        MappedDomain domain = new MappedDomain(Optional.of("default"), Optional.empty());
        assertThat(apply("1.0", local, "[{'type': 'name'}]").projects())
                .containsExactly(
                        new MappedProject("of joe", Optional.empty(), List.of("member", "reader")));
        MappedIdentity second = apply("2.0", local, "[{'type': 'name'}]");
        assertThat(second.projects())
                .containsExactly(
                        new MappedProject(
                                "of joe", Optional.of(domain), List.of("member", "reader")));
        assertThat(second.user().domain()).contains(domain);
        assertThat(
                        apply(
                                        "3.0",
                                        "[" + USER + ", {'projects_json': '{1}'}]",
                                        "[{'type': 'name'}, {'type': 'projects'}]")
                                .projects())
                .containsExactly(new MappedProject("p", Optional.empty(), List.of("member")));
    }

    /** What the provider says is put in as it stands, never read again. */
    @Test
    void valuesAreNotTemplates() {
        Map<String, List<String>> sly =
                Map.of("name", List.of("{1}$1;admins"), "groups", List.of("a"));
        MappedIdentity mapped =
                MappingReader.read(
                                "m",
                                "1.0",
                                Json.mapper()
                                        .readTree(
                                                "[{\"local\": [{\"user\": {\"name\": \"{0}\"}},"
                                                        + " {\"groups\": \"{0}\", \"domain\": {\"name\":"
                                                        + " \"d\"}}], \"remote\": [{\"type\":"
                                                        + " \"name\"}, {\"type\": \"groups\"}]}]"))
                        .apply(sly);
        assertThat(mapped.user().name()).contains("{1}$1;admins");
        assertThat(mapped.groups()).containsExactly(named("{1}$1;admins"));
    }

    @Test
    void aPlaceForOneValueTakesNoSeveral() {
        assertThatThrownBy(() -> apply("[" + USER + "]", "[{'type': 'groups'}]"))
                .hasMessageContaining("one value");
        assertThatThrownBy(() -> apply("[{'user': {'name': '{1}'}}]", "[{'type': 'name'}]"))
                .hasMessageContaining("no value for {1}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "[{'local': []}]",
                "[{'local': [], 'remote': []}]",
                "[{'local': [{'user': 'x'}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [{'user': {'nick': 'x'}}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [{'user': {'type': 'x'}}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [{'what': {}}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [{'projects_json': '{0}'}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [{'group': {'name': 'g'}}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [{'group': {'id': 1}}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [{'projects': [{'name': 'p'}]}], 'remote': [{'type': 'a'}]}]",
                "[{'local': [], 'remote': [{'type': 'a', 'any_one_of': ['('], 'regex': true}]}]",
                "[{'local': [], 'remote': [{'type': 'a', 'any_one_of': 'x'}]}]",
                "[{'local': [], 'remote': [{'type': 'a', 'any_one_of': [], 'whitelist': []}]}]",
                "[{'local': [], 'remote': [{'any_one_of': []}]}]",
                "[{'local': [], 'remote': [{'type': 'a'}], 'more': 1}]"
            })
    void rulesThatMakeNoSenseAreRefused(String rules) {
        assertThatThrownBy(
                        () ->
                                MappingReader.read(
                                        "m",
                                        "1.0",
                                        Json.mapper().readTree(rules.replace('\'', '"'))))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Invalid mapping");
    }

    private static ByName named(String name) {
        return new ByName(name, new MappedDomain(Optional.empty(), Optional.of("d")));
    }

    private static MappedIdentity apply(String local, String remote) {
        return apply("1.0", local, remote);
    }

    private static MappedIdentity apply(String version, String local, String remote) {
        String rules = "[{'local': " + local + ", 'remote': " + remote + "}]";
        return MappingReader.read("m", version, Json.mapper().readTree(rules.replace('\'', '"')))
                .apply(JOE);
    }
}
