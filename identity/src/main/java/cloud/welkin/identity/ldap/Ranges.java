package cloud.welkin.identity.ldap;

import com.unboundid.ldap.sdk.Attribute;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Active Directory gives the values of an attribute that has many by parts: {@code
 * member;range=0-1499}, the last of which ends with a star (MS-ADTS 3.1.1.3.1.3.3).
 */
final class Ranges {
    private static final Pattern PART =
            Pattern.compile("range=\\d{1,9}-(\\d{1,9})", Pattern.CASE_INSENSITIVE);

    private Ranges() {}

    /** How the next part is asked for, behind the attribute's name; empty behind the last. */
    static Optional<String> behind(Attribute part) {
        return part.getOptions().stream()
                .map(PART::matcher)
                .filter(Matcher::matches)
                .map(matcher -> ";range=" + (Integer.parseInt(matcher.group(1)) + 1) + "-*")
                .findFirst();
    }
}
