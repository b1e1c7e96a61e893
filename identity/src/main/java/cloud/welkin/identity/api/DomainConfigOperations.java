package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.DomainConfig;
import cloud.welkin.identity.domain.DomainConfig.Option;
import cloud.welkin.identity.domain.DomainOptions;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.DirectoryStore;
import cloud.welkin.identity.store.DomainConfigStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Target;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * How domains differ from each other: /v3/domains/{domain_id}/config
 * (docs.openstack.org/api-ref/identity/v3, "Domain configuration"). Values are kept as they are
 * given, as Keystone keeps them: whether a directory is reached with them shows when it is asked.
 */
final class DomainConfigOperations implements OperationGroup {
    private static final String COMPLIANCE = "security_compliance";
    private static final String ONE = "/domains/{domain_id}/config";
    private static final String GROUP = ONE + "/{group}";
    private static final String OPTION = GROUP + "/{option}";

    private final Clock clock;
    private final ProjectStore projects;
    private final DomainConfigStore configs;
    private final DirectoryStore accounts;
    private final Changes changes;
    private final PasswordRules passwords;

    DomainConfigOperations(Clock clock, Stores stores, Changes changes, PasswordRules passwords) {
        this.clock = clock;
        this.projects = stores.projects();
        this.configs = stores.domainConfigs();
        this.accounts = stores.directory();
        this.changes = changes;
        this.passwords = passwords;
    }

    record ConfigRequest(Optional<Map<String, JsonNode>> config) {
        Map<String, JsonNode> given() {
            return config.orElse(Map.of());
        }

        @Override
        public String toString() {
            return "ConfigRequest[…]";
        }
    }

    record ConfigView(Map<String, ?> config) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/domains/config/default")
                        .policy("identity:get_domain_config_default")
                        .doc("What holds where a domain does not differ.")
                        .replies(ConfigView.class)
                        .reads((call, tx) -> new ConfigView(DomainOptions.defaults())),
                Operation.get("/domains/config/{group}/default")
                        .policy("identity:get_domain_config_default")
                        .doc("The same of one group of options.")
                        .replies(ConfigView.class)
                        .reads((call, tx) -> defaults(call.path("group"))),
                Operation.get("/domains/config/{group}/{option}/default")
                        .policy("identity:get_domain_config_default")
                        .doc("The same of one option.")
                        .replies(ConfigView.class)
                        .reads((call, tx) -> defaultOf(call.path("group"), call.path("option"))),
                Operation.put(ONE)
                        .policy("identity:create_domain_config")
                        .doc("Sets how a domain differs, in the place of what was set.")
                        .body(ConfigRequest.class)
                        .replies(ConfigView.class)
                        .writes(this::create),
                Operation.get(ONE)
                        .policy("identity:get_domain_config")
                        .doc("Shows how a domain differs, but for secrets.")
                        .replies(ConfigView.class)
                        .reads(this::show),
                Operation.patch(ONE)
                        .policy("identity:update_domain_config")
                        .doc("Changes some options of a domain.")
                        .body(ConfigRequest.class)
                        .replies(ConfigView.class)
                        .writes((call, tx, body) -> update(call, tx, body.given())),
                Operation.delete(ONE)
                        .policy("identity:delete_domain_config")
                        .doc("Makes a domain as the others.")
                        .writes(
                                (call, tx, body) -> {
                                    DomainId domain = domain(call, tx);
                                    return keep(tx, domain, new DomainConfig(List.of()));
                                }),
                Operation.get(GROUP)
                        .policyByHandler("identity:get_domain_config")
                        .doc("Shows one group of a domain's options.")
                        .replies(ConfigView.class)
                        .reads(this::showGroup),
                Operation.patch(GROUP)
                        .policy("identity:update_domain_config")
                        .doc("Changes options of one group that is set.")
                        .body(ConfigRequest.class)
                        .replies(ConfigView.class)
                        .writes((call, tx, body) -> updateGroup(call, tx, body.given())),
                Operation.delete(GROUP)
                        .policy("identity:delete_domain_config")
                        .doc("Takes one group of options from a domain.")
                        .writes((call, tx, body) -> deleteGroup(call, tx)),
                Operation.get(OPTION)
                        .policyByHandler("identity:get_domain_config")
                        .doc("Shows one of a domain's options.")
                        .replies(ConfigView.class)
                        .reads(this::showOption),
                Operation.patch(OPTION)
                        .policy("identity:update_domain_config")
                        .doc("Changes one option that is set.")
                        .body(ConfigRequest.class)
                        .replies(ConfigView.class)
                        .writes((call, tx, body) -> updateOption(call, tx, body.given())),
                Operation.delete(OPTION)
                        .policy("identity:delete_domain_config")
                        .doc("Takes one option from a domain.")
                        .writes((call, tx, body) -> deleteOption(call, tx)));
    }

    private Object defaults(String group) {
        requireGroup(group);
        return new ConfigView(
                Map.of(group, DomainOptions.defaults().getOrDefault(group, Map.of())));
    }

    private Object defaultOf(String group, String option) {
        requireOption(group, option);
        if (DomainOptions.isSecret(group, option)) {
            throw invalid(
                    "Reading the default for option %s in group %s is not supported"
                            .formatted(option, group));
        }
        return new ConfigView(
                Map.of(option, DomainOptions.defaults().getOrDefault(group, Map.of()).get(option)));
    }

    private Object create(Call call, Tx tx, ConfigRequest request) {
        DomainId domain = domain(call, tx);
        List<Option> given = options(request.given());
        boolean first = current(tx, domain).options().isEmpty();
        DomainConfig made = new DomainConfig(given);
        keep(tx, domain, made);
        return Reply.of(new ConfigView(made.shown())).status(first ? 201 : 200);
    }

    private Object show(Call call, Tx tx) {
        DomainId domain = domain(call, tx);
        return shown(configs.find(tx, domain), domain);
    }

    private ConfigView shown(DomainConfig config, DomainId domain) {
        if (config.shown().isEmpty()) {
            throw notFound("any options", domain);
        }
        return new ConfigView(config.shown());
    }

    private Object showGroup(Call call, Tx tx) {
        String group = call.path("group");
        if (group.equals(COMPLIANCE)) {
            return compliance(call, tx, Optional.empty());
        }
        call.authorize(Target.NOTHING);
        DomainId domain = domain(call, tx);
        requireGroup(group);
        Map<String, JsonNode> options = configs.find(tx, domain).shown().get(group);
        if (options == null) {
            throw notFound("group " + group, domain);
        }
        return new ConfigView(Map.of(group, options));
    }

    private Object showOption(Call call, Tx tx) {
        String group = call.path("group");
        String name = call.path("option");
        if (group.equals(COMPLIANCE)) {
            return compliance(call, tx, Optional.of(name));
        }
        call.authorize(Target.NOTHING);
        DomainId domain = domain(call, tx);
        requireOption(group, name);
        return new ConfigView(
                Map.of(
                        name,
                        configs.find(tx, domain)
                                .option(group, name)
                                .filter(option -> !option.secret())
                                .orElseThrow(() -> notFound(named(group, name), domain))
                                .value()));
    }

    /** What is asked of passwords: Keystone shows it to everybody, as a group of this domain. */
    private Object compliance(Call call, Tx tx, Optional<String> option) {
        // Whatever the operation's own rule says: another is asked.
        call.may(Target.NOTHING);
        call.require(DomainConfigPolicy.COMPLIANCE, Target.NOTHING);
        DomainId domain = domain(call, tx);
        if (!domain.equals(DomainId.DEFAULT)) {
            throw invalid(
                    "Reading security compliance information for any domain other than the"
                            + " default domain is not allowed or supported.");
        }
        Map<String, JsonNode> all = new LinkedHashMap<>();
        all.put("password_regex", Json.tree(passwords.pattern().map(Pattern::pattern)));
        all.put(
                "password_regex_description",
                Json.tree(Optional.of(passwords.description()).filter(text -> !text.isEmpty())));
        if (option.isEmpty()) {
            return new ConfigView(Map.of(COMPLIANCE, all));
        }
        if (!all.containsKey(option.get())) {
            throw invalid(
                    "Reading security compliance values other than password_regex and"
                            + " password_regex_description is not allowed.");
        }
        return new ConfigView(Map.of(option.get(), all.get(option.get())));
    }

    private Object update(Call call, Tx tx, Map<String, JsonNode> given) {
        DomainId domain = domain(call, tx);
        List<Option> options = options(given);
        DomainConfig changed = current(tx, domain).with(options);
        keep(tx, domain, changed);
        return shown(changed, domain);
    }

    private Object updateGroup(Call call, Tx tx, Map<String, JsonNode> given) {
        DomainId domain = domain(call, tx);
        String group = call.path("group");
        List<Option> options = options(given);
        requireGroup(group);
        if (given.size() != 1) {
            throw invalid(
                    ("Trying to update group %s, so that, and only that, group must be specified"
                                    + " in the config")
                            .formatted(group));
        }
        String other = given.keySet().iterator().next();
        if (!other.equals(group)) {
            throw invalid(
                    "request to update group %s, but config provided contains group %s instead"
                            .formatted(group, other));
        }
        DomainConfig current = current(tx, domain);
        if (!current.hasGroup(group)) {
            throw notFound("group " + group, domain);
        }
        DomainConfig changed = current.with(options);
        keep(tx, domain, changed);
        return shown(changed, domain);
    }

    private Object updateOption(Call call, Tx tx, Map<String, JsonNode> given) {
        DomainId domain = domain(call, tx);
        String group = call.path("group");
        String name = call.path("option");
        requireGroup(group);
        if (given.isEmpty()) {
            throw invalid(
                    ("The value of group %s specified in the config should be a dictionary of"
                                    + " options")
                            .formatted(group));
        }
        given.keySet().forEach(option -> requireOption(group, option));
        requireOption(group, name);
        if (given.size() != 1) {
            throw invalid(
                    ("Trying to update option %s in group %s, so that, and only that, option must"
                                    + " be specified  in the config")
                            .formatted(name, group));
        }
        Option option = option(group, given.entrySet().iterator().next());
        if (!option.name().equals(name)) {
            throw invalid(
                    ("Trying to update option %s in group %s, but config provided contains option"
                                    + " %s instead")
                            .formatted(name, group, option.name()));
        }
        DomainConfig current = current(tx, domain);
        if (current.option(group, name).isEmpty()) {
            throw notFound(named(group, name), domain);
        }
        DomainConfig changed = current.with(List.of(option));
        keep(tx, domain, changed);
        return shown(changed, domain);
    }

    private Object deleteGroup(Call call, Tx tx) {
        DomainId domain = domain(call, tx);
        String group = call.path("group");
        requireGroup(group);
        DomainConfig current = current(tx, domain);
        if (!current.hasGroup(group)) {
            throw notFound("group " + group, domain);
        }
        return keep(
                tx,
                domain,
                new DomainConfig(
                        current.options().stream()
                                .filter(option -> !option.group().equals(group))
                                .toList()));
    }

    private Object deleteOption(Call call, Tx tx) {
        DomainId domain = domain(call, tx);
        String group = call.path("group");
        String name = call.path("option");
        requireOption(group, name);
        DomainConfig current = current(tx, domain);
        Option gone =
                current.option(group, name)
                        .orElseThrow(
                                () ->
                                        notFound(
                                                current.hasGroup(group)
                                                        ? named(group, name)
                                                        : "group " + group,
                                                domain));
        List<Option> left = new ArrayList<>(current.options());
        left.remove(gone);
        return keep(tx, domain, new DomainConfig(left));
    }

    private DomainConfig current(Tx tx, DomainId domain) {
        configs.lock(tx, domain);
        return configs.find(tx, domain);
    }

    /**
     * Those whom the domain had are not those whom it has from now on, when it begins or ends to
     * have a directory.
     */
    private Reply keep(Tx tx, DomainId domain, DomainConfig config) {
        if (config.isElsewhere() && domain.equals(DomainId.DEFAULT)) {
            throw invalid(
                    "The users of the default domain, who administer the cloud and serve it, are"
                            + " kept in the database");
        }
        configs.lock(tx, domain);
        configs.replace(tx, domain, config);
        accounts.reveal(tx, domain, config.isElsewhere(), clock.instant());
        changes.made(tx);
        return Reply.empty();
    }

    private List<Option> options(Map<String, JsonNode> config) {
        if (config.isEmpty()) {
            throw invalid("No options specified");
        }
        List<Option> options = new ArrayList<>();
        config.forEach(
                (group, values) -> {
                    if (!values.isObject() || values.isEmpty()) {
                        throw invalid(
                                ("The value of group %s specified in the config should be a"
                                                + " dictionary of options")
                                        .formatted(group));
                    }
                    options.addAll(
                            values.properties().stream()
                                    .map(entry -> option(group, entry))
                                    .toList());
                });
        return options;
    }

    private Option option(String group, Map.Entry<String, JsonNode> entry) {
        requireOption(group, entry.getKey());
        if (group.equals(DomainOptions.IDENTITY)
                && entry.getKey().equals(DomainOptions.DRIVER)
                && !entry.getValue().isString()) {
            throw invalid("The identity driver is a name: sql or ldap");
        }
        return new Option(
                group,
                entry.getKey(),
                entry.getValue(),
                DomainOptions.isSecret(group, entry.getKey()));
    }

    private void requireGroup(String group) {
        if (!DomainOptions.hasGroup(group)) {
            throw invalid(
                    "Group %s is not supported for domain specific configurations"
                            .formatted(group));
        }
    }

    private void requireOption(String group, String option) {
        requireGroup(group);
        if (!DomainOptions.hasOption(group, option)) {
            throw invalid(
                    "Option %s in group %s is not supported for domain specific configurations"
                            .formatted(option, group));
        }
    }

    private DomainId domain(Call call, Tx tx) {
        String id = call.path("domain_id");
        if (projects.find(tx, new ProjectId(id)).filter(Project::isDomain).isEmpty()) {
            throw Failure.notFound("Could not find domain: %s.", id);
        }
        return new DomainId(id);
    }

    private static String named(String group, String option) {
        return "option " + option + " in group " + group;
    }

    private static Failure notFound(String what, DomainId domain) {
        return Failure.notFound(
                "Could not find %s in domain configuration for domain %s.", what, domain);
    }

    private static Failure invalid(String reason) {
        return Failure.forbidden("Invalid domain specific configuration: %s.", reason);
    }
}
