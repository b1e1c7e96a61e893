package cloud.welkin.identity.auth;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.auth.AuthRequest.DomainName;
import cloud.welkin.identity.auth.AuthRequest.ProjectName;
import cloud.welkin.identity.auth.AuthRequest.UserName;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what one request for a token names by id, or by name and domain, and what the token is made
 * of. Each is looked up once, however many ask; but the user whose token it is once more, when all
 * that takes long is done.
 */
final class Named implements Sessions.Lookup {
    private final Stores stores;
    private final Sessions sessions;
    private final Map<DomainName, Optional<Project>> domains = new HashMap<>();
    private final Map<UserName, Optional<User>> users = new HashMap<>();
    private final Map<ProjectId, Optional<Project>> projects = new HashMap<>();
    private final Map<UserId, Optional<User>> proven = new HashMap<>();

    Named(Stores stores, Sessions sessions) {
        this.stores = stores;
        this.sessions = sessions;
    }

    /** The user as it was when its credentials had been found right. */
    void proven(User user) {
        proven.put(user.id(), Optional.of(user));
    }

    @Override
    public Optional<User> user(Tx tx, UserId id) {
        return proven.computeIfAbsent(id, asked -> stores.users().find(tx, asked));
    }

    @Override
    public Optional<Project> project(Tx tx, ProjectId id) {
        return projects.computeIfAbsent(id, asked -> stores.projects().find(tx, asked));
    }

    private Optional<Project> known(Optional<Project> found) {
        found.ifPresent(project -> projects.put(project.id(), found));
        return found;
    }

    Optional<Project> project(Tx tx, ProjectName name) {
        if (name.id().isPresent()) {
            return project(tx, new ProjectId(name.id().get()));
        }
        Optional<DomainId> domain =
                name.domain()
                        .flatMap(named -> domain(tx, named))
                        .map(project -> new DomainId(project.id().value()));
        return domain.isEmpty() || name.name().isEmpty()
                ? Optional.empty()
                : known(stores.projects().findByName(tx, domain.get(), name.name().get()));
    }

    Optional<Project> domain(Tx tx, DomainName name) {
        return domains.computeIfAbsent(name, asked -> findDomain(tx, asked));
    }

    private Optional<Project> findDomain(Tx tx, DomainName name) {
        return name.id().isPresent()
                ? project(tx, new ProjectId(name.id().get())).filter(Project::isDomain)
                : known(name.name().flatMap(text -> sessions.domain(tx, text)));
    }

    Optional<User> user(Tx tx, UserName name) {
        return users.computeIfAbsent(name, asked -> findUser(tx, asked));
    }

    private Optional<User> findUser(Tx tx, UserName named) {
        if (named.id().isPresent()) {
            return stores.users().find(tx, new UserId(named.id().get()));
        }
        if (named.name().isEmpty() || named.domain().isEmpty()) {
            throw Failure.badRequest(
                    "Expecting to find id, or name and domain, in the user to authenticate.");
        }
        return domain(tx, named.domain().get())
                .flatMap(
                        domain ->
                                stores.users()
                                        .findByName(
                                                tx,
                                                new DomainId(domain.id().value()),
                                                named.name().get()));
    }
}
