package cloud.welkin.kernel.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of an API, such as 2.93
 * (specs.openstack.org/openstack/api-sig/guidelines/microversion_specification).
 */
public record Microversion(int major, int minor) implements Comparable<Microversion> {
    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,3})\\.(0|[1-9]\\d{0,3})");

    /** The version that the text spells; empty when it is not of the form N.M. */
    public static Optional<Microversion> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(
                        new Microversion(
                                Integer.parseInt(matcher.group(1)),
                                Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** For declarations; a malformed text stops the start. */
    public static Microversion of(String text) {
        return parse(text)
                .orElseThrow(() -> new IllegalArgumentException("not a microversion: " + text));
    }

    public boolean atLeast(String other) {
        return compareTo(of(other)) >= 0;
    }

    public boolean isBefore(Microversion other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Microversion other) {
        int byMajor = Integer.compare(major, other.major);
        return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
