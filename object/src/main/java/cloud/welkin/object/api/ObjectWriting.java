package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.ObjectVersions;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Uploads;
import cloud.welkin.object.work.Versions;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Making, changing and deleting objects. */
public final class ObjectWriting {
    private final Database database;
    private final ObjectTable objects;
    private final Targets targets;
    private final Uploads uploads;
    private final Quotas quotas;
    private final Versions versions;
    private final ObjectAnswers answers;
    private final Clock clock;

    public ObjectWriting(
            Database database,
            ObjectTable objects,
            Targets targets,
            Uploads uploads,
            Quotas quotas,
            Versions versions,
            ObjectAnswers answers,
            Clock clock) {
        this.database = database;
        this.objects = objects;
        this.targets = targets;
        this.uploads = uploads;
        this.quotas = quotas;
        this.versions = versions;
        this.answers = answers;
        this.clock = clock;
    }

    /** Stores the body as an object. */
    void put(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        ObjectTable.Found found = targets.writable(call, path);
        Container container = found.container().orElseThrow(ObjectWriting::absent);
        Instant now = clock.instant();
        Map<String, String> headers = ObjectHeaders.of(call);
        Optional<Instant> deleteAt = ObjectHeaders.deleteAt(call::header, now);
        if (exchange.contentLength().isEmpty() && call.header("Transfer-Encoding").isEmpty()) {
            throw new Failure(
                    FailureKind.LENGTH_REQUIRED,
                    "LengthRequired",
                    "Missing Content-Length header.");
        }
        long announced = exchange.contentLength().orElse(0);
        if (announced > Uploads.LARGEST) {
            throw Failure.tooLarge("Your request is too large.");
        }
        Targets.checkAbsent(call, found.object());
        if (Symlinks.isMeant(call)) {
            if (announced > 0 || exchange.contentLength().isEmpty()) {
                throw Failure.badRequest("Symlink requests require a zero byte body");
            }
            headers.putAll(Symlinks.headers(call, path, it -> readable(call, it)));
        }
        long most = Math.min(Uploads.LARGEST, quotas.room(found, announced));
        StoredObject object =
                uploads.receive(
                        new Uploads.Wanted(
                                container,
                                name(path),
                                ObjectHeaders.contentType(call, name(path)),
                                headers,
                                deleteAt),
                        exchange.body(),
                        exchange.contentLength(),
                        most);
        targets.settle(call, container, object);
        Map<String, String> answer = Answers.headers(call);
        answer.put("Etag", object.etag());
        answer.put("Last-Modified", Answers.lastModified(object.createdAt()));
        VersionOperations.tell(
                answer, container, ObjectVersions.areKept(container) ? object.asVersion() : object);
        Cors.add(answer, call, container);
        Answers.empty(exchange, 201, answer);
    }

    private Optional<StoredObject> readable(Call call, SwiftPath path) {
        try {
            return Optional.of(answers.find(call, path).object());
        } catch (Failure e) {
            if (e.kind() == FailureKind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Replaces the object's metadata. */
    void post(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        ObjectTable.Found found = targets.writable(call, path);
        Container container = found.container().orElseThrow(ObjectWriting::absent);
        Instant now = clock.instant();
        Map<String, String> given = ObjectHeaders.of(call);
        Optional<Instant> deleteAt = ObjectHeaders.deleteAt(call::header, now);
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
        Map<String, String> answer = Answers.headers(call);
        Cors.add(answer, call, container);
        Optional<StoredObject> link =
                found.object().filter(it -> it.header(StoredObject.SYMLINK).isPresent());
        if (link.isPresent()) {
            // The link has the metadata now; the client may want them on what it leads to.
            SwiftPath target = Symlinks.target(path, link.get());
            answer.put("Location", call.origin() + SwiftPolicy.MOUNT + target.url());
        }
        Answers.empty(exchange, link.isPresent() ? 307 : 202, answer);
    }

    /** Deletes the object. */
    void delete(Call call, Exchange exchange) {
        SwiftPath path = SwiftPath.of(call);
        ObjectTable.Found found = targets.writable(call, path);
        Container container = found.container().orElseThrow(ObjectWriting::absent);
        if (found.object().filter(it -> it.isExpired(clock.instant())).isPresent()
                || !database.write(
                        tx -> versions.delete(tx, container, name(path), clock.instant()))) {
            throw absent();
        }
        Map<String, String> answer = Answers.headers(call);
        Cors.add(answer, call, container);
        Answers.empty(exchange, 204, answer);
    }

    private static String name(SwiftPath path) {
        return path.object().orElseThrow(ObjectWriting::absent);
    }

    private static Failure absent() {
        return Failure.notFound("The resource could not be found.");
    }
}
