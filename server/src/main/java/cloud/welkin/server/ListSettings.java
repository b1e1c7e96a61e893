package cloud.welkin.server;

import cloud.welkin.identity.ListLimits;
import cloud.welkin.kernel.settings.Setting;
import cloud.welkin.kernel.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How long identity's lists are in one piece: Keystone's {@code list_limit}. */
final class ListSettings {
    static final Setting<Integer> LIMIT =
            Setting.number(
                            "identity.list-limit",
                            ListLimits.MOST,
                            "How many rows a list of identity answers when the request names no"
                                    + " limit; the rest is behind links.next, and truncated says so."
                                    + " Keystone's list_limit.")
                    .where(ListSettings::isLimit, "1 to " + ListLimits.MOST);
    static final Setting<String> LIMITS =
            Setting.text(
                            "identity.list-limits",
                            "",
                            "The same for some lists, by the last word of their path, separated by"
                                    + " commas: users=100,projects=50. Keystone's list_limit of its"
                                    + " sections.")
                    .where(
                            ListSettings::areLimits,
                            "NAME=ROWS separated by commas, each 1 to "
                                    + ListLimits.MOST
                                    + ", for "
                                    + String.join(", ", new TreeSet<>(ListLimits.LISTS)));

    static final List<Setting<?>> ALL = List.of(LIMIT, LIMITS);

    private ListSettings() {}

    static ListLimits of(Settings settings) {
        return new ListLimits(settings.get(LIMIT), limits(settings.get(LIMITS)));
    }

    private static Map<String, Integer> limits(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .map(one -> one.split("=", -1))
                .collect(
                        Collectors.toMap(
                                pair -> pair[0].strip(),
                                pair -> Integer.parseInt(pair[1].strip())));
    }

    private static boolean areLimits(String text) {
        try {
            return Arrays.stream(text.split(","))
                            .filter(one -> !one.isBlank())
                            .allMatch(one -> one.matches("\\s*[\\w-]+\\s*=\\s*\\d+\\s*"))
                    && ListLimits.LISTS.containsAll(limits(text).keySet())
                    && limits(text).values().stream().allMatch(ListSettings::isLimit);
        } catch (NumberFormatException | IllegalStateException e) {
            // A number too large, or a list named twice.
            return false;
        }
    }

    private static boolean isLimit(int rows) {
        return rows >= 1 && rows <= ListLimits.MOST;
    }
}
