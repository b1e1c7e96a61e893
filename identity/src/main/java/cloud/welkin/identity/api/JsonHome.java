package cloud.welkin.identity.api;

import cloud.welkin.kernel.api.Operation;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The home document of the API (draft-nottingham-json-home): where the resources are, found by
 * relations that stay when paths change. It is made of the operations: most relations follow from
 * the words of the path, {@code /users/{user_id}/projects} is {@code user_projects}; Keystone's
 * other names stand here. Paths begin behind {@code /v3}, as Keystone's do.
 */
final class JsonHome {
    static final String TYPE = "application/json-home";

    private static final String ROOT = "https://docs.openstack.org/api/openstack-identity/3/";

    /** Relations that do not follow from the path; a path with none is not told of. */
    private static final Map<String, List<String>> NAMED =
            Map.ofEntries(
                    ext("OS-EP-FILTER", "/endpoint_groups/{}/endpoints")
                            .are("endpoints_in_endpoint_group"),
                    ext("OS-EP-FILTER", "/endpoint_groups/{}/projects")
                            .are("projects_associated_with_endpoint_group"),
                    ext("OS-EP-FILTER", "/endpoint_groups/{}/projects/{}")
                            .are("endpoint_group_to_project_association"),
                    ext("OS-FEDERATION", "/saml2/metadata").are("metadata"),
                    ext("OS-OAUTH1", "/access_token").are("access_tokens"),
                    ext("OS-OAUTH1", "/authorize/{}").are("authorize_request_token"),
                    ext("OS-OAUTH1", "/request_token").are("request_tokens"),
                    ext("OS-SIMPLE-CERT", "/ca").are("ca_certificate"),
                    at("/auth/OS-FEDERATION/identity_providers/{}/protocols/{}/websso")
                            .are(of("OS-FEDERATION", "identity_providers_websso")),
                    at("/auth/OS-FEDERATION/saml2").are(of("OS-FEDERATION", "saml2")),
                    at("/auth/OS-FEDERATION/saml2/ecp").are(of("OS-FEDERATION", "ecp")),
                    at("/auth/OS-FEDERATION/websso/{}").are(of("OS-FEDERATION", "websso")),
                    at("/auth/domains").are("rel/auth_domains", of("OS-FEDERATION", "domains")),
                    at("/auth/projects").are("rel/auth_projects", of("OS-FEDERATION", "projects")),
                    at("/auth/tokens/OS-PKI/revoked").are(of("OS-PKI", "revocations")),
                    at("/domains/config/default").are("rel/domain_config_default"),
                    at("/domains/config/{}/default").are("rel/domain_config_default_group"),
                    at("/domains/config/{}/{}/default").are("rel/domain_config_default_option"),
                    at("/domains/{}/config/{}").are("rel/domain_config_group"),
                    at("/domains/{}/config/{}/{}").are("rel/domain_config_option"),
                    at("/ec2tokens").are(of("OS-EC2", "ec2tokens")),
                    at("/s3tokens").are(of("s3tokens", "s3tokens")),
                    at("/limits/model").are("rel/limit_model"),
                    at("/policies/{}/OS-ENDPOINT-POLICY/endpoints/{}")
                            .are(of("OS-ENDPOINT-POLICY", "endpoint_policy_association")),
                    at("/policies/{}/OS-ENDPOINT-POLICY/services/{}")
                            .are(of("OS-ENDPOINT-POLICY", "service_policy_association")),
                    at("/policies/{}/OS-ENDPOINT-POLICY/services/{}/regions/{}")
                            .are(of("OS-ENDPOINT-POLICY", "region_and_service_policy_association")),
                    at("/projects/{}/tags/{}").are("rel/project_tags"),
                    at("/roles/{}/implies").are("rel/implied_roles"),
                    at("/roles/{}/implies/{}").are("rel/implied_role"),
                    at("/users/{}/access_rules").are("rel/access_rules"),
                    at("/users/{}/access_rules/{}").are("rel/access_rule"),
                    at("/users/{}/application_credentials").are("rel/application_credentials"),
                    at("/users/{}/application_credentials/{}").are("rel/application_credential"),
                    at("/users/{}/credentials/OS-EC2/{}").are(of("OS-EC2", "user_credential")),
                    at("/users/{}/password").are("rel/user_change_password"),
                    // Other paths of what has its relation above, and what Keystone has no name
                    // for.
                    at("/projects/{}/tags").are(),
                    at("/projects/{}/cascade").are(),
                    at("/OS-FEDERATION/domains").are(),
                    at("/OS-FEDERATION/projects").are(),
                    at("/OS-FEDERATION/identity_providers/{}/protocols/{}/metadata").are(),
                    at("/OS-FEDERATION/identity_providers/{}/protocols/{}/verification").are(),
                    at("/OS-INHERIT/projects/{}/groups/{}/roles/inherited_to_projects").are(),
                    at("/OS-INHERIT/projects/{}/users/{}/roles/inherited_to_projects").are(),
                    at("/policies/{}/OS-ENDPOINT-POLICY/policy").are(),
                    at("/auth/OS-FEDERATION/oidc_redirect").are(),
                    at("/auth/OS-FEDERATION/saml2_post").are());

    /** What a variable stands for, by the word before it, where that is not its id. */
    private static final Map<String, String> VARIABLES =
            Map.of(
                    "tags", "tag_value",
                    "implies", "role_id",
                    "config", "config_group",
                    "authorize", "request_token_id",
                    "OS-EC2", "credential_id",
                    "identity_providers", "idp_id",
                    "websso", "protocol_id");

    /** Variables that an extension brought. */
    private static final Map<String, String> EXTENSIONS =
            Map.of(
                    "trust_id", "OS-TRUST",
                    "idp_id", "OS-FEDERATION",
                    "protocol_id", "OS-FEDERATION",
                    "mapping_id", "OS-FEDERATION",
                    "service_provider_id", "OS-FEDERATION",
                    "consumer_id", "OS-OAUTH1",
                    "request_token_id", "OS-OAUTH1",
                    "access_token_id", "OS-OAUTH1",
                    "endpoint_group_id", "OS-EP-FILTER");

    private static final Set<String> EXPERIMENTAL = Set.of("limits", "registered_limits");

    private final Map<String, Resource> resources = new TreeMap<>();

    private JsonHome() {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    private record Resource(
            Optional<String> href,
            @JsonProperty("href-template") Optional<String> template,
            @JsonProperty("href-vars") Optional<Map<String, String>> variables,
            Optional<Map<String, String>> hints) {
        private Resource under(String prefix) {
            return new Resource(
                    href.map(prefix::concat), template.map(prefix::concat), variables, hints);
        }
    }

    private record Place(String shape, String extension) {
        private Map.Entry<String, List<String>> are(String... relations) {
            return Map.entry(
                    shape,
                    List.of(relations).stream()
                            .map(name -> extension.isEmpty() ? name : of(extension, name))
                            .toList());
        }
    }

    private static Place at(String shape) {
        return new Place(shape, "");
    }

    private static Place ext(String extension, String shape) {
        return new Place("/" + extension + shape, extension);
    }

    private static String of(String extension, String name) {
        return "ext/" + extension + "/1.0/rel/" + name;
    }

    static JsonHome of(List<Operation> operations) {
        JsonHome home = new JsonHome();
        for (Operation operation : operations) {
            String path = operation.path().text();
            List<String> words = List.of(path.substring(1).split("/", -1));
            String shape = path.replaceAll("\\{[^}]*}", "{}");
            List<String> relations = NAMED.getOrDefault(shape, List.of(relation(words)));
            Resource resource = resource(path, words);
            relations.forEach(relation -> home.resources.put(ROOT + relation, resource));
        }
        return home;
    }

    /**
     * The document.
     *
     * @param prefix what its paths begin with
     */
    Map<String, Map<String, Object>> under(String prefix) {
        Map<String, Object> placed = new TreeMap<>();
        resources.forEach((relation, resource) -> placed.put(relation, resource.under(prefix)));
        return Map.of("resources", placed);
    }

    /** The words of the path, those of which one is named in the singular. */
    private static String relation(List<String> words) {
        String extension = "";
        List<String> name = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.startsWith("OS-")) {
                extension = word;
            } else if (!isVariable(word)) {
                boolean one = i + 1 < words.size() && isVariable(words.get(i + 1));
                name.add(one ? singular(word) : word);
            }
        }
        String joined = String.join("_", name);
        return extension.isEmpty() ? "rel/" + joined : of(extension, joined);
    }

    private static Resource resource(String path, List<String> words) {
        Map<String, String> variables = new TreeMap<>();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (isVariable(word)) {
                variables.put(
                        word.substring(1, word.length() - 1), ROOT + variable(words.get(i - 1)));
            }
        }
        boolean plain = variables.isEmpty();
        return new Resource(
                plain ? Optional.of(path) : Optional.empty(),
                plain ? Optional.empty() : Optional.of(path),
                plain ? Optional.empty() : Optional.of(variables),
                EXPERIMENTAL.contains(words.getFirst())
                        ? Optional.of(Map.of("status", "experimental"))
                        : Optional.empty());
    }

    private static String variable(String before) {
        String name =
                isVariable(before)
                        ? "config_option"
                        : VARIABLES.getOrDefault(before, singular(before) + "_id");
        String extension = EXTENSIONS.getOrDefault(name, "");
        return extension.isEmpty() ? "param/" + name : "ext/" + extension + "/1.0/param/" + name;
    }

    private static boolean isVariable(String word) {
        return word.startsWith("{");
    }

    private static String singular(String plural) {
        if (plural.endsWith("ies")) {
            return plural.substring(0, plural.length() - 3) + "y";
        }
        return plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
    }
}
