package cloud.welkin.identity.api;

import java.util.Set;

/**
 * Which scopes of a token Keystone's rules are for ({@code scope_types} of its policies): a token
 * for a domain is for what is in that domain, and for nothing of the whole cloud's; what somebody
 * does in a project's name wants a token for one.
 */
final class IdentityScopes {
    private static final Set<String> NOT_OF_DOMAINS =
            words(
                    """
            delete_access_rule get_access_rule list_access_rules
            delete_application_credential get_application_credential
            list_application_credentials create_consumer delete_consumer
            get_consumer list_consumers update_consumer create_domain delete_domain
            update_domain create_domain_config delete_domain_config
            get_domain_config update_domain_config get_domain_config_default
            create_domain_role delete_domain_role get_domain_role list_domain_roles
            update_domain_role ec2_create_credential ec2_delete_credential
            ec2_get_credential ec2_list_credentials create_endpoint delete_endpoint
            get_endpoint list_endpoints update_endpoint remove_endpoint_from_project
            create_endpoint_group delete_endpoint_group get_endpoint_group
            list_endpoint_groups update_endpoint_group
            remove_endpoint_group_from_project get_endpoint_group_in_project
            add_endpoint_group_to_project list_endpoint_groups_for_project
            check_endpoint_in_project add_endpoint_to_project
            list_endpoints_associated_with_endpoint_group list_endpoints_for_policy
            list_endpoints_for_project create_identity_provider
            delete_identity_provider get_identity_provider list_identity_providers
            update_identity_provider check_implied_role create_implied_role
            delete_implied_role get_implied_role list_implied_roles create_limits
            delete_limit update_limit create_mapping delete_mapping get_mapping
            list_mappings update_mapping create_oidc_client delete_oidc_client
            get_oidc_client list_oidc_clients list_oidc_keys rotate_oidc_keys
            list_policies create_policy delete_policy get_policy update_policy
            check_policy_association_for_endpoint
            create_policy_association_for_endpoint
            delete_policy_association_for_endpoint
            check_policy_association_for_region_and_service
            create_policy_association_for_region_and_service
            delete_policy_association_for_region_and_service
            check_policy_association_for_service
            create_policy_association_for_service
            delete_policy_association_for_service get_policy_for_endpoint
            list_projects_associated_with_endpoint_group list_projects_for_endpoint
            create_protocol delete_protocol get_protocol list_protocols
            update_protocol get_protocol_verification set_protocol_verification
            create_region delete_region update_region create_registered_limits
            delete_registered_limit update_registered_limit revocation_list
            list_revoke_events create_role delete_role update_role
            get_role_for_trust list_role_inference_rules list_roles_for_trust
            create_service delete_service get_service list_services update_service
            create_service_provider delete_service_provider get_service_provider
            list_service_providers update_service_provider
            check_system_grant_for_group create_system_grant_for_group
            revoke_system_grant_for_group check_system_grant_for_user
            create_system_grant_for_user revoke_system_grant_for_user
            list_system_grants_for_group list_system_grants_for_user delete_trust
            get_trust list_trusts list_trusts_for_trustee list_trusts_for_trustor
            """);
    private static final Set<String> OF_PROJECTS =
            words(
                    """
            delete_access_token get_access_token list_access_tokens
            get_access_token_role list_access_token_roles
            create_application_credential authorize_request_token create_trust
            """);

    private IdentityScopes() {}

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    /** Of the rule {@code identity:name}. */
    static String[] of(String name) {
        if (OF_PROJECTS.contains(name)) {
            return new String[] {"project"};
        }
        return NOT_OF_DOMAINS.contains(name)
                ? new String[] {"system", "project"}
                : new String[] {"system", "domain", "project"};
    }
}
