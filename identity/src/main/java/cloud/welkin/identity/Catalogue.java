package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.identity.domain.CatalogRow.Region;
import cloud.welkin.identity.domain.CatalogRow.Service;
import cloud.welkin.identity.domain.SeenEndpoints;
import cloud.welkin.identity.store.CatalogStore;
import cloud.welkin.identity.store.EndpointFilterStore;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The program's own services, whose addresses follow from where the program listens, and what
 * operators added. Part of every token's answer, so the rows are kept in memory until anything
 * changes. The same holds for which endpoints a project sees, where it was given some.
 */
public final class Catalogue {
    /** Projects whose endpoints are kept in memory. */
    private static final int MOST = 100_000;

    private final Database database;
    private final List<CatalogEntry> own;
    private final CatalogStore store;
    private final EndpointFilterStore filters;
    private final boolean allUnlessFiltered;
    private final AtomicLong generation = new AtomicLong();
    private volatile @Nullable Added added;

    /**
     * @param allUnlessFiltered whether those who were given no endpoints see all of them, else none
     */
    public Catalogue(
            Database database,
            List<CatalogEntry> own,
            CatalogStore store,
            EndpointFilterStore filters,
            boolean allUnlessFiltered) {
        this.database = database;
        this.own = List.copyOf(own);
        this.store = store;
        this.filters = filters;
        this.allUnlessFiltered = allUnlessFiltered;
    }

    /**
     * @param seen what projects were given, asked for once for each project; empty while no project
     *     of the cloud was given anything, so that nobody is asked for
     */
    private record Added(
            List<Region> regions,
            List<Service> services,
            List<Endpoint> endpoints,
            Optional<Cache<String, SeenEndpoints>> seen) {}

    /** A service with the endpoints that a token sees, their URLs filled in. */
    public record Offered(Service service, List<Endpoint> endpoints) {}

    public List<Region> regions(Tx tx) {
        return Stream.concat(
                        Stream.of(new Region(CatalogEntry.REGION, "", Optional.empty(), Map.of())),
                        store.regions(tx).stream())
                .toList();
    }

    public List<Service> services(Tx tx) {
        return Stream.concat(own.stream().map(Catalogue::service), store.services(tx).stream())
                .toList();
    }

    public List<Endpoint> endpoints(Tx tx, String origin) {
        return Stream.concat(
                        own.stream().flatMap(entry -> endpoints(entry, origin)),
                        store.endpoints(tx).stream())
                .toList();
    }

    /** Those that a project was given. */
    public List<Endpoint> givenTo(Tx tx, String origin, String project) {
        SeenEndpoints seen = filters.seenBy(tx, project);
        return endpoints(tx, origin).stream().filter(seen::has).toList();
    }

    /** Whether it is part of the program, and thus neither changed nor deleted by anybody. */
    public boolean isOwn(String id) {
        return id.equals(CatalogEntry.REGION)
                || own.stream()
                        .anyMatch(
                                entry ->
                                        entry.serviceId().equals(id)
                                                || endpoints(entry, "")
                                                        .anyMatch(e -> e.id().equals(id)));
    }

    /** What a token's catalogue shows. */
    public List<Offered> of(String origin, Optional<ProjectId> project, UserId user) {
        Added rows = added();
        List<Endpoint> endpoints =
                seen(
                                rows,
                                project,
                                Stream.concat(
                                                own.stream()
                                                        .flatMap(entry -> endpoints(entry, origin)),
                                                rows.endpoints().stream())
                                        .toList())
                        .filter(Endpoint::enabled)
                        .flatMap(endpoint -> filled(endpoint, project, user).stream())
                        .toList();
        return Stream.concat(
                        own.stream().map(Catalogue::service),
                        rows.services().stream().filter(Service::enabled))
                .map(
                        service ->
                                new Offered(
                                        service,
                                        endpoints.stream()
                                                .filter(e -> e.service().equals(service.id()))
                                                .toList()))
                .filter(offered -> !offered.endpoints().isEmpty())
                .toList();
    }

    /** Those of the endpoints that a project sees, or whoever acts outside of any. */
    private Stream<Endpoint> seen(Added rows, Optional<ProjectId> project, List<Endpoint> all) {
        List<Endpoint> given =
                project.flatMap(id -> rows.seen().map(known -> seen(known, id)))
                        .map(seen -> all.stream().filter(seen::has).toList())
                        .orElse(List.of());
        return given.isEmpty() && allUnlessFiltered ? all.stream() : given.stream();
    }

    /**
     * Two may load the same at once: nobody waits for another's connection. What overtakes the load
     * drops {@code known} with all that was loaded.
     */
    private SeenEndpoints seen(Cache<String, SeenEndpoints> known, ProjectId project) {
        SeenEndpoints seen = known.getIfPresent(project.value());
        if (seen == null) {
            seen = database.read(tx -> filters.seenBy(tx, project.value()));
            known.put(project.value(), seen);
        }
        return seen;
    }

    /** What a path may be called within the services of a type: without their mount, and as is. */
    List<String> pathsWithin(String type, String path) {
        return own.stream()
                .filter(entry -> entry.type().equals(type))
                .filter(entry -> path.startsWith(mount(entry) + "/"))
                .flatMap(entry -> Stream.of(path.substring(mount(entry).length()), path))
                .toList();
    }

    /** The first segment of the service's path. */
    private static String mount(CatalogEntry entry) {
        int slash = entry.path().indexOf('/', 1);
        return slash < 0 ? entry.path() : entry.path().substring(0, slash);
    }

    synchronized void forget() {
        generation.incrementAndGet();
        added = null;
    }

    /** Unless a change has overtaken the load. */
    private synchronized void keep(Added loaded, long before) {
        if (generation.get() == before) {
            added = loaded;
        }
    }

    private Added added() {
        Added current = added;
        if (current == null) {
            long before = generation.get();
            current =
                    database.read(
                            tx ->
                                    new Added(
                                            store.regions(tx),
                                            store.services(tx),
                                            store.endpoints(tx),
                                            filters.inUse(tx)
                                                    ? Optional.of(
                                                            Caffeine.newBuilder()
                                                                    .maximumSize(MOST)
                                                                    .build())
                                                    : Optional.empty()));
            keep(current, before);
        }
        return current;
    }

    private static Service service(CatalogEntry entry) {
        return new Service(
                entry.serviceId(),
                entry.type(),
                Optional.of(entry.name()),
                Optional.empty(),
                true,
                Map.of());
    }

    private static Stream<Endpoint> endpoints(CatalogEntry entry, String origin) {
        return Stream.of("public", "internal", "admin")
                .map(
                        side ->
                                new Endpoint(
                                        entry.endpointId(side),
                                        entry.serviceId(),
                                        Optional.of(CatalogEntry.REGION),
                                        side,
                                        origin
                                                + entry.path()
                                                + (entry.projectInPath() ? "/$(project_id)s" : ""),
                                        Optional.empty(),
                                        Optional.empty(),
                                        true,
                                        Map.of()));
    }

    /** The endpoint with its URL filled in; empty when it needs a project and there is none. */
    private static Optional<Endpoint> filled(
            Endpoint endpoint, Optional<ProjectId> project, UserId user) {
        String url = endpoint.url().replaceAll("[$%]\\(user_id\\)s", user.value());
        String complete =
                project.map(id -> url.replaceAll("[$%]\\((project_id|tenant_id)\\)s", id.value()))
                        .orElse(url);
        if (complete.matches(".*[$%]\\(\\w+\\)s.*")) {
            return Optional.empty();
        }
        return Optional.of(
                new Endpoint(
                        endpoint.id(),
                        endpoint.service(),
                        endpoint.region(),
                        endpoint.side(),
                        complete,
                        endpoint.name(),
                        endpoint.description(),
                        true,
                        endpoint.extra()));
    }
}
