package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.LifecycleRule;
import cloud.welkin.object.domain.ListingQuery.Slice;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Upload;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.UploadTable;
import cloud.welkin.object.store.VersionTable;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Does what the lifecycle rules of buckets say, bucket by bucket, a page of names at a time. */
public final class Lifecycle implements Reconciler {
    /** Where a container keeps its rules. */
    public static final String SETTING = "x-s3-lifecycle";

    private static final int PAGE = 1000;

    private final Database database;
    private final ContainerTable containers;
    private final ObjectTable objects;
    private final VersionTable versions;
    private final UploadTable uploads;
    private final ObjectVersions kept;
    private final Clock clock;

    public Lifecycle(
            Database database,
            ContainerTable containers,
            ObjectTable objects,
            VersionTable versions,
            UploadTable uploads,
            ObjectVersions kept,
            Clock clock) {
        this.database = database;
        this.containers = containers;
        this.objects = objects;
        this.versions = versions;
        this.uploads = uploads;
        this.kept = kept;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "object lifecycle";
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public Report reconcile() {
        int done = 0;
        for (Container container : database.read(tx -> containers.having(tx, SETTING))) {
            for (LifecycleRule rule : LifecycleRule.rules(container.header(SETTING).orElse("[]"))) {
                if (rule.isEnabled()) {
                    done +=
                            expire(container, rule)
                                    + thin(container, rule)
                                    + abort(container, rule);
                }
            }
        }
        return done == 0
                ? Report.nothing()
                : Report.changed(done, done + " ended by lifecycle rules");
    }

    /** Current objects whose time is over. */
    private int expire(Container container, LifecycleRule rule) {
        Optional<Instant> before = rule.expiredBefore(clock.instant());
        if (before.isEmpty()) {
            return 0;
        }
        int done = 0;
        String after = "";
        while (true) {
            String from = after;
            Slice slice = new Slice(rule.prefix(), from, Optional.empty(), false, PAGE);
            List<StoredObject> page = database.read(tx -> objects.list(tx, container.id(), slice));
            List<StoredObject> over =
                    page.stream()
                            .filter(it -> it.createdAt().isBefore(before.get()))
                            .filter(it -> rule.isAbout(it, tags(it)))
                            .toList();
            for (StoredObject object : over) {
                done += database.write(tx -> end(tx, container, object)) ? 1 : 0;
            }
            if (page.size() < PAGE || !page.getLast().name().startsWith(rule.prefix())) {
                return done;
            }
            after = page.getLast().name();
        }
    }

    private boolean end(Tx tx, Container container, StoredObject object) {
        // It may be another one by now.
        if (objects.lock(tx, container.id(), object.name())
                .filter(it -> it.id().equals(object.id()))
                .isEmpty()) {
            return false;
        }
        if (kept.delete(tx, container, object.name(), clock.instant()).isEmpty()) {
            objects.delete(tx, container.id(), object.name());
        }
        return true;
    }

    /** Versions that were not current for long enough, and marks with nothing behind them. */
    private int thin(Container container, LifecycleRule rule) {
        if (rule.noncurrentDays().isEmpty() && !rule.removesLoneMarkers()) {
            return 0;
        }
        int done = 0;
        Optional<Version> behind = Optional.empty();
        Optional<Version> newer = Optional.empty();
        while (true) {
            Optional<Version> last = behind;
            String from = last.map(it -> it.object().name()).orElse("");
            List<Version> page =
                    database.read(
                            tx ->
                                    versions.list(
                                            tx, container.id(), rule.prefix(), from, last, PAGE));
            for (int i = 0; i < page.size(); i++) {
                Version version = page.get(i);
                Optional<Version> before = newer.filter(it -> isSame(it, version));
                boolean lone =
                        version.isMarker()
                                && before.isEmpty()
                                && i + 1 < page.size() + (page.size() < PAGE ? 1 : 0)
                                && (i + 1 == page.size() || !isSame(page.get(i + 1), version));
                if (isOver(rule, version, before) || (lone && rule.removesLoneMarkers())) {
                    done +=
                            database.write(
                                            tx ->
                                                    versions.delete(
                                                            tx,
                                                            container.id(),
                                                            version.object().name(),
                                                            version.object().id()))
                                    ? 1
                                    : 0;
                }
                newer = Optional.of(version);
            }
            if (page.size() < PAGE) {
                return done;
            }
            behind = Optional.of(page.getLast());
        }
    }

    private static boolean isSame(Version one, Version other) {
        return one.object().name().equals(other.object().name());
    }

    /** A version is noncurrent since the next newer one came. */
    private boolean isOver(LifecycleRule rule, Version version, Optional<Version> newer) {
        return rule.noncurrentDays().isPresent()
                && !version.isCurrent()
                && newer.isPresent()
                && newer.get()
                        .object()
                        .createdAt()
                        .isBefore(
                                clock.instant()
                                        .minus(Duration.ofDays(rule.noncurrentDays().getAsInt())))
                && rule.isAbout(version.object(), tags(version.object()));
    }

    private int abort(Container container, LifecycleRule rule) {
        if (rule.abortDays().isEmpty()) {
            return 0;
        }
        Instant before = clock.instant().minus(Duration.ofDays(rule.abortDays().getAsInt()));
        List<Upload> begun =
                database.read(
                        tx ->
                                uploads.list(
                                        tx,
                                        container.id(),
                                        rule.prefix(),
                                        "",
                                        Optional.empty(),
                                        PAGE));
        int done = 0;
        for (Upload upload : begun) {
            if (upload.createdAt().isBefore(before)) {
                database.change(
                        tx -> {
                            uploads.keepOnly(tx, upload.id(), List.of());
                            uploads.delete(tx, upload.id());
                        });
                done++;
            }
        }
        return done;
    }

    private static Map<String, String> tags(StoredObject object) {
        Map<String, String> tags = new TreeMap<>();
        for (String pair : object.header("x-s3-tagging").orElse("").split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                tags.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return tags;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
