package cloud.welkin.object.api;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/**
 * Who the owners of an account are. Swift has no policy file; these rules say what its settings
 * {@code operator_roles}, {@code project_reader_roles} and {@code reseller_admin_role} say.
 */
public final class SwiftPolicy {
    /** What clients find before {@code /v1} in the catalogue; they sign it along or not. */
    public static final String MOUNT = "/object-store";

    /** Where the API is mounted. */
    public static final String PATH = MOUNT + "/v1";

    public static final String READ = "object_storage:read";
    public static final String WRITE = "object_storage:write";
    static final String ADMINISTER = "object_storage:administer";

    private static final String RESELLER = "role:ResellerAdmin";

    private SwiftPolicy() {}

    public static List<PolicyRule> rules() {
        return List.of(
                PolicyRule.of(
                        READ,
                        RESELLER + " or (role:reader and project_id:%(project_id)s)",
                        "Read what is in an account"),
                PolicyRule.of(
                        WRITE,
                        RESELLER + " or (role:member and project_id:%(project_id)s)",
                        "Change what is in an account"),
                PolicyRule.of(ADMINISTER, RESELLER, "Make and delete accounts"));
    }
}
