package cloud.welkin.identity.api;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.auth.NewPasswords;
import cloud.welkin.identity.auth.PasswordCheck;
import cloud.welkin.identity.domain.Options;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.ldap.Directories;
import cloud.welkin.identity.store.DomainConfigStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.databind.JsonNode;

/** Users: /v3/users. Whatever needs a password's hash computes it before its transaction begins. */
final class UserOperations implements OperationGroup {
    private final Database database;
    private final Clock clock;
    private final PasswordCheck check;
    private final NewPasswords newPasswords;
    private final FailedSignIns failures;
    private final UserStore users;
    private final ProjectStore projects;
    private final Directories directories;
    private final Stores stores;
    private final Changes changes;

    UserOperations(
            Database database,
            Clock clock,
            PasswordCheck check,
            NewPasswords newPasswords,
            FailedSignIns failures,
            Directories directories,
            Stores stores,
            Changes changes) {
        this.database = database;
        this.clock = clock;
        this.check = check;
        this.newPasswords = newPasswords;
        this.failures = failures;
        this.users = stores.users();
        this.projects = stores.projects();
        this.directories = directories;
        this.stores = stores;
        this.changes = changes;
    }

    record UserRequest(NewUser user) {}

    record NewUser(
            @Length(min = 1, max = 255) String name,
            @Length(max = 4096) Optional<String> password,
            Optional<String> domainId,
            Optional<String> defaultProjectId,
            Optional<Boolean> enabled,
            Optional<String> description,
            Optional<String> email,
            Optional<Map<String, JsonNode>> options,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewUser {
            extra = extra == null ? Map.of() : extra;
        }

        @Override
        public String toString() {
            return "NewUser[" + name + "]";
        }
    }

    record UserChangeRequest(UserChange user) {}

    record UserChange(
            @Length(min = 1, max = 255) Field<String> name,
            @Length(max = 4096) Field<String> password,
            Field<String> domainId,
            Field<String> defaultProjectId,
            Field<Boolean> enabled,
            Field<String> description,
            Field<String> email,
            Field<Map<String, JsonNode>> options,
            @JsonAnySetter Map<String, JsonNode> extra) {
        UserChange {
            extra = extra == null ? Map.of() : extra;
        }

        @Override
        public String toString() {
            return "UserChange[" + name + "]";
        }
    }

    record PasswordRequest(PasswordChange user) {}

    record PasswordChange(
            @Length(max = 4096) String password, @Length(max = 4096) String originalPassword) {
        @Override
        public String toString() {
            return "PasswordChange[…]";
        }
    }

    record UserView(UserBody user) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record UserBody(
            String id,
            String name,
            String domainId,
            boolean enabled,
            Optional<String> defaultProjectId,
            Optional<String> description,
            Optional<String> email,
            @JsonInclude(JsonInclude.Include.ALWAYS) Optional<String> passwordExpiresAt,
            Map<String, JsonNode> options,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/users")
                        .policyByHandler("identity:list_users")
                        .doc("Lists users.")
                        .params(
                                Listing.inDomain(
                                        Listing.ENABLED,
                                        PasswordExpiries.PARAM,
                                        Param.text("idp_id", "Those of an identity provider."),
                                        Param.text("protocol_id", "Those of a protocol of it."),
                                        Param.text("unique_id", "Who is this one there.")))
                        .anyParam()
                        .computes((call, none) -> list(call)),
                Operation.post("/users")
                        .policyByHandler("identity:create_user")
                        .doc("Creates a user.")
                        .body(UserRequest.class)
                        .replies(UserView.class)
                        .computes((call, body) -> create(call, body.user())),
                Operation.get("/users/{user_id}")
                        .policyByHandler("identity:get_user")
                        .doc("Shows a user.")
                        .replies(UserView.class)
                        .computes((call, none) -> show(call)),
                Operation.patch("/users/{user_id}")
                        .policyByHandler("identity:update_user")
                        .doc("Changes a user; a new password ends all tokens of the old one.")
                        .body(UserChangeRequest.class)
                        .replies(UserView.class)
                        .computes((call, body) -> change(call, body.user())),
                Operation.delete("/users/{user_id}")
                        .policyByHandler("identity:delete_user")
                        .doc("Deletes a user and every role that it holds.")
                        .writes((call, tx, body) -> delete(call, tx)),
                Operation.post("/users/{user_id}/password")
                        .openToAll()
                        .doc("Changes one's own password; the old one is the proof, not a token.")
                        .body(PasswordRequest.class)
                        .status(204)
                        .computes((call, body) -> changePassword(call, body.user())));
    }

    private Object list(Call call) {
        Optional<DomainId> within = Listing.within(call);
        call.authorize(Targets.listed(within));
        Listing.inOneDomain(call)
                .ifPresent(domain -> directories.users(domain, call.query().text("name")));
        return database.read(
                tx ->
                        list(
                                Listing.limited(call, tx, stores.domainConfigs()),
                                tx,
                                users,
                                within,
                                Optional.empty()));
    }

    /** Nobody makes us ask a directory who may not have the answer. */
    private Object show(Call call) {
        directories.user(database.read(tx -> user(call, tx)).id());
        return new UserView(body(call, database.read(tx -> user(call, tx))));
    }

    /** The users of a domain, of a group, or all, as the query narrows them. */
    static Object list(
            Asked asked,
            Tx tx,
            UserStore users,
            Optional<DomainId> within,
            Optional<String> group) {
        Call call = asked.call();
        Query query = call.query();
        return asked.answer(
                "users",
                users.list(
                        tx,
                        new UserStore.Filter(
                                asked.texts(),
                                asked.flag("enabled"),
                                within,
                                group,
                                new UserStore.Federated(
                                        query.text("idp_id"),
                                        query.text("protocol_id"),
                                        query.text("unique_id")),
                                PasswordExpiries.of(query),
                                asked.paging())),
                user -> user.id().value(),
                user -> body(call, user));
    }

    private Object create(Call call, NewUser request) {
        DomainId domain =
                request.domainId().map(DomainId::new).orElseGet(() -> Listing.ownDomain(call));
        call.authorize(Targets.inDomain("target.user.domain_id", domain));
        Optional<String> hash = request.password().map(newPasswords::hash);
        return database.write(
                tx -> {
                    if (projects.find(tx, new ProjectId(domain.value()))
                            .filter(Project::isDomain)
                            .isEmpty()) {
                        throw Failure.notFound("Could not find domain: %s.", domain);
                    }
                    stores.domainConfigs().requireNone(tx, domain);
                    checkDefaultProject(tx, request.defaultProjectId());
                    Map<String, JsonNode> options =
                            Options.ofUser(Map.of(), request.options().orElse(Map.of()));
                    User user =
                            new User(
                                    new UserId(Ids.hex()),
                                    domain,
                                    Names.of(request.name()),
                                    request.enabled().orElse(true),
                                    request.description(),
                                    request.email(),
                                    request.defaultProjectId().map(ProjectId::new),
                                    hash,
                                    Instant.EPOCH,
                                    options,
                                    Names.free(request.extra()),
                                    hash.flatMap(given -> newPasswords.expiry(options)));
                    store(() -> users.insert(tx, user));
                    return call.told(tx, new UserView(body(call, user)));
                });
    }

    private Object change(Call call, UserChange change) {
        Optional<String> hash = change.password().given().map(newPasswords::hash);
        return database.write(
                tx -> {
                    User current = user(call, tx);
                    stores.directory().requireOurs(tx, current.id());
                    if (change.domainId()
                            .given()
                            .filter(id -> !id.equals(current.domain().value()))
                            .isPresent()) {
                        throw Failure.badRequest("The domain of a user cannot be changed.");
                    }
                    checkDefaultProject(tx, change.defaultProjectId().given());
                    Instant now = clock.instant();
                    boolean enabled = change.enabled().orKeep(current.enabled());
                    boolean ends = current.enabled() && !enabled;
                    Map<String, JsonNode> extra = new HashMap<>(current.extra());
                    extra.putAll(Names.free(change.extra()));
                    User changed =
                            new User(
                                    current.id(),
                                    current.domain(),
                                    Names.of(change.name().orKeep(current.name())),
                                    enabled,
                                    change.description().over(current.description()),
                                    change.email().over(current.email()),
                                    change.defaultProjectId()
                                            .map(ProjectId::new)
                                            .over(current.defaultProject()),
                                    current.passwordHash(),
                                    ends ? now : current.tokensValidAfter(),
                                    Options.ofUser(
                                            current.options(),
                                            change.options().given().orElse(Map.of())),
                                    extra,
                                    current.passwordExpiresAt());
                    store(() -> users.update(tx, changed));
                    if (change.enabled().given().orElse(false)) {
                        newPasswords.pardon(tx, changed);
                    }
                    hash.ifPresent(given -> newPasswords.give(tx, changed, given));
                    changes.made(tx, current.id());
                    return call.told(
                            tx,
                            new UserView(body(call, users.find(tx, changed.id()).orElse(changed))));
                });
    }

    private Object changePassword(Call call, PasswordChange change) {
        UserId id = new UserId(call.path("user_id"));
        Optional<User> user = database.read(tx -> users.find(tx, id));
        user.ifPresent(found -> call.note("user", found.id().value()));
        failures.require(id.value(), call.peer());
        User found;
        try {
            Optional<Directories.Place> place = directories.place(id);
            if (place.isPresent()) {
                directories.signIn(place.get(), change.originalPassword());
                throw DomainConfigStore.readOnly();
            }
            found = check.admitted(user, change.originalPassword(), PasswordCheck.Expired.LET_IN);
        } catch (Failure wrong) {
            failures.failed(id.value(), call.peer());
            throw wrong;
        }
        failures.require(id.value(), call.peer());
        Reply changed = Reply.empty();
        newPasswords.choose(
                found, change.originalPassword(), change.password(), tx -> call.told(tx, changed));
        return changed;
    }

    private Object delete(Call call, Tx tx) {
        User user = user(call, tx);
        stores.directory().requireOurs(tx, user.id());
        users.delete(tx, user.id());
        changes.made(tx, user.id());
        return Reply.empty();
    }

    private User user(Call call, Tx tx) {
        UserId id = new UserId(call.path("user_id"));
        Optional<User> found = users.find(tx, id);
        call.authorize(found.map(Targets::user).orElseGet(() -> Targets.user(id)));
        return found.orElseThrow(() -> Failure.notFound("Could not find user: %s.", id));
    }

    private void checkDefaultProject(Tx tx, Optional<String> id) {
        if (id.isPresent()
                && projects.find(tx, new ProjectId(id.get()))
                        .filter(project -> !project.isDomain())
                        .isEmpty()) {
            throw Failure.badRequest("The default project %s does not exist.", id.get());
        }
    }

    private static void store(Runnable write) {
        try {
            write.run();
        } catch (IntegrityConstraintViolationException e) {
            if (Constraints.violated(e).filter("user_name_in_domain"::equals).isPresent()) {
                throw Failure.conflict(
                        "Conflict occurred attempting to store user - Duplicate entry found with"
                                + " this name in the domain.");
            }
            throw e;
        }
    }

    private static UserBody body(Call call, User user) {
        return new UserBody(
                user.id().value(),
                user.name(),
                user.domain().value(),
                user.enabled(),
                user.defaultProject().map(ProjectId::value),
                user.description(),
                user.email(),
                user.passwordExpiresAt().map(Times::micros),
                user.options(),
                Links.self(call, "/users/" + user.id()),
                user.extra());
    }
}
