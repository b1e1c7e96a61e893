package cloud.welkin.identity.federation;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.auth.Proof;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.IdentityProvider;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.federation.MappedIdentity.MappedDomain;
import cloud.welkin.identity.federation.MappedIdentity.MappedGroup;
import cloud.welkin.identity.federation.MappedIdentity.MappedProject;
import cloud.welkin.identity.federation.MappedIdentity.MappedUser;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.Paging;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.store.TextMatch;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a user of ours of what an identity provider, verified, has said: an account in the
 * provider's domain where there is none yet, memberships that last as long as the provider vouches
 * for them, projects where the mapping wants some; then an unscoped token that names the provider,
 * and that is good no longer than the provider is enabled.
 */
public final class FederatedSignIn {
    private static final Logger log = LoggerFactory.getLogger(FederatedSignIn.class);
    private static final String METHOD = "mapped";

    private final Database database;
    private final Clock clock;
    private final Duration lifetime;
    private final Authentication authentication;
    private final Stores stores;
    private final FederationStore federation;
    private final Changes changes;

    /**
     * @param lifetime of tokens, for which memberships last where the provider has no time of its
     *     own
     */
    public FederatedSignIn(
            Database database,
            Clock clock,
            Duration lifetime,
            Authentication authentication,
            Stores stores,
            Changes changes) {
        this.database = database;
        this.clock = clock;
        this.lifetime = lifetime;
        this.authentication = authentication;
        this.stores = stores;
        this.federation = stores.federation();
        this.changes = changes;
    }

    /**
     * @param assertion the provider's attributes, each with all its values
     * @throws Failure 401 when the mapping makes nobody of it, 403 for another provider's words
     */
    public Session signIn(FederationProtocol protocol, Map<String, List<String>> assertion) {
        Proof proof = database.write(tx -> proof(tx, protocol, assertion));
        return authentication.issueUnscoped(proof);
    }

    /** The same for a SAML assertion, which is taken once. */
    public Session signInOnce(
            FederationProtocol protocol,
            Map<String, List<String>> assertion,
            String id,
            Instant endsAt) {
        Proof proof =
                database.write(
                        tx -> {
                            if (!federation.take(
                                    tx, protocol.provider() + " " + id, endsAt, clock.instant())) {
                                throw Failure.unauthorized();
                            }
                            return proof(tx, protocol, assertion);
                        });
        return authentication.issueUnscoped(proof);
    }

    /** Names of attributes are told in the log, their values never. */
    private Proof proof(Tx tx, FederationProtocol protocol, Map<String, List<String>> assertion) {
        try {
            return mapped(tx, protocol, assertion);
        } catch (Failure e) {
            log.info(
                    "somebody of {} by {} is refused: {}; attributes: {}",
                    protocol.provider(),
                    protocol.id(),
                    e.text(),
                    String.join(" ", new TreeSet<>(assertion.keySet())));
            throw e;
        }
    }

    private Proof mapped(Tx tx, FederationProtocol protocol, Map<String, List<String>> assertion) {
        IdentityProvider provider =
                federation
                        .provider(tx, protocol.provider())
                        .filter(IdentityProvider::enabled)
                        .orElseThrow(
                                () ->
                                        Failure.forbidden(
                                                "Identity Provider %s is disabled.",
                                                protocol.provider()));
        checkRemoteId(provider, protocol, assertion);
        FederationStore.StoredMapping stored =
                federation.mapping(tx, protocol.mapping()).orElseThrow(Failure::unauthorized);
        MappedIdentity mapped =
                MappingReader.read(stored.id(), stored.version(), stored.rules()).apply(assertion);
        if (mapped.user().local()) {
            return Proof.of(local(tx, provider, mapped.user()), METHOD);
        }
        UserId user = ephemeral(tx, provider, protocol, mapped.user());
        federation.replaceMemberships(
                tx,
                user,
                provider.id(),
                groups(tx, mapped.groups()),
                clock.instant()
                        .plus(
                                provider.authorizationTtl()
                                        .map(Duration::ofMinutes)
                                        .filter(ttl -> ttl.compareTo(lifetime) > 0)
                                        .orElse(lifetime)));
        mapped.projects().forEach(project -> provide(tx, provider, user, project));
        changes.made(tx, user);
        return new Proof(
                user,
                Set.of(METHOD),
                Instant.MAX,
                List.of(),
                Optional.empty(),
                false,
                Optional.empty(),
                Map.of(
                        TokenPayload.PROVIDER, provider.id(),
                        TokenPayload.PROTOCOL, protocol.id()));
    }

    private static void checkRemoteId(
            IdentityProvider provider,
            FederationProtocol protocol,
            Map<String, List<String>> assertion) {
        if (provider.remoteIds().isEmpty() || protocol.remoteIdAttribute().isEmpty()) {
            return;
        }
        List<String> named = assertion.get(protocol.remoteIdAttribute().get());
        if (named == null) {
            throw Failure.badRequest("Could not find Identity Provider identifier in environment");
        }
        if (named.size() != 1 || !provider.remoteIds().contains(named.getFirst())) {
            throw Failure.forbidden(
                    "Incoming identity provider identifier not included among the accepted"
                            + " identifiers.");
        }
    }

    /** One who has an account already. */
    private UserId local(Tx tx, IdentityProvider provider, MappedUser mapped) {
        Optional<User> found =
                mapped.id().isPresent()
                        ? stores.users().find(tx, new UserId(mapped.id().get()))
                        : mapped.name()
                                .flatMap(
                                        name ->
                                                stores.users()
                                                        .findByName(
                                                                tx,
                                                                domain(
                                                                        tx,
                                                                        mapped.domain(),
                                                                        provider),
                                                                name));
        return found.filter(User::enabled).orElseThrow(Failure::unauthorized).id();
    }

    private UserId ephemeral(
            Tx tx, IdentityProvider provider, FederationProtocol protocol, MappedUser mapped) {
        String unique =
                mapped.id()
                        .or(mapped::name)
                        .filter(text -> !text.isBlank())
                        .orElseThrow(
                                () ->
                                        Failure.unauthorized(
                                                "the mapped user has neither id nor name"));
        String name = mapped.name().filter(text -> !text.isBlank()).orElse(unique);
        if (unique.length() > 255 || name.length() > 255) {
            throw Failure.unauthorized("the mapped user's name is too long");
        }
        Optional<UserId> known = federation.user(tx, protocol, unique);
        if (known.isPresent()) {
            return stores.users()
                    .find(tx, known.get())
                    .filter(User::enabled)
                    .orElseThrow(Failure::unauthorized)
                    .id();
        }
        UserId user = new UserId(Ids.hex());
        stores.users()
                .insert(
                        tx,
                        new User(
                                user,
                                provider.domain(),
                                freeName(tx, provider, name, user),
                                true,
                                Optional.empty(),
                                mapped.email(),
                                Optional.empty(),
                                Optional.empty(),
                                Instant.EPOCH,
                                Map.of(),
                                Map.of()));
        federation.insertUser(tx, protocol, unique, user);
        return user;
    }

    /**
     * Somebody else of the domain may have the name already: an account is not taken over by it.
     */
    private String freeName(Tx tx, IdentityProvider provider, String name, UserId user) {
        return stores.users().findByName(tx, provider.domain(), name).isEmpty()
                ? name
                : name + " " + user.value();
    }

    private Set<String> groups(Tx tx, Set<MappedGroup> mapped) {
        Set<String> ids = new TreeSet<>();
        for (MappedGroup group : mapped) {
            switch (group) {
                case MappedGroup.ById(String id) ->
                        ids.add(
                                stores.groups()
                                        .find(tx, id)
                                        .map(Group::id)
                                        .orElseThrow(
                                                () ->
                                                        Failure.unauthorized(
                                                                "there is no group %s", id)));
                // What the provider calls its groups is its own affair: those that are not here
                // count for nothing.
                case MappedGroup.ByName(String name, MappedDomain domain) ->
                        find(tx, domain).flatMap(id -> named(tx, id, name)).ifPresent(ids::add);
            }
        }
        return ids;
    }

    private Optional<String> named(Tx tx, DomainId domain, String name) {
        return stores
                .groups()
                .list(
                        tx,
                        new GroupStore.Filter(
                                List.of(TextMatch.exactly("name", name)),
                                Optional.of(domain),
                                Optional.empty(),
                                Paging.FIRST))
                .rows()
                .stream()
                .map(Group::id)
                .findFirst();
    }

    private void provide(Tx tx, IdentityProvider provider, UserId user, MappedProject mapped) {
        DomainId domain = domain(tx, mapped.domain(), provider);
        Project project =
                stores.projects()
                        .findByName(tx, domain, mapped.name())
                        .orElseGet(() -> make(tx, domain, mapped.name()));
        for (String name : mapped.roles()) {
            Role role =
                    stores.roles().list(tx, Optional.of(name), Optional.empty()).stream()
                            .findFirst()
                            .orElseThrow(() -> Failure.unauthorized("there is no role %s", name));
            stores.roles()
                    .assign(
                            tx,
                            RoleStore.Assignment.of(
                                    user,
                                    AssignmentTarget.project(project.id().value()),
                                    role.id()));
        }
    }

    private Project make(Tx tx, DomainId domain, String name) {
        Project project =
                new Project(
                        new ProjectId(Ids.hex()),
                        domain,
                        Optional.of(new ProjectId(domain.value())),
                        name,
                        "",
                        true,
                        false,
                        List.of(),
                        Map.of(),
                        Map.of());
        stores.projects().insert(tx, project);
        return project;
    }

    private DomainId domain(Tx tx, Optional<MappedDomain> named, IdentityProvider provider) {
        return named.isEmpty()
                ? provider.domain()
                : find(tx, named.get())
                        .orElseThrow(() -> Failure.unauthorized("there is no such domain"));
    }

    private Optional<DomainId> find(Tx tx, MappedDomain domain) {
        Optional<Project> found =
                domain.id().isPresent()
                        ? stores.projects()
                                .find(tx, new ProjectId(domain.id().get()))
                                .filter(Project::isDomain)
                        : domain.name()
                                .flatMap(name -> stores.projects().findDomainByName(tx, name));
        return found.map(project -> new DomainId(project.id().value()));
    }
}
