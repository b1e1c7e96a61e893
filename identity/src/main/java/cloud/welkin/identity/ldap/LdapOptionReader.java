package cloud.welkin.identity.ldap;

import cloud.welkin.identity.domain.DomainOptions;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SearchScope;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@link LdapOptions} of what is set for a domain. The API takes any value, as Keystone's
 * does; what cannot be used is told here, by name and without the value, which may be secret.
 */
final class LdapOptionReader {
    private static final Logger log = LoggerFactory.getLogger(LdapOptionReader.class);
    private static final int LDAP_PORT = 389;
    private static final int LDAPS_PORT = 636;
    private static final Set<String> YES = Set.of("1", "t", "true", "on", "y", "yes");
    private static final Set<String> NO = Set.of("0", "f", "false", "off", "n", "no");

    private final Map<String, JsonNode> values;
    private final Duration timeout;

    private LdapOptionReader(Map<String, JsonNode> values, Duration timeout) {
        this.values = values;
        this.timeout = timeout;
    }

    /**
     * @param values what is set, secrets among them
     * @param timeout where they set none
     * @throws DirectoryUnavailable naming the option that is wrong
     */
    static LdapOptions read(Map<String, JsonNode> values, Duration timeout) {
        return new LdapOptionReader(values, timeout).options();
    }

    private LdapOptions options() {
        List<LdapOptions.Server> servers = servers();
        if (flag("use_tls") && servers.stream().anyMatch(LdapOptions.Server::secure)) {
            throw wrong("use_tls", "it is for ldap:// only, ldaps:// has TLS already");
        }
        boolean pooled = flag("use_pool");
        LdapOptions.Groups groups = groups();
        return new LdapOptions(
                servers,
                login(),
                tls(),
                timeout(),
                pool("pool_size", "pool_connection_lifetime", pooled),
                pool(
                        "auth_pool_size",
                        "auth_pool_connection_lifetime",
                        pooled && flag("use_auth_pool")),
                switch (word("query_scope", "one", "sub")) {
                    case "sub" -> SearchScope.SUB;
                    default -> SearchScope.ONE;
                },
                number("page_size", 0),
                switch (word(
                        "alias_dereferencing",
                        "default",
                        "never",
                        "searching",
                        "finding",
                        "always")) {
                    case "searching" -> DereferencePolicy.SEARCHING;
                    case "finding" -> DereferencePolicy.FINDING;
                    case "always" -> DereferencePolicy.ALWAYS;
                    default -> DereferencePolicy.NEVER;
                },
                flag("chase_referrals"),
                number("debug_level", -1) > 0,
                users(groups),
                groups);
    }

    private List<LdapOptions.Server> servers() {
        List<LdapOptions.Server> servers = new ArrayList<>();
        for (String url : required("url").split("[\\s,]+")) {
            if (!url.isEmpty()) {
                servers.add(server(url));
            }
        }
        if (servers.isEmpty()) {
            throw wrong("url", "it names no server");
        }
        if (flag("randomize_urls")) {
            Collections.shuffle(servers);
        }
        return servers;
    }

    private static LdapOptions.Server server(String url) {
        try {
            URI uri = new URI(url);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (!scheme.equals("ldap") && !scheme.equals("ldaps")) {
                throw wrong("url", "it must begin with ldap:// or ldaps://");
            }
            boolean secure = scheme.equals("ldaps");
            String host = uri.getHost();
            if (host == null) {
                if (uri.getRawAuthority() != null) {
                    throw wrong("url", "it names no host");
                }
                host = "localhost";
            }
            int port = uri.getPort() >= 0 ? uri.getPort() : secure ? LDAPS_PORT : LDAP_PORT;
            if (port < 1 || port > 65_535) {
                throw wrong("url", "there is no such port");
            }
            return new LdapOptions.Server(host.replaceAll("^\\[|]$", ""), port, secure);
        } catch (URISyntaxException e) {
            throw wrong("url", "it is no URL");
        }
    }

    private Optional<LdapOptions.Login> login() {
        Optional<String> user = text("user").filter(name -> !name.isEmpty());
        Optional<String> password = text("password").filter(word -> !word.isEmpty());
        return user.isPresent() && password.isPresent()
                ? Optional.of(new LdapOptions.Login(user.get(), password.get()))
                : Optional.empty();
    }

    private LdapOptions.Tls tls() {
        return new LdapOptions.Tls(
                flag("use_tls"),
                word("tls_req_cert", "demand", "allow", "never").equals("demand"),
                path("tls_cacertfile").or(() -> path("tls_cacertdir")));
    }

    private Optional<Path> path(String option) {
        return text(option).filter(name -> !name.isEmpty()).map(Path::of);
    }

    private Duration timeout() {
        int pooled = flag("use_pool") ? number("pool_connection_timeout", -1) : -1;
        int seconds = pooled > 0 ? pooled : number("connection_timeout", -1);
        return seconds > 0 ? Duration.ofSeconds(seconds) : timeout;
    }

    private LdapOptions.Pool pool(String size, String lifetime, boolean kept) {
        double pause = decimal("pool_retry_delay");
        return new LdapOptions.Pool(
                kept ? number(size, 1) : 0,
                Duration.ofSeconds(number(lifetime, 1)),
                kept ? number("pool_retry_max", 1) : 1,
                Duration.ofMillis((long) (Math.min(pause, 60) * 1000)));
    }

    private LdapOptions.Users users(LdapOptions.Groups groups) {
        LdapOptions.Entries entries = entries("user", "ou=Users", "user_description_attribute");
        return new LdapOptions.Users(
                entries,
                attribute("user_mail_attribute"),
                attribute("user_default_project_id_attribute"),
                required("user_enabled_attribute"),
                flag("user_enabled_invert"),
                number("user_enabled_mask", 0),
                required("user_enabled_default"),
                flag("user_enabled_emulation")
                        ? Optional.of(emulation(entries, groups))
                        : Optional.empty());
    }

    private LdapOptions.Emulation emulation(LdapOptions.Entries users, LdapOptions.Groups groups) {
        DN dn =
                text("user_enabled_emulation_dn")
                        .filter(name -> !name.isEmpty())
                        .map(name -> dn("user_enabled_emulation_dn", name))
                        .orElseGet(() -> dn("user_tree_dn", "cn=enabled_users," + users.tree()));
        return flag("user_enabled_emulation_use_group_config")
                ? new LdapOptions.Emulation(dn, groups.member(), groups.ids())
                : new LdapOptions.Emulation(dn, "member", false);
    }

    private LdapOptions.Groups groups() {
        return new LdapOptions.Groups(
                entries("group", "ou=UserGroups", "group_desc_attribute"),
                attribute("group_member_attribute").orElse("member"),
                flag("group_members_are_ids"),
                flag("group_ad_nesting"));
    }

    private LdapOptions.Entries entries(String kind, String unit, String description) {
        String tree = kind + "_tree_dn";
        return new LdapOptions.Entries(
                text(tree)
                        .filter(name -> !name.isEmpty())
                        .map(name -> dn(tree, name))
                        .orElseGet(() -> dn("suffix", unit + "," + required("suffix"))),
                filter(kind + "_filter"),
                required(kind + "_objectclass"),
                attribute(kind + "_id_attribute").orElse("cn"),
                attribute(kind + "_name_attribute")
                        .orElseThrow(() -> wrong(kind + "_name_attribute", "it is empty")),
                attribute(description),
                Set.copyOf(list(kind + "_attribute_ignore")),
                additional(kind + "_additional_attribute_mapping"));
    }

    /** Several filters beside each other are meant together, as Keystone puts them into one. */
    private Optional<Filter> filter(String option) {
        Optional<String> given = text(option).map(String::strip).filter(f -> !f.isEmpty());
        if (given.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Filter.create("(&" + given.get() + ")"));
        } catch (LDAPException e) {
            throw wrong(option, "it is no LDAP filter in parentheses");
        }
    }

    private Map<String, String> additional(String option) {
        Map<String, String> mapping = new LinkedHashMap<>();
        for (String pair : list(option)) {
            String[] parts = pair.split(":", -1);
            if (parts.length == 2 && !parts[0].isBlank() && !parts[1].isBlank()) {
                mapping.put(parts[0].strip(), parts[1].strip());
            } else {
                log.warn("{}: {} is not LDAP_ATTRIBUTE:ATTRIBUTE, and passed over", option, pair);
            }
        }
        return mapping;
    }

    private static DN dn(String option, String name) {
        try {
            return new DN(name);
        } catch (LDAPException e) {
            throw wrong(option, "it is no distinguished name");
        }
    }

    private Optional<JsonNode> value(String option) {
        return Optional.ofNullable(values.get(option))
                .filter(value -> !value.isNull())
                .or(() -> DomainOptions.usualOfLdap(option));
    }

    private Optional<String> text(String option) {
        Optional<JsonNode> value = value(option);
        if (value.filter(JsonNode::isContainer).isPresent()) {
            throw wrong(option, "it must be text");
        }
        return value.map(JsonNode::asString);
    }

    private Optional<String> attribute(String option) {
        return text(option).map(String::strip).filter(name -> !name.isEmpty());
    }

    private String required(String option) {
        return attribute(option).orElseThrow(() -> wrong(option, "it is empty"));
    }

    private String word(String option, String... allowed) {
        String word = required(option);
        if (!Arrays.asList(allowed).contains(word)) {
            throw wrong(option, "it is none of " + String.join(", ", allowed));
        }
        return word;
    }

    private boolean flag(String option) {
        String word = text(option).orElse("false").strip().toLowerCase(Locale.ROOT);
        if (!YES.contains(word) && !NO.contains(word)) {
            throw wrong(option, "it is neither true nor false");
        }
        return YES.contains(word);
    }

    private int number(String option, int least) {
        String word = text(option).map(String::strip).orElse(String.valueOf(least));
        try {
            int number = Integer.parseInt(word);
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers that are too small.
        }
        throw wrong(option, "it is not a whole number from " + least + " on");
    }

    private double decimal(String option) {
        try {
            double number = Double.parseDouble(required(option));
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers that are too small.
        }
        throw wrong(option, "it is not a number from 0 on");
    }

    private List<String> list(String option) {
        Optional<JsonNode> value = value(option);
        if (value.filter(JsonNode::isArray).isPresent()) {
            return value.get().valueStream().map(JsonNode::asString).toList();
        }
        return Arrays.stream(text(option).orElse("").split(","))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toList());
    }

    private static DirectoryUnavailable wrong(String option, String why) {
        return new DirectoryUnavailable("[ldap] " + option + " is wrong: " + why);
    }
}
