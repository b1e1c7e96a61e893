package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.SecurityGroupBodies.ChangedGroup;
import cloud.welkin.network.api.SecurityGroupBodies.CreateGroup;
import cloud.welkin.network.api.SecurityGroupBodies.NewGroup;
import cloud.welkin.network.api.SecurityGroupBodies.UpdateGroup;
import cloud.welkin.network.api.Views.SecurityGroupView;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SecurityGroupRow.Rule;
import cloud.welkin.network.store.SecurityGroupStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Security groups: Neutron's /security-groups. Whoever asks for them first finds a default group
 * made.
 */
final class SecurityGroupOperations implements OperationGroup {
    private static final String DEFAULT = "default";

    private final SecurityGroupStore store;
    private final SecurityGroups groups;
    private final Journal journal;

    SecurityGroupOperations(SecurityGroupStore store, SecurityGroups groups, Journal journal) {
        this.store = store;
        this.groups = groups;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/security-groups")
                        .policy("get_security_group")
                        .anyParam()
                        .replies(SecurityGroupView.class)
                        .doc(
                                "The security groups of the caller's project, with their rules; makes the default one.")
                        .writes((call, tx, none) -> list(call, tx)),
                Operation.post("/security-groups")
                        .policy("create_security_group")
                        .body(CreateGroup.class)
                        .replies(SecurityGroupView.class)
                        .doc("Makes a group that lets its ports call out.")
                        .writes(
                                (call, tx, body) ->
                                        create(
                                                call,
                                                tx,
                                                body.group()
                                                        .given()
                                                        .orElseThrow(
                                                                () ->
                                                                        Failure.badRequest(
                                                                                "Resource body required")))),
                Operation.get("/security-groups/{id}")
                        .policyByHandler("get_security_group")
                        .anyParam()
                        .replies(SecurityGroupView.class)
                        .doc("One security group with its rules.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call,
                                                "security_group",
                                                Views.group(visible(call, tx)))),
                Operation.put("/security-groups/{id}")
                        .policyByHandler("update_security_group")
                        .body(UpdateGroup.class)
                        .replies(SecurityGroupView.class)
                        .doc("Renames a group, or changes whether it follows connections.")
                        .writes((call, tx, body) -> update(call, tx, body.group())),
                Operation.delete("/security-groups/{id}")
                        .policyByHandler("delete_security_group")
                        .doc(
                                "Deletes a group with its rules, and rules of others that name it; 409 while ports have it.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        call.caller()
                .project()
                .filter(project -> store.findDefault(tx, project).isEmpty())
                .ifPresent(project -> groups.defaultOf(tx, project));
        var page =
                SecurityGroupStore.LISTING.page(
                        tx,
                        Lists.request(call.query()),
                        SecurityGroupStore.visible(Lists.visibility(call)));
        return Lists.reply(call, "security_groups", page, Views::group, SecurityGroupRow::id);
    }

    private Object create(Call call, Tx tx, NewGroup body) {
        ProjectId project = Texts.project(call.caller(), body.projectId(), body.tenantId());
        call.require("create_security_group", Target.ownedBy(project));
        String name = body.name().orKeep("");
        if (name.equals(DEFAULT)) {
            throw defaultExists();
        }
        groups.defaultOf(tx, project);
        SecurityGroupRow group =
                groups.fresh(
                        project,
                        name,
                        body.description().orKeep(""),
                        body.stateful().orKeep(true),
                        Texts.tags(body.tags().orKeep(List.of())));
        store.insert(tx, group);
        journal.happened(
                tx,
                Actor.of(call),
                "security_group.create.end",
                project,
                group.id(),
                payload(group));
        journal.count(
                tx,
                project,
                Map.of(
                        Journal.SECURITY_GROUP,
                        1L,
                        Journal.SECURITY_GROUP_RULE,
                        (long) group.rules().size()));
        return Map.of("security_group", Views.group(group));
    }

    private static Failure defaultExists() {
        return Refusals.conflict(
                "SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
    }

    private Object update(Call call, Tx tx, ChangedGroup body) {
        SecurityGroupRow g = touchable(call, tx);
        Refusals.checkRevision(Lists.ifMatch(call), g.stamp().revision());
        if (g.isDefault()
                && body.name().given().filter(name -> !name.equals(g.name())).isPresent()) {
            throw Refusals.conflict(
                    "SecurityGroupCannotUpdateDefault",
                    "Updating default security group not allowed.");
        }
        if (!g.isDefault() && body.name().given().equals(Optional.of(DEFAULT))) {
            throw defaultExists();
        }
        boolean stateful = body.stateful().orKeep(g.stateful());
        if (stateful != g.stateful() && store.inUse(tx, g.id())) {
            throw SecurityGroupStore.inUse(g.id());
        }
        SecurityGroupRow changed =
                new SecurityGroupRow(
                        g.id(),
                        g.project(),
                        body.name().orKeep(g.name()),
                        body.description().orKeep(g.description()),
                        stateful,
                        g.isDefault(),
                        g.rules(),
                        g.tags(),
                        g.stamp());
        SecurityGroupRow updated = store.update(tx, changed, journal.now());
        journal.happened(
                tx,
                Actor.of(call),
                "security_group.update.end",
                updated.project(),
                updated.id(),
                payload(updated));
        return Map.of("security_group", Views.group(updated));
    }

    private Object delete(Call call, Tx tx) {
        SecurityGroupRow group = touchable(call, tx);
        Refusals.checkRevision(Lists.ifMatch(call), group.stamp().revision());
        if (group.isDefault() && !call.caller().isAdmin()) {
            throw Refusals.conflict(
                    "SecurityGroupCannotRemoveDefault",
                    "Insufficient rights for removing default security group.");
        }
        if (store.inUse(tx, group.id())) {
            throw SecurityGroupStore.inUse(group.id());
        }
        TreeMap<ProjectId, Map<QuotaResource, Long>> freed = new TreeMap<>();
        for (Rule rule : store.goingWith(tx, group.id())) {
            freed.computeIfAbsent(rule.project(), p -> new HashMap<>())
                    .merge(Journal.SECURITY_GROUP_RULE, -1L, Long::sum);
        }
        freed.computeIfAbsent(group.project(), p -> new HashMap<>())
                .merge(Journal.SECURITY_GROUP, -1L, Long::sum);
        store.delete(tx, group.id());
        journal.happened(
                tx,
                Actor.of(call),
                "security_group.delete.end",
                group.project(),
                group.id(),
                payload(group));
        freed.forEach((project, deltas) -> journal.count(tx, project, deltas));
        return Reply.empty();
    }

    private SecurityGroupRow visible(Call call, Tx tx) {
        return call.pathUuid("id")
                .flatMap(id -> SecurityGroupStore.LISTING.find(tx, id))
                .filter(group -> call.mayTouch(group.project()))
                .orElseThrow(() -> Refusals.noSecurityGroup(Texts.cut(call.path("id"))));
    }

    private SecurityGroupRow touchable(Call call, Tx tx) {
        SecurityGroupRow group =
                call.pathUuid("id")
                        .flatMap(id -> SecurityGroupStore.LISTING.lock(tx, id))
                        .filter(
                                found ->
                                        call.allows(
                                                "get_security_group",
                                                Target.ownedBy(found.project())))
                        .orElseThrow(() -> Refusals.noSecurityGroup(Texts.cut(call.path("id"))));
        call.authorize(Target.ownedBy(group.project()));
        return group;
    }

    static Map<String, Object> payload(SecurityGroupRow group) {
        return Map.of(
                "security_group",
                Map.of(
                        "id",
                        group.id(),
                        "name",
                        group.name(),
                        "tenant_id",
                        group.project().value()));
    }
}
