package cloud.welkin.kernel.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyFileTest {
    private static final List<PolicyRule> RULES =
            List.of(
                    PolicyRule.of("compute:get", "role:reader and 'a b':%(x)s", "Show \"it\"."),
                    PolicyRule.of(
                            "compute:delete", "role:member", "Delete\nit.", "project", "system"),
                    PolicyRule.of("open", "", "Anybody."));

    @TempDir Path directory;

    private Map<String, String> read(String yaml) throws IOException {
        return PolicyFile.read(Files.writeString(directory.resolve("policy.yaml"), yaml));
    }

    @Test
    void rulesAreReadInOrderByNameAndCheck() throws IOException {
        assertThat(
                        read(
                                "# comment\n\"compute:get\": \"role:admin\"\ncompute:delete: '!'\n\"open\": \"\"\n"))
                .containsExactly(
                        Map.entry("compute:get", "role:admin"),
                        Map.entry("compute:delete", "!"),
                        Map.entry("open", ""));
    }

    @Test
    void aListIsTheOlderSpellingOfOrOverAnd() throws IOException {
        assertThat(read("x: []\ny: [[\"role:a\", \"role:b\"], [\"role:c\"]]\nz: [[]]\n"))
                .containsEntry("x", "@")
                .containsEntry("y", "(role:a and role:b) or (role:c)")
                .containsEntry("z", "@");
    }

    @Test
    void noFileAndAnEmptyFileOverrideNothing() throws IOException {
        assertThat(PolicyFile.read(directory.resolve("absent.yaml"))).isEmpty();
        assertThat(read("")).isEmpty();
        assertThat(read("# nothing\n")).isEmpty();
        assertThat(read("{}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1]",
                "text",
                "a: {b: c}",
                "a: [b, {c: d}]",
                "a: \"x",
                "a: b\na: c",
                "5: x",
                "a: !!java.io.File x"
            })
    void anythingElseIsRefusedAndTheFileIsNamed(String yaml) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("policy.yaml");
    }

    @Test
    void theSampleHoldsEveryRuleInCommentsAndReadsAsNothing() throws IOException {
        String sample = PolicyFile.sample(RULES);
        assertThat(read(sample)).isEmpty();
        assertThat(sample)
                .contains("#\"compute:get\": \"role:reader and 'a b':%(x)s\"")
                .contains("# Delete it.");
        assertThat(sample).contains("Scopes: project, system");
    }

    @Test
    void theSampleWithoutItsCommentSignsIsTheDefaults() throws IOException {
        Map<String, String> all = read(PolicyFile.sample(RULES).replaceAll("(?m)^#\"", "\""));
        assertThat(all).hasSize(3);
        RULES.forEach(rule -> assertThat(all).containsEntry(rule.name(), rule.check()));
    }
}
