package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.ldap.Directories;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.databind.JsonNode;

/** Groups and their members: /v3/groups. */
final class GroupOperations implements OperationGroup {
    private final Database database;
    private final Directories directories;
    private final Stores stores;
    private final GroupStore groups;
    private final UserStore users;
    private final ProjectStore projects;
    private final Changes changes;

    GroupOperations(Database database, Directories directories, Stores stores, Changes changes) {
        this.database = database;
        this.directories = directories;
        this.stores = stores;
        this.groups = stores.groups();
        this.users = stores.users();
        this.projects = stores.projects();
        this.changes = changes;
    }

    record GroupRequest(NewGroup group) {}

    record NewGroup(
            @Length(min = 1, max = 64) String name,
            Optional<String> description,
            Optional<String> domainId,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewGroup {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record GroupChangeRequest(GroupChange group) {}

    record GroupChange(
            @Length(min = 1, max = 64) Field<String> name,
            Field<String> description,
            Field<String> domainId,
            @JsonAnySetter Map<String, JsonNode> extra) {
        GroupChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record GroupView(GroupBody group) {}

    record GroupBody(
            String id,
            String name,
            String domainId,
            String description,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/groups")
                        .policyByHandler("identity:list_groups")
                        .doc("Lists groups.")
                        .params(Listing.inDomain())
                        .anyParam()
                        .computes((call, none) -> list(call)),
                Operation.post("/groups")
                        .policyByHandler("identity:create_group")
                        .doc("Creates a group.")
                        .body(GroupRequest.class)
                        .replies(GroupView.class)
                        .writes((call, tx, body) -> create(call, tx, body.group())),
                Operation.get("/groups/{group_id}")
                        .policyByHandler("identity:get_group")
                        .doc("Shows a group.")
                        .replies(GroupView.class)
                        .computes(
                                (call, none) ->
                                        fresh(
                                                call,
                                                tx -> new GroupView(body(call, group(call, tx))))),
                Operation.patch("/groups/{group_id}")
                        .policyByHandler("identity:update_group")
                        .doc("Changes a group.")
                        .body(GroupChangeRequest.class)
                        .replies(GroupView.class)
                        .writes((call, tx, body) -> change(call, tx, body.group())),
                Operation.delete("/groups/{group_id}")
                        .policyByHandler("identity:delete_group")
                        .doc("Deletes a group and every role that it holds.")
                        .writes((call, tx, body) -> delete(call, tx)),
                Operation.get("/groups/{group_id}/users")
                        .policyByHandler("identity:list_users_in_group")
                        .doc("Lists the users in a group.")
                        .params(Listing.inDomain(Listing.ENABLED, PasswordExpiries.PARAM))
                        .anyParam()
                        .computes((call, none) -> fresh(call, tx -> members(call, tx))),
                Operation.put("/groups/{group_id}/users/{user_id}")
                        .policyByHandler("identity:add_user_to_group")
                        .doc("Puts a user into a group.")
                        .status(204)
                        .writes((call, tx, body) -> add(call, tx)),
                Operation.get("/groups/{group_id}/users/{user_id}")
                        .policyByHandler("identity:check_user_in_group")
                        .doc("Whether a user is in a group.")
                        .status(204)
                        .computes((call, none) -> check(call)),
                Operation.delete("/groups/{group_id}/users/{user_id}")
                        .policyByHandler("identity:remove_user_from_group")
                        .doc("Takes a user out of a group.")
                        .writes((call, tx, body) -> remove(call, tx)),
                Operation.get("/users/{user_id}/groups")
                        .policyByHandler("identity:list_groups_for_user")
                        .doc("Lists the groups that a user is in.")
                        .params(Listing.params())
                        .anyParam()
                        .computes((call, none) -> ofUser(call)));
    }

    private Object list(Call call) {
        Optional<DomainId> within = Listing.within(call);
        call.authorize(
                within.map(id -> Targets.inDomain("target.group.domain_id", id))
                        .orElse(Target.NOTHING));
        Listing.inOneDomain(call)
                .ifPresent(domain -> directories.groups(domain, call.query().text("name")));
        return database.read(tx -> list(call, tx, within, Optional.empty()));
    }

    /** What is said of a group, as its directory knows it if it is of one. */
    private Object fresh(Call call, Function<Tx, Object> answer) {
        directories.group(database.read(tx -> group(call, tx)).id());
        return database.read(answer);
    }

    private Object list(Call call, Tx tx, Optional<DomainId> within, Optional<UserId> member) {
        Asked asked = Listing.limited(call, tx, stores.domainConfigs());
        return asked.answer(
                "groups",
                groups.list(
                        tx, new GroupStore.Filter(asked.texts(), within, member, asked.paging())),
                Group::id,
                group -> body(call, group));
    }

    private Object create(Call call, Tx tx, NewGroup request) {
        DomainId domain =
                request.domainId().map(DomainId::new).orElseGet(() -> Listing.ownDomain(call));
        call.authorize(Targets.inDomain("target.group.domain_id", domain));
        if (projects.lock(tx, new ProjectId(domain.value())).filter(Project::isDomain).isEmpty()) {
            throw Failure.notFound("Could not find domain: %s.", domain);
        }
        stores.domainConfigs().requireNone(tx, domain);
        Group group =
                new Group(
                        Ids.hex(),
                        domain,
                        Names.of(request.name()),
                        request.description().orElse(""),
                        Names.free(request.extra()));
        store(() -> groups.insert(tx, group));
        return new GroupView(body(call, group));
    }

    private Object change(Call call, Tx tx, GroupChange change) {
        Group current = group(call, tx);
        stores.directory().requireOurs(tx, current);
        boolean sameDomain =
                change.domainId().given().map(current.domain().value()::equals).orElse(true);
        if (!sameDomain) {
            throw Failure.badRequest("The domain of a group cannot be changed.");
        }
        Map<String, JsonNode> extra = new HashMap<>(current.extra());
        extra.putAll(Names.free(change.extra()));
        Group changed =
                new Group(
                        current.id(),
                        current.domain(),
                        Names.of(change.name().orKeep(current.name())),
                        change.description().over(Optional.of(current.description())).orElse(""),
                        extra);
        store(() -> groups.update(tx, changed));
        return new GroupView(body(call, changed));
    }

    private Object delete(Call call, Tx tx) {
        Group group = group(call, tx);
        stores.directory().requireOurs(tx, group);
        groups.delete(tx, group.id());
        changes.made(tx);
        return Reply.empty();
    }

    private Object members(Call call, Tx tx) {
        Group group = group(call, tx);
        return UserOperations.list(
                Listing.limited(call, tx, stores.domainConfigs()),
                tx,
                users,
                Listing.within(call),
                Optional.of(group.id()));
    }

    private Object add(Call call, Tx tx) {
        Group group = membership(call, tx);
        stores.directory().requireOurs(tx, group);
        User user = user(call, tx);
        groups.add(tx, group.id(), user.id());
        changes.made(tx, user.id());
        return Reply.empty();
    }

    private Object check(Call call) {
        directories.group(database.read(tx -> membership(call, tx)).id());
        return database.read(
                tx -> {
                    Group group = membership(call, tx);
                    User user = user(call, tx);
                    if (!groups.has(tx, group.id(), user.id())) {
                        throw notIn(group, user);
                    }
                    return Reply.empty();
                });
    }

    private Object remove(Call call, Tx tx) {
        Group group = membership(call, tx);
        User user = user(call, tx);
        stores.directory().requireOurs(tx, group);
        if (!groups.remove(tx, group.id(), user.id())) {
            throw notIn(group, user);
        }
        changes.made(tx, user.id());
        return Reply.empty();
    }

    private Object ofUser(Call call) {
        UserId id = new UserId(call.path("user_id"));
        database.read(tx -> authorized(call, tx, id));
        directories.groupsOf(id);
        return database.read(
                tx ->
                        list(
                                call,
                                tx,
                                Listing.within(call),
                                Optional.of(authorized(call, tx, id).id())));
    }

    private User authorized(Call call, Tx tx, UserId id) {
        Optional<User> user = users.find(tx, id);
        call.authorize(user.map(Targets::user).orElse(Targets.user(id)));
        return user.orElseThrow(() -> Failure.notFound("Could not find user: %s.", id));
    }

    /** The group, once the caller is known to have a say about both it and the user. */
    private Group membership(Call call, Tx tx) {
        Optional<Group> group = groups.find(tx, call.path("group_id"));
        Optional<User> user = users.find(tx, new UserId(call.path("user_id")));
        Map<String, String> about = new HashMap<>();
        group.ifPresent(it -> about.put("target.group.domain_id", it.domain().value()));
        user.ifPresent(it -> about.put("target.user.domain_id", it.domain().value()));
        call.authorize(new Target(about));
        return group.orElseThrow(() -> noGroup(call.path("group_id")));
    }

    private User user(Call call, Tx tx) {
        String id = call.path("user_id");
        return users.find(tx, new UserId(id))
                .orElseThrow(() -> Failure.notFound("Could not find user: %s.", id));
    }

    private Group group(Call call, Tx tx) {
        String id = call.path("group_id");
        Optional<Group> found = groups.find(tx, id);
        call.authorize(
                found.map(group -> Targets.inDomain("target.group.domain_id", group.domain()))
                        .orElse(Target.NOTHING));
        return found.orElseThrow(() -> noGroup(id));
    }

    static Failure noGroup(String id) {
        return Failure.notFound("Could not find group: %s.", id);
    }

    private static Failure notIn(Group group, User user) {
        return Failure.notFound("User %s is not found in group %s.", user.id(), group.id());
    }

    private static void store(Runnable write) {
        try {
            write.run();
        } catch (IntegrityConstraintViolationException e) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store group - Duplicate entry found with this"
                            + " name in the domain.");
        }
    }

    private static GroupBody body(Call call, Group group) {
        return new GroupBody(
                group.id(),
                group.name(),
                group.domain().value(),
                group.description(),
                Links.self(call, "/groups/" + group.id()),
                group.extra());
    }
}
