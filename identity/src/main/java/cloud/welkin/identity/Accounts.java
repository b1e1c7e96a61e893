package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whom a token would stand for, without anybody signing in: for operators who ask what one may. */
public final class Accounts {
    private final Database database;
    private final Clock clock;
    private final Sessions sessions;
    private final Stores stores;

    Accounts(Database database, Clock clock, Sessions sessions, Stores stores) {
        this.database = database;
        this.clock = clock;
        this.sessions = sessions;
        this.stores = stores;
    }

    /** What a token would be scoped to; what stands there is an id or a name. */
    public sealed interface Wanted {
        record Nothing() implements Wanted {}

        record Everything() implements Wanted {}

        record Domain(String name) implements Wanted {}

        /**
         * @param domain of the project's name; empty: the user's
         */
        record OneProject(String name, Optional<String> domain) implements Wanted {}
    }

    /**
     * The caller that the user's token for this would make.
     *
     * @param user id or name
     * @param domain of the user's name; empty: the default domain
     * @throws Failure 404 naming what is not there; 403 when the user is disabled, or has no role
     *     there
     */
    public Caller caller(String user, Optional<String> domain, Wanted wanted) {
        return database.read(
                tx -> {
                    User found = user(tx, user, domain);
                    Instant now = clock.instant();
                    return sessions.preview(
                                    tx,
                                    new TokenPayload(
                                            found.id().value(),
                                            List.of("password"),
                                            target(tx, found, wanted),
                                            now,
                                            Instant.MAX,
                                            List.of("asked"),
                                            Optional.empty(),
                                            Optional.empty()),
                                    () ->
                                            Failure.forbidden(
                                                    "the user %s gets no token for this: it, its"
                                                            + " domain or what the token is for is"
                                                            + " disabled, or it has no role there",
                                                    found.id()))
                            .caller();
                });
    }

    private User user(Tx tx, String user, Optional<String> domain) {
        return stores.users()
                .find(tx, new UserId(user))
                .or(
                        () ->
                                stores.users()
                                        .findByName(
                                                tx,
                                                domain(tx, domain.orElse(DomainId.DEFAULT.value())),
                                                user))
                .orElseThrow(() -> missing("user", user));
    }

    private Optional<AssignmentTarget> target(Tx tx, User user, Wanted wanted) {
        return switch (wanted) {
            case Wanted.Nothing nothing -> Optional.empty();
            case Wanted.Everything everything -> Optional.of(AssignmentTarget.SYSTEM);
            case Wanted.Domain(String name) ->
                    Optional.of(AssignmentTarget.domain(domain(tx, name).value()));
            case Wanted.OneProject(String name, var domain) ->
                    Optional.of(
                            AssignmentTarget.project(
                                    project(tx, name, domain.orElse(user.domain().value()))));
        };
    }

    private String project(Tx tx, String name, String domain) {
        ProjectStore projects = stores.projects();
        return projects.find(tx, new ProjectId(name))
                .filter(project -> !project.isDomain())
                .or(() -> projects.findByName(tx, domain(tx, domain), name))
                .map(project -> project.id().value())
                .orElseThrow(() -> missing("project", name));
    }

    private DomainId domain(Tx tx, String name) {
        return stores.projects()
                .find(tx, new ProjectId(name))
                .filter(Project::isDomain)
                .or(() -> stores.projects().findDomainByName(tx, name))
                .map(found -> new DomainId(found.id().value()))
                .orElseThrow(() -> missing("domain", name));
    }

    private static Failure missing(String what, String name) {
        return Failure.notFound("there is no %s %s", what, name);
    }
}
