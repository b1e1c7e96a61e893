package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.Preconditions;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.Bodies.Received;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.SegmentList;
import cloud.welkin.object.work.Versions;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.jooq.exception.IntegrityConstraintViolationException;

/** Making, changing and deleting objects. */
public final class ObjectWriting implements OperationGroup {
    /** The largest body of one request: Swift's {@code max_file_size}. */
    public static final long LARGEST = 5L * 1024 * 1024 * 1024;

    private final Database database;
    private final ObjectTable objects;
    private final Bodies bodies;
    private final Quotas quotas;
    private final Versions versions;
    private final Copies copies;
    private final StaticLargeObjects manifests;
    private final BulkDelete bulk;
    private final Clock clock;
    private final Admission admission;

    public ObjectWriting(
            Database database,
            ObjectTable objects,
            Bodies bodies,
            Quotas quotas,
            Versions versions,
            Copies copies,
            StaticLargeObjects manifests,
            BulkDelete bulk,
            Clock clock) {
        this.database = database;
        this.objects = objects;
        this.bodies = bodies;
        this.quotas = quotas;
        this.versions = versions;
        this.copies = copies;
        this.manifests = manifests;
        this.bulk = bulk;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.put("/{account}/{container}/{object...}")
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(201)
                        .doc("Stores an object, from the body or as a copy (X-Copy-From).")
                        .streams(this::put),
                Operation.post("/{account}/{container}/{object...}")
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(202)
                        .doc("Replaces the object's metadata.")
                        .streams(this::post),
                Operation.delete("/{account}/{container}/{object...}")
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc("Deletes the object.")
                        .streams(this::delete),
                Operation.method("COPY", "/{account}/{container}/{object...}", 201)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Copies the object to where the header Destination says.")
                        .streams(this::copy));
    }

    private void put(Call call, Exchange exchange) {
        Optional<String> from = call.header("X-Copy-From").filter(it -> !it.isEmpty());
        SwiftPath path = SwiftPath.of(call);
        if (from.isPresent()) {
            String account = call.header("X-Copy-From-Account").orElse(path.account());
            SwiftPath source = SwiftPath.parse(account + "/" + trimmed(from.get(), "X-Copy-From"));
            copyTo(call, exchange, source, path);
            return;
        }
        ObjectTable.Found found = writable(call, path);
        Container container = found.container().orElseThrow(ObjectWriting::absent);
        Instant now = clock.instant();
        Map<String, String> headers = ObjectHeaders.of(call);
        Optional<Instant> deleteAt = ObjectHeaders.deleteAt(call, now);
        if (exchange.contentLength().isEmpty() && call.header("Transfer-Encoding").isEmpty()) {
            throw new Failure(
                    FailureKind.LENGTH_REQUIRED,
                    "LengthRequired",
                    "Missing Content-Length header.");
        }
        long announced = exchange.contentLength().orElse(0);
        if (announced > LARGEST) {
            throw Failure.tooLarge("Your request is too large.");
        }
        checkAbsent(call, found.object());
        if (StaticLargeObjects.isMeant(call, "put")) {
            putManifest(call, exchange, path, container, headers, deleteAt);
            return;
        }
        long most = Math.min(LARGEST, quotas.room(found, announced));
        StoredObject object =
                receive(
                        container,
                        name(path),
                        exchange.body(),
                        exchange.contentLength(),
                        most,
                        ObjectHeaders.contentType(call, name(path)),
                        headers,
                        deleteAt);
        settle(call, container, object);
        Map<String, String> answer = Answers.headers(call);
        answer.put("Etag", object.etag());
        answer.put("Last-Modified", Answers.lastModified(object.createdAt()));
        Answers.empty(exchange, 201, answer);
    }

    private void putManifest(
            Call call,
            Exchange exchange,
            SwiftPath path,
            Container container,
            Map<String, String> headers,
            Optional<Instant> deleteAt) {
        StaticLargeObjects.Checked manifest =
                manifests.check(call, path.account(), exchange.body());
        if (call.header("ETag")
                .filter(it -> !Preconditions.bare(it).equalsIgnoreCase(manifest.etag()))
                .isPresent()) {
            throw mismatch();
        }
        headers.put(StoredObject.STATIC_LARGE, "True");
        headers.put(SegmentList.ETAG, manifest.etag());
        StoredObject body =
                receive(
                        container,
                        name(path),
                        new java.io.ByteArrayInputStream(manifest.body()),
                        OptionalLong.of(manifest.body().length),
                        LARGEST,
                        ObjectHeaders.contentType(call, name(path)),
                        headers,
                        deleteAt);
        StoredObject object = body.showing(manifest.size());
        store(call, container, object);
        Map<String, String> answer = Answers.headers(call);
        answer.put("Etag", '"' + manifest.etag() + '"');
        answer.put("Last-Modified", Answers.lastModified(object.createdAt()));
        Answers.empty(exchange, 201, answer);
    }

    /** The path, if the caller may write there. */
    private ObjectTable.Found writable(Call call, SwiftPath path) {
        ObjectTable.Found found =
                database.read(
                        tx ->
                                objects.find(
                                        tx,
                                        path.account(),
                                        path.container().orElse(""),
                                        name(path)));
        admission.writer(call, path, found.account(), found.container());
        return found;
    }

    private static void checkAbsent(Call call, Optional<StoredObject> there) {
        Optional<String> noneMatch = call.header("If-None-Match");
        if (noneMatch.isPresent() && !noneMatch.get().strip().equals("*")) {
            throw Failure.badRequest("If-None-Match only supports *");
        }
        if (noneMatch.isPresent() && there.isPresent()) {
            throw exists();
        }
    }

    private static Failure exists() {
        return new Failure(
                FailureKind.PRECONDITION_FAILED,
                "PreconditionFailed",
                "A precondition for this request was not met.");
    }

    private StoredObject receive(
            Container container,
            String name,
            InputStream body,
            OptionalLong length,
            long most,
            String type,
            Map<String, String> headers,
            Optional<Instant> deleteAt) {
        Received received = bodies.receive(container.policy(), body, length, most);
        return new StoredObject(
                container.id(),
                name,
                UUID.randomUUID(),
                clock.instant(),
                received.length(),
                received.length(),
                received.md5(),
                type,
                headers,
                received.locator(),
                container.policy(),
                deleteAt);
    }

    /** Makes the row of a body that came as its ETag says, or gives the body up. */
    private void settle(Call call, Container container, StoredObject object) {
        if (call.header("ETag")
                .filter(it -> !Preconditions.bare(it).equalsIgnoreCase(object.etag()))
                .isPresent()) {
            object.locator().ifPresent(it -> bodies.forget(object.policy(), it));
            throw mismatch();
        }
        store(call, container, object);
    }

    private static Failure mismatch() {
        return new Failure(
                FailureKind.UNPROCESSABLE,
                "UnprocessableEntity",
                "Unable to process the contained instructions: the body's MD5 is not the ETag that"
                        + " came with it.");
    }

    /** Makes the row of a body that is safe, or gives the body up. */
    private void store(Call call, Container container, StoredObject object) {
        boolean onlyNew = call.header("If-None-Match").isPresent();
        boolean done = false;
        try {
            done =
                    database.write(
                            tx -> {
                                if (onlyNew) {
                                    return objects.putNew(tx, object);
                                }
                                versions.keep(tx, container, object.name());
                                objects.put(tx, object);
                                return true;
                            });
            if (!done) {
                throw exists();
            }
        } catch (IntegrityConstraintViolationException e) {
            // The container was deleted while the body came.
            throw absent();
        } finally {
            if (!done) {
                object.locator().ifPresent(it -> bodies.forget(object.policy(), it));
            }
        }
    }

    private void copy(Call call, Exchange exchange) {
        SwiftPath source = SwiftPath.of(call);
        String destination =
                call.header("Destination")
                        .filter(it -> !it.isEmpty())
                        .orElseThrow(
                                () ->
                                        new Failure(
                                                FailureKind.PRECONDITION_FAILED,
                                                "PreconditionFailed",
                                                "Destination header required"));
        String account = call.header("Destination-Account").orElse(source.account());
        copyTo(
                call,
                exchange,
                source,
                SwiftPath.parse(account + "/" + trimmed(destination, "Destination")));
    }

    private static String trimmed(String place, String header) {
        String text = place.startsWith("/") ? place.substring(1) : place;
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1) {
            throw new Failure(
                    FailureKind.PRECONDITION_FAILED,
                    "PreconditionFailed",
                    header + " header must be of the form <container name>/<object name>");
        }
        return text;
    }

    private void copyTo(Call call, Exchange exchange, SwiftPath from, SwiftPath to) {
        ObjectTable.Found source =
                database.read(
                        tx ->
                                objects.find(
                                        tx,
                                        from.account(),
                                        from.container().orElse(""),
                                        name(from)));
        admission.reader(call, from, source.account(), source.container());
        StoredObject original =
                source.object()
                        .filter(it -> !it.isExpired(clock.instant()))
                        .orElseThrow(ObjectWriting::absent);
        ObjectTable.Found target = writable(call, to);
        Container container = target.container().orElseThrow(ObjectWriting::absent);
        checkAbsent(call, target.object());
        Map<String, String> headers = ObjectHeaders.of(call);
        if (call.header("X-Fresh-Metadata").filter(Answers::isTrue).isEmpty()) {
            Map<String, String> kept = new TreeMap<>(original.headers());
            kept.keySet()
                    .removeAll(
                            List.of(
                                    StoredObject.MANIFEST,
                                    StoredObject.STATIC_LARGE,
                                    SegmentList.ETAG));
            kept.putAll(headers);
            headers = kept;
        }
        Copies.Source body = copies.source(original, from.account());
        StoredObject copied;
        try (InputStream stream = body.open()) {
            copied =
                    receive(
                            container,
                            name(to),
                            stream,
                            OptionalLong.of(body.length()),
                            Math.min(LARGEST, quotas.room(target, body.length())),
                            call.header("Content-Type")
                                    .map(Answers::text)
                                    .orElse(original.contentType()),
                            headers,
                            ObjectHeaders.deleteAt(call, clock.instant()).or(original::deleteAt));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        settle(call, container, copied);
        Map<String, String> answer = Answers.headers(call);
        answer.put("Etag", copied.etag());
        answer.put("Last-Modified", Answers.lastModified(copied.createdAt()));
        answer.put("X-Copied-From", Names.quoted(from.container().orElse("") + "/" + name(from)));
        answer.put("X-Copied-From-Account", Names.quoted(from.account()));
        answer.put("X-Copied-From-Last-Modified", Answers.lastModified(original.createdAt()));
        Answers.addAll(answer, metadata(copied));
        Answers.empty(exchange, 201, answer);
    }

    private static Map<String, String> metadata(StoredObject object) {
        Map<String, String> metadata = new TreeMap<>(object.headers());
        metadata.keySet().removeIf(name -> !name.startsWith("x-object-meta-"));
        return metadata;
    }

    private void post(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        ObjectTable.Found found = writable(call, path);
        Container container = found.container().orElseThrow(ObjectWriting::absent);
        Instant now = clock.instant();
        Map<String, String> given = ObjectHeaders.of(call);
        Optional<Instant> deleteAt = ObjectHeaders.deleteAt(call, now);
        database.change(
                tx -> {
                    StoredObject object =
                            objects.lock(tx, container.id(), name(path))
                                    .filter(it -> !it.isExpired(now))
                                    .orElseThrow(ObjectWriting::absent);
                    Map<String, String> headers = new TreeMap<>(given);
                    object.headers()
                            .forEach(
                                    (name, value) -> {
                                        if (!name.startsWith("x-object-meta-")) {
                                            headers.putIfAbsent(name, value);
                                        }
                                    });
                    objects.setMetadata(
                            tx,
                            object.described(
                                    headers,
                                    call.header("Content-Type")
                                            .map(Answers::text)
                                            .orElse(object.contentType()),
                                    deleteAt,
                                    now));
                });
        Answers.empty(exchange, 202, Answers.headers(call));
    }

    private void delete(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        ObjectTable.Found found = writable(call, path);
        Container container = found.container().orElseThrow(ObjectWriting::absent);
        if (StaticLargeObjects.isMeant(call, "delete")) {
            StoredObject manifest = found.object().orElseThrow(ObjectWriting::absent);
            bulk.deleteWhole(call, exchange, path, manifest);
            return;
        }
        if (found.object().filter(it -> it.isExpired(clock.instant())).isPresent()
                || !database.write(
                        tx -> versions.delete(tx, container, name(path), clock.instant()))) {
            throw absent();
        }
        Answers.empty(exchange, 204, Answers.headers(call));
    }

    private static String name(SwiftPath path) {
        return path.object().orElseThrow(ObjectWriting::absent);
    }

    private static Failure absent() {
        return Failure.notFound("The resource could not be found.");
    }
}
