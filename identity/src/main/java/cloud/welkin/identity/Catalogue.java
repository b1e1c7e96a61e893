package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.identity.domain.CatalogRow.Region;
import cloud.welkin.identity.domain.CatalogRow.Service;
import cloud.welkin.identity.domain.SeenEndpoints;
import cloud.welkin.identity.domain.UrlTemplate;
import cloud.welkin.identity.store.CatalogStore;
import cloud.welkin.identity.store.EndpointFilterStore;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
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
     * @param shelves what is made of all this for every token, by the origin of the URLs
     */
    private record Added(
            List<Region> regions,
            List<Service> services,
            List<Endpoint> endpoints,
            Optional<Cache<String, SeenEndpoints>> seen,
            Map<String, Shelves> shelves) {}

    /** The catalogue before a token is known; its endpoints are all that there are. */
    private record Shelves(List<Endpoint> endpoints, List<Shelf> shelves) {}

    /** An enabled service with its enabled endpoints. */
    private record Shelf(Service service, List<Place> places) {
        static Shelf of(Service service, List<Endpoint> endpoints) {
            return new Shelf(
                    service,
                    endpoints.stream()
                            .filter(Endpoint::enabled)
                            .filter(endpoint -> endpoint.service().equals(service.id()))
                            .map(endpoint -> new Place(endpoint, UrlTemplate.of(endpoint.url())))
                            .toList());
        }

        Offered offered(Predicate<Endpoint> seen, Optional<ProjectId> project, UserId user) {
            return new Offered(
                    service,
                    places.stream()
                            .filter(place -> seen.test(place.endpoint()))
                            .flatMap(place -> place.filled(project, user).stream())
                            .toList());
        }
    }

    private record Place(Endpoint endpoint, UrlTemplate url) {
        Optional<Endpoint> filled(Optional<ProjectId> project, UserId user) {
            return url.filled(project, user).map(endpoint::at);
        }
    }

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
        Shelves all = rows.shelves().computeIfAbsent(origin, at -> shelves(at, rows));
        Predicate<Endpoint> seen = seen(rows, project, all.endpoints());
        return all.shelves().stream()
                .map(shelf -> shelf.offered(seen, project, user))
                .filter(offered -> !offered.endpoints().isEmpty())
                .toList();
    }

    private Shelves shelves(String origin, Added rows) {
        List<Endpoint> endpoints =
                Stream.concat(
                                own.stream().flatMap(entry -> endpoints(entry, origin)),
                                rows.endpoints().stream())
                        .toList();
        return new Shelves(
                endpoints,
                Stream.concat(
                                own.stream().map(Catalogue::service),
                                rows.services().stream().filter(Service::enabled))
                        .map(service -> Shelf.of(service, endpoints))
                        .toList());
    }

    /** Which of the endpoints a project sees, or whoever acts outside of any. */
    private Predicate<Endpoint> seen(Added rows, Optional<ProjectId> project, List<Endpoint> all) {
        return project.flatMap(id -> rows.seen().map(known -> seen(known, id)))
                .filter(seen -> all.stream().anyMatch(seen::has))
                .<Predicate<Endpoint>>map(seen -> seen::has)
                .orElse(endpoint -> allUnlessFiltered);
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
                                                    : Optional.empty(),
                                            new ConcurrentHashMap<>()));
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
}
