package cloud.welkin.object.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.ListingQuery.Slice;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Versions kept in another container, as Swift's middleware versioned_writes has them. What is
 * overwritten moves to {@code <length of the name, 3 hex digits><name>/<time>} there. With {@code
 * X-Versions-Location} a delete brings the newest back; with {@code X-History-Location} it moves
 * the object there as well and leaves a marker of the delete behind it.
 *
 * <p>A version moves by its row alone: no byte of its body is read.
 */
public final class Versions {
    public static final String STACK = "x-versions-location";
    public static final String HISTORY = "x-history-location";

    private static final String MARKER = "application/x-deleted;swift_versions_deleted=1";

    private final ContainerTable containers;
    private final ObjectTable objects;
    private final ObjectVersions own;

    public Versions(ContainerTable containers, ObjectTable objects, ObjectVersions own) {
        this.own = own;
        this.containers = containers;
        this.objects = objects;
    }

    /** Whether anything is done at all with what is overwritten or deleted. */
    public boolean areKept(Container container) {
        return Stream.of(STACK, HISTORY, ObjectVersions.SETTING)
                .anyMatch(it -> container.header(it).isPresent());
    }

    /**
     * Makes the place free for another object, if the container keeps versions of either kind.
     *
     * @return the object as it is to be stored
     */
    public StoredObject keep(Tx tx, Container container, StoredObject next) {
        archive(tx, container).ifPresent(kept -> moveAway(tx, container, next.name(), kept));
        return own.keep(tx, container, next);
    }

    private void moveAway(Tx tx, Container container, String name, Container archive) {
        objects.lock(tx, container.id(), name)
                .ifPresent(
                        object ->
                                objects.move(
                                        tx,
                                        container.id(),
                                        name,
                                        archive.id(),
                                        freeName(tx, archive, name, object.createdAt())));
    }

    /**
     * Deletes the object as the container's versions want it.
     *
     * @return whether it was there
     */
    public boolean delete(Tx tx, Container container, String name, Instant now) {
        Optional<Container> archive = archive(tx, container);
        if (archive.isEmpty()) {
            boolean there = objects.lock(tx, container.id(), name).isPresent();
            if (!there || own.delete(tx, container, name, now).isPresent()) {
                return there;
            }
            return objects.delete(tx, container.id(), name);
        }
        if (objects.lock(tx, container.id(), name).isEmpty()) {
            return false;
        }
        if (container.header(HISTORY).isPresent()) {
            moveAway(tx, container, name, archive.get());
            objects.put(tx, marker(archive.get(), freeName(tx, archive.get(), name, now), now));
            return true;
        }
        objects.delete(tx, container.id(), name);
        newest(tx, archive.get(), name)
                .ifPresent(
                        version ->
                                objects.move(
                                        tx,
                                        archive.get().id(),
                                        version.name(),
                                        container.id(),
                                        name));
        return true;
    }

    /** Two states of the same microsecond are two versions all the same. */
    private String freeName(Tx tx, Container archive, String name, Instant time) {
        Instant at = time;
        while (objects.find(tx, archive.id(), prefix(name) + time(at)).isPresent()) {
            at = at.plusNanos(1000);
        }
        return prefix(name) + time(at);
    }

    private static StoredObject marker(Container archive, String name, Instant now) {
        return new StoredObject(
                archive.id(),
                name,
                UUID.randomUUID(),
                now,
                0,
                0,
                HexFormat.of().formatHex(Bodies.md5().digest()),
                MARKER,
                Map.of(),
                Optional.empty(),
                archive.policy(),
                Optional.empty());
    }

    private Optional<StoredObject> newest(Tx tx, Container archive, String name) {
        String prefix = prefix(name);
        // '0' follows '/', which all of this name's versions have behind the prefix.
        String behind = prefix.substring(0, prefix.length() - 1) + "0";
        List<StoredObject> last =
                objects.list(tx, archive.id(), new Slice(prefix, "", Optional.of(behind), true, 1));
        return last.stream().findFirst();
    }

    private Optional<Container> archive(Tx tx, Container container) {
        return container
                .header(STACK)
                .or(() -> container.header(HISTORY))
                .map(
                        name ->
                                containers
                                        .lock(tx, container.account(), name)
                                        .orElseThrow(
                                                () ->
                                                        new Failure(
                                                                FailureKind.PRECONDITION_FAILED,
                                                                "PreconditionFailed",
                                                                "The container for versions does"
                                                                        + " not exist: "
                                                                        + name)));
    }

    private static String prefix(String name) {
        return "%03x%s/".formatted(name.getBytes(StandardCharsets.UTF_8).length, name);
    }

    private static String time(Instant time) {
        return "%017.6f"
                .formatted(
                        BigDecimal.valueOf(time.getEpochSecond())
                                .add(BigDecimal.valueOf(time.getNano(), 9))
                                .setScale(6, RoundingMode.DOWN));
    }
}
