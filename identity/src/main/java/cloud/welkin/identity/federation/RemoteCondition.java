package cloud.welkin.identity.federation;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a rule asks of one attribute of the assertion. */
sealed interface RemoteCondition {
    /** The attribute's name. */
    String type();

    /** That it is there. */
    record Present(String type) implements RemoteCondition {}

    /** That one of its values is among those ({@code any_one_of}), or none ({@code not_any_of}). */
    record Required(String type, Values values, boolean any) implements RemoteCondition {
        boolean holds(List<String> given) {
            return given.stream().anyMatch(values::has) == any;
        }
    }

    /** Of its values, those ({@code whitelist}), or all others ({@code blacklist}). */
    record Chosen(String type, Values values, boolean those) implements RemoteCondition {
        List<String> of(List<String> given) {
            return given.stream().filter(value -> values.has(value) == those).toList();
        }
    }

    /** Values as they stand, or regular expressions of which one is found somewhere in a value. */
    record Values(Set<String> exact, List<Pattern> patterns) {
        /** A pattern's author is the operator, but a value's is anybody. */
        private static final int LONGEST = 1024;

        boolean has(String value) {
            return exact.contains(value)
                    || (value.length() <= LONGEST
                            && patterns.stream()
                                    .anyMatch(pattern -> pattern.matcher(value).find()));
        }
    }
}
