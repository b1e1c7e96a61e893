package cloud.welkin.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.identity.ListLimits;
import cloud.welkin.kernel.settings.Settings;
import cloud.welkin.kernel.settings.SettingsRefused;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListSettingsTest {
    private static Settings settings(String... sets) {
        return Settings.load(
                ListSettings.ALL, Path.of("/nonexistent"), Map.of(), Set.of(), List.of(sets));
    }

    @Test
    void aListIsAsLongAsIsEverAnsweredInOnePieceUnlessTheOperatorSaysOtherwise() {
        assertThat(ListSettings.of(settings())).isEqualTo(ListLimits.USUAL);
        assertThat(
                        ListSettings.of(
                                settings(
                                        "identity.list-limit=50",
                                        "identity.list-limits=users=10, roles = 20,")))
                .isEqualTo(new ListLimits(50, Map.of("users", 10, "roles", 20)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "identity.list-limit=0",
                "identity.list-limit=1001",
                "identity.list-limits=users",
                "identity.list-limits=users=0",
                "identity.list-limits=users=99999999999",
                "identity.list-limits=users=1,users=2",
                "identity.list-limits=usres=1"
            })
    void whatIsNoLimitStopsTheStart(String set) {
        assertThatThrownBy(() -> settings(set)).isInstanceOf(SettingsRefused.class);
    }
}
