package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.engine.EngineFailure;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.ObjectTable.Found;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.LargeObjects.Whole;
import cloud.welkin.object.work.ObjectVersions;
import cloud.welkin.object.work.SegmentList;
import java.io.InputStream;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** How an object is answered: whole, by ranges, on conditions, links followed. */
public final class ObjectAnswers {
    /** Who reads while the object is overwritten finds the body gone, and looks again. */
    private static final int ATTEMPTS = 5;

    private final Database database;
    private final ObjectTable objects;
    private final LargeObjects large;
    private final RangedAnswer ranged;
    private final ObjectVersions versions;
    private final Clock clock;
    private final Admission admission;

    public ObjectAnswers(
            Database database,
            ObjectTable objects,
            LargeObjects large,
            ObjectVersions versions,
            Clock clock) {
        this.database = database;
        this.objects = objects;
        this.large = large;
        this.ranged = new RangedAnswer(large);
        this.versions = versions;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    /**
     * What is to be sent.
     *
     * @param place where links led to; absent when there were none
     */
    record Sent(Found found, StoredObject object, Whole whole, Optional<SwiftPath> place) {}

    /**
     * Answers with the object.
     *
     * @param status in place of 200
     * @throws Failure before the answer begins: 401, 403 or 404
     */
    void serve(Call call, Exchange exchange, SwiftPath path, int status) {
        serve(call, exchange, path, find(call, path), status);
    }

    /** As {@link #serve}, of what was found before. */
    void serve(Call call, Exchange exchange, SwiftPath path, Sent found, int status) {
        Sent sent = found;
        for (int attempt = 1; ; attempt++) {
            try {
                answer(call, exchange, sent, status);
                return;
            } catch (EngineFailure e) {
                if (e.kind() != EngineFailure.Kind.MISSING || attempt == ATTEMPTS) {
                    throw Bodies.refusal(e);
                }
                sent = find(call, path);
            }
        }
    }

    /**
     * What the path names, if the caller may read it.
     *
     * @throws Failure 401, 403 or 404; 409 for links that lead nowhere
     */
    Sent find(Call call, SwiftPath path) {
        return database.read(tx -> found(call, tx, path));
    }

    /** The container that a path names, whoever asks. */
    Optional<Container> container(SwiftPath path) {
        return database.read(
                        tx -> objects.find(tx, path.account(), path.container().orElse(""), ""))
                .container();
    }

    /** The body of what was found. */
    InputStream open(Sent sent) {
        try {
            return large.open(sent.whole(), 0, sent.whole().size());
        } catch (EngineFailure e) {
            throw Bodies.refusal(e);
        }
    }

    private Sent found(Call call, Tx tx, SwiftPath asked) {
        SwiftPath path = asked;
        boolean linkItself = call.query().text("symlink").filter("get"::equals).isPresent();
        for (int hops = 0; ; hops++) {
            Found found =
                    objects.find(
                            tx,
                            path.account(),
                            path.container().orElse(""),
                            path.object().orElse(""));
            admission.reader(call, path, found.account(), found.container());
            StoredObject object =
                    state(call, tx, found, path)
                            .filter(it -> !it.isExpired(clock.instant()))
                            .orElseThrow(
                                    () -> Failure.notFound("The resource could not be found."));
            if (object.header(StoredObject.SYMLINK).isEmpty() || linkItself) {
                Optional<SwiftPath> place = hops == 0 ? Optional.empty() : Optional.of(path);
                return new Sent(found, object, whole(call, tx, path, object), place);
            }
            if (hops == Symlinks.MOST_HOPS) {
                throw Failure.conflict(
                        "Too many levels of symbolic links, maximum allowed is %d", hops);
            }
            path = Symlinks.target(path, object);
            Symlinks.requireUnchanged(
                    object,
                    objects.find(
                                    tx,
                                    path.account(),
                                    path.container().orElse(""),
                                    path.object().orElse(""))
                            .object());
        }
    }

    /** The current state, or the version that the request names. */
    private Optional<StoredObject> state(Call call, Tx tx, Found found, SwiftPath path) {
        Optional<String> version = VersionOperations.named(call);
        if (version.isEmpty() || found.container().isEmpty()) {
            return found.object();
        }
        return versions.find(
                        tx,
                        found.container().get(),
                        path.object().orElse(""),
                        VersionOperations.id(version.get()))
                .filter(it -> !it.isMarker())
                .map(Version::object);
    }

    private Whole whole(Call call, Tx tx, SwiftPath path, StoredObject object) {
        boolean manifestItself =
                call.query().text("multipart-manifest").filter("get"::equals).isPresent();
        if (object.isStaticLarge() && !manifestItself) {
            return large.fixed(tx, path.account(), object);
        }
        return object.header(StoredObject.MANIFEST)
                .filter(it -> !manifestItself)
                .map(it -> large.dynamic(tx, path.account(), SwiftPath.decode(it)))
                .orElseGet(() -> large.own(tx, object));
    }

    private void answer(Call call, Exchange exchange, Sent sent, int status) {
        StoredObject object = sent.object();
        Map<String, String> headers = headers(call, object, sent.whole());
        sent.place().ifPresent(it -> headers.put("Content-Location", it.url()));
        sent.found()
                .container()
                .ifPresent(
                        it -> {
                            VersionOperations.tell(headers, it, object);
                            Cors.add(headers, call, it);
                        });
        ranged.answer(
                call,
                exchange,
                new RangedAnswer.Content(sent.whole(), object.contentType(), object.createdAt()),
                headers,
                status);
    }

    /** Who follows a signed URL saves a file, unless the URL says to show it. */
    private static String disposition(Call call, StoredObject object) {
        Optional<String> named = call.query().text("filename").filter(it -> !it.isEmpty());
        boolean inline = call.query().has("inline");
        if (inline && named.isEmpty()) {
            return "inline";
        }
        String name = object.name().replaceAll("/+$", "");
        String file = named.orElse(name.substring(name.lastIndexOf('/') + 1));
        String plain = file.replaceAll("[^ -~]|[\"\\\\%]", "_");
        return (inline ? "inline" : "attachment")
                + "; filename=\""
                + plain
                + "\"; filename*=UTF-8''"
                + Names.quoted(file).replace("/", "%2F");
    }

    private static Map<String, String> headers(Call call, StoredObject object, Whole whole) {
        Map<String, String> headers = Answers.headers(call);
        Answers.addAll(headers, object.headers());
        headers.remove(Answers.spelled(SegmentList.ETAG));
        headers.put("Content-Type", Answers.headerText(object.contentType()));
        headers.put("Etag", whole.etag());
        if (object.isStaticLarge() && call.query().has("multipart-manifest")) {
            headers.put("Content-Type", "application/json; charset=utf-8");
        }
        headers.put("Last-Modified", Answers.lastModified(object.createdAt()));
        headers.put("X-Timestamp", Answers.timestamp(object.createdAt()));
        headers.put("Accept-Ranges", "bytes");
        if (call.query().has("temp_url_sig") && !headers.containsKey("Content-Disposition")) {
            headers.put("Content-Disposition", disposition(call, object));
        }
        object.deleteAt()
                .ifPresent(end -> headers.put("X-Delete-At", Long.toString(end.getEpochSecond())));
        return headers;
    }
}
