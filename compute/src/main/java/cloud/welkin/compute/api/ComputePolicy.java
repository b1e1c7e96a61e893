package cloud.welkin.compute.api;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.ArrayList;
import java.util.List;

/**
 * Nova's rules with their secure-RBAC defaults
 * (docs.openstack.org/nova/latest/configuration/policy.html).
 */
final class ComputePolicy {
    static final String P = "os_compute_api:";
    static final String S = P + "servers:";

    private static final String ADMIN = "rule:context_is_admin";
    private static final String READER = "rule:project_reader_or_admin";
    private static final String MEMBER = "rule:project_member_or_admin";

    private ComputePolicy() {}

    static List<PolicyRule> rules() {
        List<PolicyRule> rules = new ArrayList<>();
        rules.add(PolicyRule.of("context_is_admin", "role:admin", "Who may do everything."));
        rules.add(
                PolicyRule.of(
                        "project_member_api",
                        "role:member and project_id:%(project_id)s",
                        "Members of the project."));
        rules.add(
                PolicyRule.of(
                        "project_reader_api",
                        "role:reader and project_id:%(project_id)s",
                        "Readers of the project."));
        rules.add(
                PolicyRule.of(
                        "project_member_or_admin",
                        "rule:project_member_api or rule:context_is_admin",
                        "Members of the project, and admins."));
        rules.add(
                PolicyRule.of(
                        "project_reader_or_admin",
                        "rule:project_reader_api or rule:context_is_admin",
                        "Readers of the project, and admins."));
        all(
                rules,
                READER,
                "Reads of one's own project.",
                S + "index",
                S + "detail",
                S + "show",
                P + "ips:index",
                P + "ips:show",
                P + "server-metadata:index",
                P + "server-metadata:show",
                P + "os-server-tags:index",
                P + "os-server-tags:show",
                P + "os-attach-interfaces:list",
                P + "os-attach-interfaces:show",
                P + "os-volumes-attachments:index",
                P + "os-volumes-attachments:show",
                P + "os-instance-actions:list",
                P + "os-instance-actions:show",
                P + "os-security-groups:list",
                P + "os-security-groups:get",
                P + "os-security-groups:show",
                P + "limits",
                P + "os-quota-sets:show",
                P + "os-simple-tenant-usage:show",
                P + "os-server-groups:index",
                P + "os-server-groups:show",
                P + "os-flavor-extra-specs:index",
                P + "os-flavor-extra-specs:show",
                S + "show:flavor-extra-specs");
        all(
                rules,
                MEMBER,
                "Changes of one's own project.",
                S + "create",
                S + "create:attach_volume",
                S + "create:attach_network",
                S + "create:trusted_certs",
                S + "update",
                S + "delete",
                S + "start",
                S + "stop",
                S + "reboot",
                S + "rebuild",
                S + "create_image",
                P + "server-metadata:create",
                P + "server-metadata:update",
                P + "server-metadata:update_all",
                P + "server-metadata:delete",
                P + "os-server-tags:update",
                P + "os-server-tags:update_all",
                P + "os-server-tags:delete",
                P + "os-server-tags:delete_all",
                P + "os-pause-server:pause",
                P + "os-pause-server:unpause",
                P + "os-suspend-server:suspend",
                P + "os-suspend-server:resume",
                P + "os-lock-server:lock",
                P + "os-lock-server:unlock",
                P + "os-console-output",
                P + "os-remote-consoles",
                P + "os-attach-interfaces:create",
                P + "os-attach-interfaces:delete",
                P + "os-security-groups:add",
                P + "os-security-groups:remove",
                P + "os-multinic:add",
                P + "os-multinic:remove",
                P + "os-volumes-attachments:create",
                P + "os-volumes-attachments:update",
                P + "os-volumes-attachments:delete",
                P + "os-deferred-delete:force",
                P + "os-deferred-delete:restore",
                P + "os-server-groups:create",
                P + "os-server-groups:delete");
        all(
                rules,
                ADMIN,
                "For admins.",
                S + "index:get_all_tenants",
                S + "detail:get_all_tenants",
                S + "allow_all_filters",
                S + "show:host_status",
                S + "create:forced_host",
                S + "create:zero_disk_flavor",
                S + "create_image:allow_volume_backed",
                P + "os-extended-server-attributes",
                P + "os-lock-server:unlock:unlock_override",
                P + "os-server-diagnostics",
                P + "os-instance-actions:events:details",
                P + "os-instance-actions:events",
                P + "os-flavor-manage:create",
                P + "os-flavor-manage:update",
                P + "os-flavor-manage:delete",
                P + "os-flavor-access",
                P + "os-flavor-access:add_tenant_access",
                P + "os-flavor-access:remove_tenant_access",
                P + "os-flavor-extra-specs:create",
                P + "os-flavor-extra-specs:update",
                P + "os-flavor-extra-specs:delete",
                P + "os-hypervisors:list",
                P + "os-hypervisors:list-detail",
                P + "os-hypervisors:show",
                P + "os-hypervisors:statistics",
                P + "os-hypervisors:uptime",
                P + "os-hypervisors:search",
                P + "os-hypervisors:servers",
                P + "os-aggregates:index",
                P + "os-aggregates:show",
                P + "os-aggregates:create",
                P + "os-aggregates:update",
                P + "os-aggregates:delete",
                P + "os-aggregates:add_host",
                P + "os-aggregates:remove_host",
                P + "os-aggregates:set_metadata",
                P + "os-services:list",
                P + "os-services:update",
                P + "os-services:delete",
                P + "os-availability-zone:detail",
                P + "os-quota-sets:update",
                P + "os-quota-sets:delete",
                P + "os-quota-class-sets:show",
                P + "os-quota-class-sets:update",
                P + "os-simple-tenant-usage:list",
                P + "limits:other_project",
                P + "os-server-groups:index:all_projects",
                P + "os-migrations:index");
        all(
                rules,
                "@",
                "For everyone with a token.",
                P + "os-flavor-access:list",
                P + "os-availability-zone:list",
                P + "extensions",
                P + "flavors",
                P + "os-quota-sets:defaults");
        all(
                rules,
                "rule:context_is_admin or user_id:%(user_id)s",
                "Key pairs are their user's own.",
                P + "os-keypairs:index",
                P + "os-keypairs:show",
                P + "os-keypairs:create",
                P + "os-keypairs:delete");
        rules.add(
                PolicyRule.of(
                        P + "os-server-external-events:create",
                        "role:service",
                        "For other services of the cloud."));
        rules.add(PolicyRule.of(P + "os-quota-sets:detail", READER, "Quota with usage."));
        return List.copyOf(rules);
    }

    private static void all(List<PolicyRule> rules, String check, String doc, String... names) {
        for (String name : names) {
            rules.add(PolicyRule.of(name, check, doc));
        }
    }
}
