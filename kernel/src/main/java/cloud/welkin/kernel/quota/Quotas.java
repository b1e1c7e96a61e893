package cloud.welkin.kernel.quota;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What projects may have and what they have. Counts change in the transaction that changes the
 * thing, by one statement that reads the limits too: two requests at once cannot both take the last
 * one, and there is nothing to keep in step.
 *
 * <p>The counts of a project are locked from the call until the transaction ends, in the order of
 * their names; a transaction that calls twice should name all its resources in one call.
 */
public final class Quotas {

    public static final long UNLIMITED = -1;

    private static final Comparator<QuotaResource> BY_COLUMN =
            Comparator.comparing(QuotaResource::column);

    private final Database database;
    private final QuotaStore store = new QuotaStore();
    private final Map<String, QuotaResource> resources = new ConcurrentHashMap<>();

    private volatile Optional<LimitSource> elsewhere = Optional.empty();

    public Quotas(Database database) {
        this.database = database;
    }

    public void register(QuotaResource resource) {
        if (resources.putIfAbsent(resource.column(), resource) != null) {
            throw new IllegalArgumentException(
                    "Two resources of quota are called " + resource.column());
        }
    }

    /** From now on limits are kept there, and those of the tables do not count. */
    public void obey(LimitSource source) {
        elsewhere = Optional.of(source);
    }

    /** The resources of a service, by name. */
    public List<QuotaResource> resources(String service) {
        return resources.values().stream()
                .filter(resource -> resource.service().equals(service))
                .sorted(BY_COLUMN)
                .toList();
    }

    /**
     * Takes (or, where negative, frees) so much of each resource. Freeing is never refused,
     * whatever the limits.
     *
     * @throws QuotaExceeded if any would go over its limit: then nothing is taken or freed
     */
    public void take(Tx tx, String projectId, Map<QuotaResource, Long> deltas) {
        List<QuotaResource> sorted = deltas.keySet().stream().sorted(BY_COLUMN).toList();
        sorted.forEach(this::known);
        Map<String, Long> added =
                store.add(
                        tx,
                        projectId,
                        sorted,
                        sorted.stream().map(deltas::get).toList(),
                        kept(tx, projectId, sorted));
        if (added.size() < sorted.size()) {
            refuse(tx, projectId, deltas, sorted, added);
        }
    }

    private void refuse(
            Tx tx,
            String projectId,
            Map<QuotaResource, Long> deltas,
            List<QuotaResource> sorted,
            Map<String, Long> added) {
        var refused = new ArrayList<QuotaResource>();
        for (QuotaResource resource : sorted) {
            if (added.containsKey(resource.column())) {
                store.giveBack(tx, projectId, resource.column(), deltas.getOrDefault(resource, 0L));
            } else {
                refused.add(resource);
            }
        }
        var rows = rows(tx, projectId, refused);
        throw new QuotaExceeded(
                refused.stream()
                        .map(
                                resource -> {
                                    QuotaStore.Row row =
                                            rows.getOrDefault(
                                                    resource.column(),
                                                    new QuotaStore.Row(resource.defaultLimit(), 0));
                                    return new QuotaExceeded.Refusal(
                                            resource,
                                            row.limit(),
                                            row.used(),
                                            deltas.getOrDefault(resource, 0L));
                                })
                        .toList());
    }

    /** Limits and usage of a project, by the names of the service's resources. */
    public List<QuotaUsage> usage(Tx tx, String projectId, String service) {
        List<QuotaResource> wanted = resources(service);
        var rows = rows(tx, projectId, wanted);
        return wanted.stream()
                .map(
                        resource -> {
                            QuotaStore.Row row =
                                    rows.getOrDefault(
                                            resource.column(),
                                            new QuotaStore.Row(resource.defaultLimit(), 0));
                            return new QuotaUsage(resource, row.limit(), row.used());
                        })
                .toList();
    }

    /** The limit of one resource, read alone. */
    public long limit(Tx tx, String projectId, QuotaResource resource) {
        known(resource);
        QuotaStore.Row row = rows(tx, projectId, List.of(resource)).get(resource.column());
        return row == null ? resource.defaultLimit() : row.limit();
    }

    /** The projects that have a limit of their own of any of the service's resources. */
    public List<String> projectsWithLimits(Tx tx, String service) {
        return store.limited(tx, resources(service).stream().map(QuotaResource::column).toList());
    }

    /** A limit of the project's own; usage above it stays and refuses more. */
    public void setLimit(Tx tx, String projectId, QuotaResource resource, long limit) {
        requireOwn();
        known(resource);
        if (limit < UNLIMITED) {
            throw new IllegalArgumentException("A limit is -1 or more, not " + limit);
        }
        store.setLimit(tx, projectId, resource.column(), limit);
    }

    /** The project has the defaults of the service's resources again. */
    public void resetLimits(Tx tx, String projectId, String service) {
        requireOwn();
        store.forgetLimits(
                tx, projectId, resources(service).stream().map(QuotaResource::column).toList());
    }

    /**
     * Changes the default for every project without a limit of its own (OpenStack's quota class
     * {@code default}).
     */
    public void setDefault(Tx tx, QuotaResource resource, long limit) {
        requireOwn();
        setLimit(tx, QuotaStore.EVERY_PROJECT, resource, limit);
    }

    /** The defaults of a service's resources: as declared, or as an operator has changed them. */
    public List<QuotaUsage> defaults(Tx tx, String service) {
        return usage(tx, QuotaStore.EVERY_PROJECT, service);
    }

    /**
     * The invariant that a count is what it counts.
     *
     * @param count the things there are, by project, by the service's own query
     */
    public Invariant invariant(QuotaResource resource, Function<Tx, Map<String, Long>> count) {
        return new Invariant(
                "the usage of %s is what there is".formatted(resource.name()),
                resource.service(),
                "A count that is too high refuses what should be granted, one that is too low grants too much.",
                () -> database.snapshot(tx -> compare(tx, resource, count)));
    }

    /**
     * Sets the counts of a resource to what there is; returns of how many projects they were wrong.
     */
    public int recount(Tx tx, QuotaResource resource, Function<Tx, Map<String, Long>> count) {
        Map<String, Long> counted = store.usedByProject(tx, resource.column());
        Map<String, Long> actual = count.apply(tx);
        int wrong = 0;
        for (String project : projects(counted, actual)) {
            long used = actual.getOrDefault(project, 0L);
            if (counted.getOrDefault(project, 0L) != used) {
                store.setUsed(tx, project, resource.column(), used);
                wrong++;
            }
        }
        return wrong;
    }

    private List<Finding> compare(
            Tx tx, QuotaResource resource, Function<Tx, Map<String, Long>> count) {
        Map<String, Long> counted = store.usedByProject(tx, resource.column());
        Map<String, Long> actual = count.apply(tx);
        var findings = new ArrayList<Finding>();
        for (String project : projects(counted, actual)) {
            long says = counted.getOrDefault(project, 0L);
            long is = actual.getOrDefault(project, 0L);
            if (says != is) {
                findings.add(
                        new Finding(
                                "Project %s is counted %d of %s and has %d"
                                        .formatted(project, says, resource.name(), is),
                                List.of(project),
                                "Recount the quota of %s.".formatted(resource.service())));
            }
        }
        return findings;
    }

    private static Set<String> projects(Map<String, Long> counted, Map<String, Long> actual) {
        var projects = new TreeSet<>(counted.keySet());
        projects.addAll(actual.keySet());
        return projects;
    }

    private Map<String, QuotaStore.Row> rows(Tx tx, String project, List<QuotaResource> resources) {
        return store.usage(tx, project, resources, kept(tx, project, resources));
    }

    private Optional<List<Long>> kept(Tx tx, String project, List<QuotaResource> resources) {
        return elsewhere
                .map(source -> source.limits(tx, project, resources))
                .map(
                        limits ->
                                resources.stream()
                                        .map(one -> limits.getOrDefault(one, one.defaultLimit()))
                                        .toList());
    }

    private void requireOwn() {
        if (elsewhere.isPresent()) {
            throw Failure.forbidden(
                    "The limits of this cloud are unified: they are set in the identity service,"
                            + " as registered limits and limits.");
        }
    }

    private void known(QuotaResource resource) {
        if (!resource.equals(resources.get(resource.column()))) {
            throw new IllegalArgumentException(
                    "The quota of " + resource.column() + " is not registered");
        }
    }
}
