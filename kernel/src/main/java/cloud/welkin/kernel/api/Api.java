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
 * @param largestBody bytes that a JSON body may have
 * @param endings what may stand behind an operation's path
 * @param claim what is this API's by more than its path
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
        Endings endings,
        Optional<Claim> claim) {

    /**
     * Requests that belong to an API wherever they go: by how they are signed, or to which host.
     */
    @FunctionalInterface
    public interface Claim {
        /** The path of the request within the API, as it came; empty when it is not the API's. */
        Optional<String> path(Incoming incoming);
    }

    /** What services take where they do not say otherwise (Nova's own limit). */
    public static final int USUAL_LARGEST_BODY = 114_688;

    /** What may stand behind a path without making it another one. */
    public enum Endings {
        /** Nothing: a slash makes it a path that is not there, as with Glance and Cinder. */
        NONE,
        /** A slash. */
        SLASH,
        /** A slash or {@code .json}, as in Neutron's older URLs. */
        SLASH_OR_FORMAT
    }

    /** An API whose paths may end in a slash. */
    public Api(
            String name,
            String path,
            boolean projectInPath,
            Optional<Versioning> versioning,
            ErrorForm errors,
            int largestBody,
            List<Operation> operations,
            List<PolicyRule> rules) {
        this(
                name,
                path,
                projectInPath,
                versioning,
                errors,
                largestBody,
                operations,
                rules,
                Endings.SLASH,
                Optional.empty());
    }

    public Api {
        operations = List.copyOf(operations);
        rules = List.copyOf(rules);
    }

    /** The same with other endings. */
    public Api with(Endings others) {
        return new Api(
                name,
                path,
                projectInPath,
                versioning,
                errors,
                largestBody,
                operations,
                rules,
                others,
                claim);
    }

    /** The same, which takes more than what lies below its path. */
    public Api with(Claim more) {
        return new Api(
                name,
                path,
                projectInPath,
                versioning,
                errors,
                largestBody,
                operations,
                rules,
                endings,
                Optional.of(more));
    }
}
