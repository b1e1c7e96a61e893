package cloud.welkin.identity.auth;

import cloud.welkin.database.Tx;
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
 * Finds what one request for a token names by id, or by name and domain. Domains and users are
 * looked up once, however many ask: whoever relies on a user later looks it up by its id again.
 */
final class Named {
    private final Stores stores;
    private final Map<DomainName, Optional<Project>> domains = new HashMap<>();
    private final Map<UserName, Optional<User>> users = new HashMap<>();

    Named(Stores stores) {
        this.stores = stores;
    }

    Optional<Project> project(Tx tx, ProjectName name) {
        if (name.id().isPresent()) {
            return stores.projects().find(tx, new ProjectId(name.id().get()));
        }
        Optional<DomainId> domain =
                name.domain()
                        .flatMap(named -> domain(tx, named))
                        .map(project -> new DomainId(project.id().value()));
        return domain.isEmpty() || name.name().isEmpty()
                ? Optional.empty()
                : stores.projects().findByName(tx, domain.get(), name.name().get());
    }

    Optional<Project> domain(Tx tx, DomainName name) {
        return domains.computeIfAbsent(name, asked -> findDomain(tx, asked));
    }

    private Optional<Project> findDomain(Tx tx, DomainName name) {
        return name.id().isPresent()
                ? stores.projects()
                        .find(tx, new ProjectId(name.id().get()))
                        .filter(Project::isDomain)
                : name.name().flatMap(text -> stores.projects().findDomainByName(tx, text));
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
