package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;
import java.util.Optional;

/**
 * One service's API: where it lives, how it counts versions, how it words errors, its operations
 * and rules.
 *
 * @param name the service, e.g. {@code compute}
 * @param path what every operation's path begins with, e.g. {@code /compute/v2.1}
 * @param projectInPath whether the project's id may follow {@code path}, as in Nova's and Cinder's
 *     older URLs
 * @param trailingSlash whether a path is the same with a slash behind it
 * @param largestBody bytes that a JSON body may have
 */
public record Api(
        String name,
        String path,
        boolean projectInPath,
        Optional<Versioning> versioning,
        ErrorForm errors,
        int largestBody,
        List<Operation> operations,
        List<PolicyRule> rules,
        boolean trailingSlash) {

    /** What services take where they do not say otherwise (Nova's own limit). */
    public static final int USUAL_LARGEST_BODY = 114_688;

    public Api(
            String name,
            String path,
            boolean projectInPath,
            Optional<Versioning> versioning,
            ErrorForm errors,
            int largestBody,
            List<Operation> operations,
            List<PolicyRule> rules) {
        this(name, path, projectInPath, versioning, errors, largestBody, operations, rules, true);
    }

    /** The same API as a service that knows no path with a slash behind it: 404, as from Glance. */
    public Api withoutTrailingSlash() {
        return new Api(
                name,
                path,
                projectInPath,
                versioning,
                errors,
                largestBody,
                operations,
                rules,
                false);
    }

    public Api {
        operations = List.copyOf(operations);
        rules = List.copyOf(rules);
    }
}
