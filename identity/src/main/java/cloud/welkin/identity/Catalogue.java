package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.identity.domain.CatalogRow.Region;
import cloud.welkin.identity.domain.CatalogRow.Service;
import cloud.welkin.identity.domain.UrlTemplate;
import cloud.welkin.identity.store.CatalogStore;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The program's own services, whose addresses follow from where the program listens, and what
 * operators added. Part of every token's answer, so the rows are kept in memory until anything
 * changes.
 */
public final class Catalogue {
    private final Database database;
    private final List<CatalogEntry> own;
    private final CatalogStore store;
    private final AtomicLong generation = new AtomicLong();
    private volatile @Nullable Added added;

    public Catalogue(Database database, List<CatalogEntry> own, CatalogStore store) {
        this.database = database;
        this.own = List.copyOf(own);
        this.store = store;
    }

    /**
     * @param shelves what is made of all this for every token, by the origin of the URLs
     */
    private record Added(
            List<Region> regions,
            List<Service> services,
            List<Endpoint> endpoints,
            Map<String, List<Shelf>> shelves) {}

    /** A service with its endpoints before a token is known. */
    private record Shelf(Service service, List<Place> places) {
        Offered offered(Optional<ProjectId> project, UserId user) {
            return new Offered(
                    service,
                    places.stream()
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
        return shelves(origin).stream()
                .map(shelf -> shelf.offered(project, user))
                .filter(offered -> !offered.endpoints().isEmpty())
                .toList();
    }

    private List<Shelf> shelves(String origin) {
        Added rows = added();
        return rows.shelves().computeIfAbsent(origin, at -> shelves(at, rows));
    }

    private List<Shelf> shelves(String origin, Added rows) {
        List<Endpoint> endpoints =
                Stream.concat(
                                own.stream().flatMap(entry -> endpoints(entry, origin)),
                                rows.endpoints().stream().filter(Endpoint::enabled))
                        .toList();
        return Stream.concat(
                        own.stream().map(Catalogue::service),
                        rows.services().stream().filter(Service::enabled))
                .map(
                        service ->
                                new Shelf(
                                        service,
                                        endpoints.stream()
                                                .filter(e -> e.service().equals(service.id()))
                                                .map(e -> new Place(e, UrlTemplate.of(e.url())))
                                                .toList()))
                .toList();
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
