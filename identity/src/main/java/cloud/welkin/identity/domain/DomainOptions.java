package cloud.welkin.identity.domain;

import cloud.welkin.kernel.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The options by which a domain may differ from the others, with what holds where it says nothing:
 * those that Keystone lets be set by its API (keystone.resource.core, {@code whitelisted_options}
 * and {@code sensitive_options}) and three of [ldap] that Keystone's operators must put into files,
 * with the defaults of its [identity] and [ldap].
 */
public final class DomainOptions {
    public static final String IDENTITY = "identity";
    public static final String LDAP = "ldap";
    public static final String DRIVER = "driver";

    private static final Map<String, Set<String>> SECRET =
            Map.of(IDENTITY, Set.of(), LDAP, Set.of("password"));

    private static final Map<String, Map<String, JsonNode>> USUAL = usual();

    /** The groups with their options that are no secrets, and what holds by default. */
    public static Map<String, Map<String, JsonNode>> defaults() {
        return USUAL;
    }

    public static boolean hasGroup(String group) {
        return USUAL.containsKey(group);
    }

    public static boolean hasOption(String group, String option) {
        return isSecret(group, option) || USUAL.getOrDefault(group, Map.of()).containsKey(option);
    }

    public static boolean isSecret(String group, String option) {
        return SECRET.getOrDefault(group, Set.of()).contains(option);
    }

    private DomainOptions() {}

    /** What holds of an option of [ldap] by default. */
    public static Optional<JsonNode> usualOfLdap(String option) {
        return Optional.ofNullable(USUAL.getOrDefault(LDAP, Map.of()).get(option))
                .filter(value -> !value.isNull());
    }

    private static Map<String, Map<String, JsonNode>> usual() {
        Map<String, JsonNode> identity = new LinkedHashMap<>();
        identity.put(DRIVER, Json.tree("sql"));
        nothing(identity, "list_limit");
        Map<String, JsonNode> ldap = new LinkedHashMap<>();
        connecting(ldap);
        users(ldap);
        groups(ldap);
        return Map.of(IDENTITY, identity, LDAP, ldap);
    }

    private static void connecting(Map<String, JsonNode> ldap) {
        ldap.put("url", Json.tree("ldap://localhost"));
        ldap.put("randomize_urls", Json.tree(false));
        nothing(ldap, "user");
        ldap.put("suffix", Json.tree("cn=example,cn=com"));
        ldap.put("query_scope", Json.tree("one"));
        ldap.put("page_size", Json.tree(0));
        ldap.put("alias_dereferencing", Json.tree("default"));
        nothing(ldap, "debug_level", "chase_referrals", "tls_cacertfile", "tls_cacertdir");
        ldap.put("use_tls", Json.tree(false));
        ldap.put("tls_req_cert", Json.tree("demand"));
        ldap.put("connection_timeout", Json.tree(-1));
        ldap.put("use_pool", Json.tree(true));
        ldap.put("pool_size", Json.tree(10));
        ldap.put("pool_retry_max", Json.tree(3));
        ldap.put("pool_retry_delay", Json.tree(0.1));
        ldap.put("pool_connection_timeout", Json.tree(-1));
        ldap.put("pool_connection_lifetime", Json.tree(600));
        ldap.put("use_auth_pool", Json.tree(true));
        ldap.put("auth_pool_size", Json.tree(100));
        ldap.put("auth_pool_connection_lifetime", Json.tree(60));
    }

    private static void users(Map<String, JsonNode> ldap) {
        nothing(ldap, "user_tree_dn", "user_filter");
        ldap.put("user_objectclass", Json.tree("inetOrgPerson"));
        ldap.put("user_id_attribute", Json.tree("cn"));
        ldap.put("user_name_attribute", Json.tree("sn"));
        ldap.put("user_description_attribute", Json.tree("description"));
        ldap.put("user_mail_attribute", Json.tree("mail"));
        ldap.put("user_pass_attribute", Json.tree("userPassword"));
        ldap.put("user_enabled_attribute", Json.tree("enabled"));
        ldap.put("user_enabled_invert", Json.tree(false));
        ldap.put("user_enabled_mask", Json.tree(0));
        ldap.put("user_enabled_default", Json.tree("True"));
        ldap.put("user_attribute_ignore", Json.tree(List.of("default_project_id")));
        nothing(ldap, "user_default_project_id_attribute");
        ldap.put("user_enabled_emulation", Json.tree(false));
        nothing(ldap, "user_enabled_emulation_dn");
        ldap.put("user_enabled_emulation_use_group_config", Json.tree(false));
        ldap.put("user_additional_attribute_mapping", Json.tree(List.of()));
    }

    private static void groups(Map<String, JsonNode> ldap) {
        nothing(ldap, "group_tree_dn", "group_filter");
        ldap.put("group_objectclass", Json.tree("groupOfNames"));
        ldap.put("group_id_attribute", Json.tree("cn"));
        ldap.put("group_name_attribute", Json.tree("ou"));
        ldap.put("group_member_attribute", Json.tree("member"));
        ldap.put("group_members_are_ids", Json.tree(false));
        ldap.put("group_desc_attribute", Json.tree("description"));
        ldap.put("group_attribute_ignore", Json.tree(List.of()));
        ldap.put("group_additional_attribute_mapping", Json.tree(List.of()));
        ldap.put("group_ad_nesting", Json.tree(false));
    }

    private static void nothing(Map<String, JsonNode> options, String... names) {
        for (String name : names) {
            options.put(name, Json.mapper().nullNode());
        }
    }
}
