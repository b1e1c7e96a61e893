package cloud.welkin.image.metadef;

import cloud.welkin.kernel.policy.PolicyRule;
import java.util.ArrayList;
import java.util.List;

/** Glance's rules for metadata definitions: admins write, whoever may see a namespace reads. */
public final class MetadefPolicy {
    private static final String ADMIN = "rule:metadef_admin";
    private static final String SEEN =
            ADMIN + " or (role:reader and (project_id:%(project_id)s or 'public':%(visibility)s))";

    private MetadefPolicy() {}

    public static List<PolicyRule> rules() {
        List<PolicyRule> rules = new ArrayList<>();
        rules.add(PolicyRule.of("metadef_admin", "role:admin", "Who writes definitions"));
        rules.add(
                PolicyRule.of(
                        "get_metadef_namespaces",
                        ADMIN + " or (role:reader and project_id:%(project_id)s)",
                        "List namespaces"));
        for (String name :
                List.of(
                        "get_metadef_namespace",
                        "get_metadef_object",
                        "get_metadef_objects",
                        "get_metadef_property",
                        "get_metadef_properties",
                        "get_metadef_tag",
                        "get_metadef_tags",
                        "list_metadef_resource_types",
                        "get_metadef_resource_type")) {
            rules.add(PolicyRule.of(name, SEEN, "See metadata definitions"));
        }
        for (String name :
                List.of(
                        "add_metadef_namespace",
                        "modify_metadef_namespace",
                        "delete_metadef_namespace",
                        "add_metadef_object",
                        "modify_metadef_object",
                        "delete_metadef_object",
                        "add_metadef_property",
                        "modify_metadef_property",
                        "remove_metadef_property",
                        "add_metadef_tag",
                        "add_metadef_tags",
                        "modify_metadef_tag",
                        "delete_metadef_tag",
                        "delete_metadef_tags",
                        "add_metadef_resource_type_association",
                        "remove_metadef_resource_type_association")) {
            rules.add(PolicyRule.of(name, ADMIN, "Change metadata definitions"));
        }
        return rules;
    }
}
