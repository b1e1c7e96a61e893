package cloud.welkin.image.api;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.List;

/** Glance's policy rules with its secure-RBAC defaults. */
public final class ImagePolicy {
    static final String ADMIN = "rule:context_is_admin";
    static final String MEMBER = ADMIN + " or (role:member and project_id:%(project_id)s)";
    static final String READER = ADMIN + " or (role:reader and project_id:%(project_id)s)";
    private static final String VISIBLE =
            "(project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s"
                    + " or 'public':%(visibility)s or 'shared':%(visibility)s)";
    static final String SHARED_READER =
            ADMIN
                    + " or (role:reader and (project_id:%(project_id)s or"
                    + " project_id:%(member_id)s))";

    private ImagePolicy() {}

    public static List<PolicyRule> rules() {
        return List.of(
                PolicyRule.of("context_is_admin", "role:admin", "Who is an admin"),
                PolicyRule.of("add_image", MEMBER, "Create an image"),
                PolicyRule.of("delete_image", MEMBER, "Delete an image"),
                PolicyRule.of(
                        "get_image",
                        ADMIN + " or (role:reader and " + VISIBLE + ")",
                        "Show an image"),
                PolicyRule.of("get_images", READER, "List images"),
                PolicyRule.of("modify_image", MEMBER, "Change an image"),
                PolicyRule.of("publicize_image", ADMIN, "Make an image public"),
                PolicyRule.of("communitize_image", MEMBER, "Make an image a community image"),
                PolicyRule.of(
                        "download_image",
                        ADMIN + " or (role:member and " + VISIBLE + ")",
                        "Download the data of an image"),
                PolicyRule.of("upload_image", MEMBER, "Upload the data of an image"),
                PolicyRule.of("add_member", MEMBER, "Share an image with a project"),
                PolicyRule.of("delete_member", MEMBER, "Stop sharing an image with a project"),
                PolicyRule.of("get_member", SHARED_READER, "Show with whom an image is shared"),
                PolicyRule.of("get_members", SHARED_READER, "List with whom an image is shared"),
                PolicyRule.of(
                        "modify_member",
                        ADMIN + " or (role:member and project_id:%(member_id)s)",
                        "Accept or reject an image"),
                PolicyRule.of("deactivate", MEMBER, "Deactivate an image"),
                PolicyRule.of("reactivate", MEMBER, "Reactivate an image"),
                PolicyRule.of(
                        "get_image_schema", "@", "Read the schemas and what can be imported how"),
                PolicyRule.of("get_task", SHARED_READER, "See the imports of an image"));
    }
}
