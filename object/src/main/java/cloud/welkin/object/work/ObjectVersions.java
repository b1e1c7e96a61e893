package cloud.welkin.object.work;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.VersionTable;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Versions in their own bucket, as S3 has them. While a bucket keeps versions, what is overwritten
 * or deleted becomes one, and a delete leaves a mark; while that is suspended, new states are the
 * version {@code null}, of which there is one at most.
 */
public final class ObjectVersions {
    /** The setting of a container: {@link #ENABLED}, {@link #SUSPENDED} or absent. */
    public static final String SETTING = "x-s3-versioning";

    public static final String ENABLED = "Enabled";
    public static final String SUSPENDED = "Suspended";

    private final ObjectTable objects;
    private final VersionTable versions;

    public ObjectVersions(ObjectTable objects, VersionTable versions) {
        this.objects = objects;
        this.versions = versions;
    }

    public static boolean areKept(Container container) {
        return container.header(SETTING).filter(ENABLED::equals).isPresent();
    }

    private static boolean neverWere(Container container) {
        return container.header(SETTING).isEmpty();
    }

    /**
     * Makes the place free for another state.
     *
     * @return that state, as it is to be stored
     */
    public StoredObject keep(Tx tx, Container container, StoredObject next) {
        if (neverWere(container)) {
            return next;
        }
        boolean kept = areKept(container);
        setAside(tx, container, next.name(), kept);
        return kept ? next.asVersion() : next;
    }

    /** Keeps the current state as a version, unless the next one takes its place as null. */
    private Optional<StoredObject> setAside(Tx tx, Container container, String name, boolean kept) {
        Optional<StoredObject> current = objects.lock(tx, container.id(), name);
        if (!kept) {
            versions.find(tx, container.id(), name, Optional.empty())
                    .ifPresent(it -> versions.delete(tx, container.id(), name, it.object().id()));
        }
        current.filter(it -> kept || it.versioned()).ifPresent(it -> versions.archive(tx, it));
        return current;
    }

    /**
     * Deletes the object as the bucket wants it.
     *
     * @return the mark that is left; empty when the bucket never kept versions, and nothing was
     *     done
     */
    public Optional<Version> delete(Tx tx, Container container, String name, Instant now) {
        if (neverWere(container)) {
            return Optional.empty();
        }
        boolean kept = areKept(container);
        setAside(tx, container, name, kept);
        objects.delete(tx, container.id(), name);
        StoredObject marker =
                new StoredObject(
                        container.id(),
                        name,
                        UUID.randomUUID(),
                        now,
                        0,
                        0,
                        "",
                        "",
                        Map.of(),
                        Optional.empty(),
                        container.policy(),
                        Optional.empty(),
                        0,
                        kept);
        versions.mark(tx, marker);
        return Optional.of(new Version(marker, true, false));
    }

    /** A version, current or not. */
    public Optional<Version> find(Tx tx, Container container, String name, Optional<UUID> id) {
        return objects.find(tx, container.id(), name)
                .filter(
                        it ->
                                id.map(it.id()::equals).orElse(true)
                                        && it.versioned() == id.isPresent())
                .map(it -> new Version(it, false, true))
                .or(() -> versions.find(tx, container.id(), name, id));
    }

    /**
     * Deletes one version for good. When it was the last state, the one before becomes current
     * again.
     *
     * @return what was deleted
     */
    public Optional<Version> deleteVersion(
            Tx tx, Container container, String name, Optional<UUID> id) {
        objects.lock(tx, container.id(), name);
        Optional<Version> found = find(tx, container, name, id);
        found.ifPresent(
                version -> {
                    if (version.isCurrent()) {
                        objects.delete(tx, container.id(), name);
                    } else {
                        versions.delete(tx, container.id(), name, version.object().id());
                    }
                    if (objects.find(tx, container.id(), name).isEmpty()) {
                        versions.newest(tx, container.id(), name)
                                .filter(it -> !it.isMarker())
                                .ifPresent(it -> restore(tx, it.object()));
                    }
                });
        return found;
    }

    /**
     * Makes a version the current state again: the same body, as the newest version.
     *
     * @return false when there is no such version, or it is a mark
     */
    public boolean makeCurrent(Tx tx, Container container, String name, Optional<UUID> id) {
        objects.lock(tx, container.id(), name);
        Optional<Version> found = find(tx, container, name, id).filter(it -> !it.isMarker());
        if (found.isEmpty() || found.get().isCurrent()) {
            return found.isPresent();
        }
        setAside(tx, container, name, true);
        restore(tx, found.get().object());
        return true;
    }

    private void restore(Tx tx, StoredObject object) {
        objects.put(tx, object);
        versions.delete(tx, object.container(), object.name(), object.id());
    }
}
