package cloud.welkin.kernel.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {

    private enum Driver {
        KVM,
        LIBVIRT_LXC
    }

    private static final Setting<Driver> DRIVER =
            Setting.oneOf("compute.driver", Driver.KVM, "Which driver.");
    private static final Setting<Duration> POLL =
            Setting.duration("work.poll", Duration.ofSeconds(90), "How often.")
                    .where(Duration::isPositive, "longer than nothing");
    private static final Setting<DataSize> CACHE =
            Setting.size("image.cache", DataSize.ofGibibytes(2), "How much | many.");
    private static final Setting<Integer> PORT =
            Setting.number("http.port", 8780, "Where.")
                    .where(p -> p > 0 && p < 65536, "1 to 65535");
    private static final Setting<Boolean> EXPOSE =
            Setting.flag("network.expose", false, "Whether.");
    private static final Setting<String> PASSWORD =
            Setting.text("admin-password", "", "The first one.").keptSecret();
    private static final Setting<Double> RATIO = Setting.decimal("ratio", 1.5, "How many times.");
    private static final List<Setting<?>> ALL =
            List.of(DRIVER, POLL, CACHE, PORT, EXPOSE, PASSWORD, RATIO);

    @TempDir Path home;

    @Test
    void withoutAnythingGivenEverySettingHasItsDefault() {
        Settings settings = load(Map.of());
        assertThat(settings.get(DRIVER)).isEqualTo(Driver.KVM);
        assertThat(settings.get(POLL)).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.get(CACHE)).isEqualTo(new DataSize(2L << 30));
        assertThat(settings.get(PORT)).isEqualTo(8780);
        assertThat(settings.get(EXPOSE)).isFalse();
        assertThat(settings.isSet(PORT)).isFalse();
    }

    @Test
    void aDecimalIsANumberAndNothingElse() {
        assertThat(load(Map.of(), "ratio=16").get(RATIO)).isEqualTo(16.0);
        for (String wrong : List.of("NaN", "Infinity", "many", "1,5")) {
            assertThat(catchThrowable(() -> load(Map.of(), "ratio=" + wrong)))
                    .hasMessageContaining("ratio");
        }
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Files.writeString(file(), "http.port=1\nwork.poll=1s\nimage.cache=512MiB\n");
        Settings settings =
                load(
                        Map.of("WELKIN_HTTP_PORT", "2", "WELKIN_WORK_POLL", "2s", "PATH", "/bin"),
                        "http.port=3",
                        "compute.driver=libvirt-lxc");
        assertThat(settings.get(PORT)).isEqualTo(3);
        assertThat(settings.get(POLL)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.get(CACHE)).isEqualTo(DataSize.ofMebibytes(512));
        assertThat(settings.get(DRIVER)).isEqualTo(Driver.LIBVIRT_LXC);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceWithTheNearestName() throws IOException {
        Files.writeString(file(), "compute.drivr=kvm\n");
        var refused =
                catchThrowableOfType(
                        SettingsRefused.class,
                        () ->
                                load(
                                        Map.of("WELKIN_HTTP_PROT", "1"),
                                        "http.port=0",
                                        "work.poll=soon",
                                        "nonsense"));
        assertThat(refused.problems())
                .hasSize(5)
                .anySatisfy(
                        p ->
                                assertThat(p)
                                        .contains("compute.drivr")
                                        .contains("did you mean compute.driver?"))
                .anySatisfy(
                        p ->
                                assertThat(p)
                                        .contains("WELKIN_HTTP_PROT")
                                        .contains("WELKIN_HTTP_PORT?"))
                .anySatisfy(p -> assertThat(p).contains("http.port").contains("1 to 65535"))
                .anySatisfy(p -> assertThat(p).contains("'soon'").contains("250ms"))
                .anySatisfy(p -> assertThat(p).contains("nonsense").contains("key=value"));
    }

    @Test
    void theLaunchersOwnVariablesAreNoSettings() {
        assertThat(load(Map.of("WELKIN_HOME", "/tmp")).explain()).isEmpty();
    }

    @Test
    void secretsAreToldNowhere() {
        Settings settings = load(Map.of("WELKIN_ADMIN_PASSWORD", "hunter2"));
        assertThat(settings.get(PASSWORD)).isEqualTo("hunter2");
        assertThat(settings.explain())
                .singleElement()
                .asString()
                .contains("(secret)")
                .doesNotContain("hunter2");
    }

    @Test
    void theReferencePageTellsOfEverySetting() {
        assertThat(Settings.reference(ALL))
                .contains(
                        "| `compute.driver`<br>`WELKIN_COMPUTE_DRIVER` | one of kvm, libvirt-lxc | `kvm` | Which driver. |")
                .contains("`2GiB` | How much \\| many. |")
                .contains("(secret)");
        ALL.forEach(setting -> assertThat(Settings.reference(ALL)).contains(setting.key()));
    }

    @Test
    void sizesBeyondReasonAreRefused() {
        assertThat(DataSize.parse("1kb")).isEqualTo(new DataSize(1000));
        assertThat(
                        catchThrowableOfType(
                                IllegalArgumentException.class,
                                () -> DataSize.parse("99999999TiB")))
                .hasMessageContaining("8 EiB");
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> DataSize.parse("-1")))
                .isNotNull();
    }

    private Settings load(Map<String, String> environment, String... sets) {
        return Settings.load(ALL, file(), environment, Set.of("WELKIN_HOME"), List.of(sets));
    }

    private Path file() {
        return home.resolve("settings");
    }
}
