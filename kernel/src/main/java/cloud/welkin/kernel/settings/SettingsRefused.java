package cloud.welkin.kernel.settings;

import java.util.List;

/** The settings do not make sense. All that is wrong with them is said at once, one line each. */
public final class SettingsRefused extends RuntimeException {

    private final transient List<String> problems;

    SettingsRefused(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
