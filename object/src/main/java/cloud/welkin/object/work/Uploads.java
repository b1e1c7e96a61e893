package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Bodies.Received;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jooq.exception.IntegrityConstraintViolationException;

/**
 * How an object comes to be: the body first, and when it is safe its row. Whatever ends this
 * between the two gives the body up.
 */
public final class Uploads {
    /** The largest body of one object: Swift's {@code max_file_size}, and S3's of one part. */
    public static final long LARGEST = 5L * 1024 * 1024 * 1024;

    private final Database database;
    private final ObjectTable objects;
    private final Bodies bodies;
    private final Versions versions;
    private final RowQueue rows;
    private final Clock clock;

    public Uploads(
            Database database,
            ObjectTable objects,
            Bodies bodies,
            Versions versions,
            RowQueue rows,
            Clock clock) {
        this.database = database;
        this.objects = objects;
        this.bodies = bodies;
        this.versions = versions;
        this.rows = rows;
        this.clock = clock;
    }

    /**
     * An object that is to be.
     *
     * @param headers metadata and what else is kept, under lower-case names
     */
    public record Wanted(
            Container container,
            String name,
            String contentType,
            Map<String, String> headers,
            Optional<Instant> deleteAt) {}

    /**
     * Takes a body. The object is there only after {@link #store}; whoever does not store it {@link
     * #giveUp gives it up}.
     *
     * @param length as announced; a body of another one is refused
     * @param most bytes at all: 413 beyond
     */
    public StoredObject receive(Wanted wanted, InputStream body, OptionalLong length, long most) {
        Container container = wanted.container();
        Received received = bodies.receive(container.policy(), body, length, most);
        return new StoredObject(
                container.id(),
                wanted.name(),
                UUID.randomUUID(),
                clock.instant(),
                received.length(),
                received.length(),
                received.md5(),
                wanted.contentType(),
                wanted.headers(),
                received.locator(),
                container.policy(),
                wanted.deleteAt());
    }

    /**
     * Makes the row of a body that is safe, or gives the body up.
     *
     * @param onlyNew whether an object that is there stays
     * @throws Failure 412 when there is one that stays; 404 when the container was deleted while
     *     the body came
     */
    public void store(Container container, StoredObject object, boolean onlyNew) {
        boolean done = false;
        try {
            if (!onlyNew && !versions.areKept(container)) {
                rows.put(object);
                done = true;
                return;
            }
            done =
                    database.write(
                            tx -> {
                                if (onlyNew) {
                                    return objects.putNew(
                                            tx,
                                            ObjectVersions.areKept(container)
                                                    ? object.asVersion()
                                                    : object);
                                }
                                objects.put(tx, versions.keep(tx, container, object));
                                return true;
                            });
            if (!done) {
                throw new Failure(
                        FailureKind.PRECONDITION_FAILED,
                        "PreconditionFailed",
                        "A precondition for this request was not met.");
            }
        } catch (IntegrityConstraintViolationException e) {
            throw Failure.notFound("The resource could not be found.");
        } finally {
            if (!done) {
                giveUp(object);
            }
        }
    }

    /** Frees the body of an object that will not be. */
    public void giveUp(StoredObject object) {
        object.locator().ifPresent(locator -> bodies.forget(object.policy(), locator));
    }
}
