package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.SecurityGroupBodies.CreateRule;
import cloud.welkin.network.api.SecurityGroupBodies.NewRule;
import cloud.welkin.network.api.Views.RuleView;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.Protocols;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.RuleChecks;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SecurityGroupRow.Rule;
import cloud.welkin.network.store.SecurityGroupStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Rules of security groups: Neutron's /security-group-rules. A rule never changes; it is made and
 * deleted.
 */
final class SecurityGroupRuleOperations implements OperationGroup {
    private static final int MOST_AT_ONCE = 1000;

    private final SecurityGroupStore store;
    private final Journal journal;

    SecurityGroupRuleOperations(SecurityGroupStore store, Journal journal) {
        this.store = store;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/security-group-rules")
                        .policy("get_security_group_rule")
                        .anyParam()
                        .replies(RuleView.class)
                        .doc("The rules of the caller's security groups, by any attribute.")
                        .reads(this::list),
                Operation.post("/security-group-rules")
                        .policyByHandler("create_security_group_rule")
                        .body(CreateRule.class)
                        .replies(RuleView.class)
                        .doc("Adds a rule to a group, or several at once.")
                        .writes(this::create),
                Operation.get("/security-group-rules/{id}")
                        .policyByHandler("get_security_group_rule")
                        .anyParam()
                        .replies(RuleView.class)
                        .doc("One rule.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call,
                                                "security_group_rule",
                                                Views.rule(
                                                        find(
                                                                call,
                                                                tx,
                                                                "get_security_group_rule")))),
                Operation.delete("/security-group-rules/{id}")
                        .policyByHandler("delete_security_group_rule")
                        .doc("Takes a rule from its group.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        var page =
                SecurityGroupStore.RULE_LISTING.page(
                        tx,
                        Lists.request(call.query()),
                        SecurityGroupStore.visibleRules(Lists.visibility(call)));
        return Lists.reply(call, "security_group_rules", page, Views::rule, Rule::id);
    }

    private Object create(Call call, Tx tx, CreateRule body) {
        if (body.rule() instanceof Field.Value<NewRule>(NewRule one)) {
            Rule rule = rule(call, tx, one);
            insert(call, tx, List.of(rule));
            return Map.of("security_group_rule", Views.rule(rule));
        }
        List<NewRule> several =
                body.rules()
                        .given()
                        .orElseThrow(() -> Failure.badRequest("Resource body required"));
        if (several.isEmpty() || several.size() > MOST_AT_ONCE) {
            throw Failure.badRequest("Between 1 and %d rules can be made at once.", MOST_AT_ONCE);
        }
        List<Rule> rules = new ArrayList<>();
        several.forEach(one -> rules.add(rule(call, tx, one)));
        if (rules.stream().map(Rule::group).distinct().count() > 1) {
            throw Refusals.bad(
                    "SecurityGroupNotSingleGroupRules",
                    "Only allowed to update rules for one security profile at a time");
        }
        insert(call, tx, rules);
        return Map.of("security_group_rules", rules.stream().map(Views::rule).toList());
    }

    private void insert(Call call, Tx tx, List<Rule> rules) {
        store.insertRules(tx, rules);
        for (Rule rule : rules) {
            journal.happened(
                    tx,
                    Actor.of(call),
                    "security_group_rule.create.end",
                    rule.project(),
                    rule.id(),
                    payload(rule));
        }
        journal.count(tx, rules.getFirst().project(), Journal.SECURITY_GROUP_RULE, rules.size());
    }

    private Rule rule(Call call, Tx tx, NewRule body) {
        UUID groupId = Texts.uuid("security_group_id", body.securityGroupId());
        SecurityGroupRow group =
                SecurityGroupStore.LISTING
                        .find(tx, groupId)
                        .filter(
                                found ->
                                        call.allows(
                                                "get_security_group",
                                                Target.ownedBy(found.project())))
                        .orElseThrow(() -> Refusals.noSecurityGroup(groupId));
        ProjectId project =
                body.projectId()
                        .given()
                        .or(body.tenantId()::given)
                        .map(ProjectId::new)
                        .orElse(group.project());
        call.authorize(NetworkPolicy.ofGroup(project, group.project()));
        if (body.remoteAddressGroupId().given().isPresent()) {
            throw Refusals.missing(
                    "AddressGroupNotFound",
                    "Address group",
                    Texts.cut(body.remoteAddressGroupId().given().get()));
        }
        Optional<UUID> remote =
                body.remoteGroupId()
                        .given()
                        .map(
                                text ->
                                        Ids.uuid(text)
                                                .orElseThrow(
                                                        () ->
                                                                Refusals.noSecurityGroup(
                                                                        Texts.cut(text))));
        remote.filter(
                        id ->
                                SecurityGroupStore.LISTING
                                        .find(tx, id)
                                        .filter(
                                                found ->
                                                        call.allows(
                                                                "get_security_group",
                                                                Target.ownedBy(found.project())))
                                        .isEmpty())
                .ifPresent(
                        id -> {
                            throw Refusals.noSecurityGroup(id);
                        });
        Optional<String> prefix =
                body.remoteIpPrefix().given().map(SecurityGroupRuleOperations::prefix);
        Instant now = journal.now();
        Rule rule =
                new Rule(
                        UUID.randomUUID(),
                        project,
                        group.id(),
                        body.direction(),
                        ethertype(body.ethertype().orKeep("IPv4")),
                        protocol(body.protocol()),
                        number("port_range_min", body.portRangeMin()),
                        number("port_range_max", body.portRangeMax()),
                        remote,
                        prefix,
                        body.description().orKeep(""),
                        new Stamp(1, now, now));
        RuleChecks.check(rule);
        return rule;
    }

    private static String prefix(String text) {
        Cidr cidr =
                Cidr.parse(text)
                        .orElseThrow(
                                () ->
                                        Refusals.wrong(
                                                "remote_ip_prefix",
                                                "'"
                                                        + Texts.cut(text)
                                                        + "' is not a valid IP subnet"));
        return text.contains("/") ? text : cidr.toString();
    }

    private static String ethertype(String text) {
        return switch (text) {
            case "IPv4", "ipv4", "IPV4" -> "IPv4";
            case "IPv6", "ipv6", "IPV6" -> "IPv6";
            default ->
                    throw Refusals.bad(
                            "SecurityGroupRuleInvalidEtherType",
                            "Security group rule for ethertype '%s' not supported. Allowed values are ['IPv4', 'IPv6'].",
                            Texts.cut(text));
        };
    }

    private static Optional<String> protocol(Field<JsonNode> body) {
        return body.given()
                .filter(node -> !node.isNull())
                .flatMap(
                        node -> {
                            if (!node.isString() && !node.isIntegralNumber()) {
                                throw Refusals.wrong("protocol", "it must be a name or a number");
                            }
                            return Protocols.canonical(Texts.cut(node.asString()));
                        });
    }

    private static Optional<Integer> number(String field, Field<JsonNode> body) {
        return body.given()
                .filter(node -> !node.isNull())
                .map(
                        node -> {
                            String text =
                                    node.isString() || node.isIntegralNumber()
                                            ? node.asString()
                                            : "";
                            if (!text.matches("-?[0-9]{1,9}")) {
                                throw Refusals.bad(
                                        "SecurityGroupInvalidPortValue",
                                        "Invalid value for port %s (%s)",
                                        Texts.cut(node.toString()),
                                        field);
                            }
                            return Integer.parseInt(text);
                        });
    }

    private Object delete(Call call, Tx tx) {
        Rule rule = find(call, tx, "get_security_group_rule");
        store.deleteRule(tx, rule.id());
        journal.happened(
                tx,
                Actor.of(call),
                "security_group_rule.delete.end",
                rule.project(),
                rule.id(),
                payload(rule));
        journal.count(tx, rule.project(), Journal.SECURITY_GROUP_RULE, -1);
        return Reply.empty();
    }

    private Rule find(Call call, Tx tx, String see) {
        Rule rule =
                call.pathUuid("id")
                        .flatMap(id -> SecurityGroupStore.RULE_LISTING.find(tx, id))
                        .orElseThrow(() -> absent(call));
        ProjectId owner =
                SecurityGroupStore.LISTING
                        .find(tx, rule.group())
                        .map(SecurityGroupRow::project)
                        .orElse(rule.project());
        Target target = NetworkPolicy.ofGroup(rule.project(), owner);
        if (!call.allows(see, target)) {
            throw absent(call);
        }
        call.authorize(target);
        return rule;
    }

    private static Failure absent(Call call) {
        return Failure.notFound("Security group rule %s does not exist", Texts.cut(call.path("id")))
                .as("SecurityGroupRuleNotFound");
    }

    static Map<String, Object> payload(Rule rule) {
        return Map.of(
                "security_group_rule",
                Map.of(
                        "id", rule.id(),
                        "security_group_id", rule.group(),
                        "direction", rule.direction(),
                        "tenant_id", rule.project().value()));
    }
}
