package cloud.welkin.identity.domain;

import java.util.regex.Pattern;

/**
 * One thing that an application credential may do.
 *
 * @param service type of the service
 * @param path path within the service; {@code *} and {@code {name}} stand for one segment, {@code
 *     **} for any number
 */
public record AccessRule(String id, String service, String method, String path) {

    /** Whether a request is covered. */
    public boolean covers(String otherMethod, String otherPath) {
        return method.equalsIgnoreCase(otherMethod) && pattern().matcher(otherPath).matches();
    }

    private Pattern pattern() {
        StringBuilder regex = new StringBuilder();
        for (String part : path.split("(?<=/)|(?=/)")) {
            if (part.equals("**")) {
                regex.append(".*");
            } else if (part.equals("*") || part.matches("\\{[^}]*}")) {
                regex.append("[^/]+");
            } else {
                regex.append(Pattern.quote(part));
            }
        }
        return Pattern.compile(regex.toString());
    }
}
