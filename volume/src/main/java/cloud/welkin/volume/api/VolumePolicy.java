package cloud.welkin.volume.api;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.ArrayList;
import java.util.List;

/** Cinder's policy rules with its secure-RBAC defaults. */
public final class VolumePolicy {
    private static final String ADMIN = "rule:context_is_admin";
    private static final String MEMBER =
            "rule:context_is_admin or (role:member and project_id:%(project_id)s)";
    private static final String READER =
            "rule:context_is_admin or (role:reader and project_id:%(project_id)s)";

    static final String GET = "volume:get";
    static final String TENANT = "volume_extension:volume_tenant_attribute";
    static final String HOST = "volume_extension:volume_host_attribute";

    private VolumePolicy() {}

    public static List<PolicyRule> rules() {
        List<PolicyRule> rules = new ArrayList<>();
        rules.add(PolicyRule.of("context_is_admin", "role:admin", "Who is an admin"));
        add(
                rules,
                READER,
                GET,
                "volume:get_all",
                "volume:get_volume_metadata",
                TENANT,
                "volume_extension:volume_image_metadata:show",
                "volume:get_snapshot",
                "volume:get_all_snapshots",
                "volume:get_snapshot_metadata",
                "volume:attachment_get",
                "volume_extension:type_get",
                "volume_extension:type_get_all",
                "volume_extension:types_extra_specs:index",
                "volume_extension:types_extra_specs:show",
                "volume_extension:quotas:show",
                "limits_extension:used_limits",
                "volume:availability_zone_list",
                "volume:extensions",
                "volume:get_all_transfers",
                "volume:get_transfer",
                "message:get",
                "message:get_all");
        add(
                rules,
                MEMBER,
                "volume:create",
                "volume:update",
                "volume:delete",
                "volume:create_volume_metadata",
                "volume:update_volume_metadata",
                "volume:delete_volume_metadata",
                "volume_extension:volume_image_metadata:set",
                "volume_extension:volume_image_metadata:remove",
                "volume:extend",
                "volume_extension:volume_actions:reserve",
                "volume_extension:volume_actions:unreserve",
                "volume_extension:volume_actions:set_bootable",
                "volume:update_readonly_flag",
                "volume:retype",
                "volume:create_transfer",
                "volume:accept_transfer",
                "volume:delete_transfer",
                "message:delete",
                "volume:create_snapshot",
                "volume:update_snapshot",
                "volume:delete_snapshot",
                "volume:update_snapshot_metadata",
                "volume:delete_snapshot_metadata",
                "volume:attachment_create",
                "volume:attachment_update",
                "volume:attachment_complete",
                "volume:attachment_delete");
        add(
                rules,
                ADMIN,
                HOST,
                "volume_extension:volume_admin_actions:force_delete",
                "volume_extension:volume_admin_actions:reset_status",
                "volume_extension:type_create",
                "volume_extension:type_update",
                "volume_extension:type_delete",
                "volume_extension:types_extra_specs:create",
                "volume_extension:types_extra_specs:update",
                "volume_extension:types_extra_specs:delete",
                "volume_extension:volume_type_access:get_all_for_type",
                "volume_extension:volume_type_access:addProjectAccess",
                "volume_extension:volume_type_access:removeProjectAccess",
                "volume_extension:quotas:update",
                "volume_extension:quotas:delete",
                "volume_extension:quota_classes:get",
                "volume_extension:quota_classes:update",
                "volume_extension:services:index",
                "volume_extension:hosts",
                "volume_extension:capabilities",
                "volume_extension:default_get",
                "volume_extension:default_get_all",
                "volume_extension:default_set_or_update",
                "volume_extension:default_unset",
                "scheduler_extension:scheduler_stats:get_pools");
        return rules;
    }

    private static void add(List<PolicyRule> rules, String check, String... names) {
        for (String name : names) {
            rules.add(
                    PolicyRule.of(
                            name,
                            check,
                            name.substring(name.lastIndexOf(':') + 1).replace('_', ' ')));
        }
    }
}
