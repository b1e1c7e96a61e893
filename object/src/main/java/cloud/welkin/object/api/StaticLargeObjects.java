package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.ByteRanges;
import cloud.welkin.object.domain.ByteRanges.Range;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.Preconditions;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.SegmentList;
import cloud.welkin.object.work.SegmentList.Segment;
import cloud.welkin.object.work.SegmentList.Wanted;
import cloud.welkin.object.work.Uploads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Manifests of static large objects: checked when they come, segments deleted along when asked. */
public final class StaticLargeObjects {
    private final Database database;
    private final ObjectTable objects;
    private final LargeObjects large;
    private final Targets targets;
    private final Uploads uploads;
    private final Clock clock;
    private final Admission admission;

    public StaticLargeObjects(
            Database database,
            ObjectTable objects,
            LargeObjects large,
            Targets targets,
            Uploads uploads,
            Clock clock) {
        this.database = database;
        this.objects = objects;
        this.large = large;
        this.targets = targets;
        this.uploads = uploads;
        this.clock = clock;
        this.admission = new Admission(clock);
    }

    /**
     * A manifest that was checked against its segments.
     *
     * @param body as it is kept
     * @param etag that the segments make
     * @param size of all segments together
     */
    private record Checked(byte[] body, String etag, long size) {}

    /**
     * Stores the manifest that is the body. Who asks for {@code heartbeat} is answered 202 at any
     * rate, and reads in the body how it went.
     */
    void put(Call call, Exchange exchange) {
        boolean heartbeat = call.query().text("heartbeat").filter(Answers::isTrue).isPresent();
        SwiftPath path = SwiftPath.of(call);
        ObjectTable.Found found = targets.writable(call, path);
        Container container =
                found.container()
                        .orElseThrow(() -> Failure.notFound("The resource could not be found."));
        Targets.checkAbsent(call, found.object());
        try {
            StoredObject object = stored(call, exchange, path, container);
            Map<String, String> answer = Answers.headers(call);
            String etag = '"' + LargeObjects.etag(object) + '"';
            String changed = Answers.lastModified(object.createdAt());
            if (heartbeat) {
                BulkAnswers.send(
                        call,
                        exchange,
                        202,
                        "upload",
                        Map.of("Etag", etag, "Last Modified", changed),
                        new BulkAnswers.Outcome("201 Created", "", List.of()));
                return;
            }
            answer.put("Etag", etag);
            answer.put("Last-Modified", changed);
            Cors.add(answer, call, container);
            Answers.empty(exchange, 201, answer);
        } catch (Failure e) {
            if (!heartbeat) {
                throw e;
            }
            BulkAnswers.send(
                    call,
                    exchange,
                    202,
                    "upload",
                    Map.of(),
                    new BulkAnswers.Outcome(
                            e.kind().status() + " " + e.kind().title(), e.text(), List.of()));
        }
    }

    private StoredObject stored(Call call, Exchange exchange, SwiftPath path, Container container) {
        Map<String, String> headers = ObjectHeaders.of(call);
        Checked manifest = check(call, path.account(), exchange.body());
        if (call.header("ETag")
                .filter(it -> !Preconditions.bare(it).equalsIgnoreCase(manifest.etag()))
                .isPresent()) {
            throw Targets.mismatch();
        }
        headers.put(StoredObject.STATIC_LARGE, "True");
        headers.put(SegmentList.ETAG, manifest.etag());
        String name = path.object().orElseThrow();
        StoredObject object =
                uploads.receive(
                                new Uploads.Wanted(
                                        container,
                                        name,
                                        ObjectHeaders.contentType(call, name),
                                        headers,
                                        ObjectHeaders.deleteAt(call::header, clock.instant())),
                                new ByteArrayInputStream(manifest.body()),
                                OptionalLong.of(manifest.body().length),
                                Uploads.LARGEST)
                        .showing(manifest.size());
        uploads.store(container, object, Targets.onlyNew(call));
        return object;
    }

    static boolean isMeant(Call call, String what) {
        return call.query().text("multipart-manifest").filter(what::equals).isPresent();
    }

    /**
     * Reads and checks a manifest.
     *
     * @throws Failure 400 with a line for each segment that is not there or not as it should be
     */
    private Checked check(Call call, String account, InputStream body) {
        List<Wanted> wanted = SegmentList.parse(bytes(body));
        List<String> errors = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        database.read(
                tx -> {
                    for (Wanted one : wanted) {
                        segment(call, tx, account, one, errors).ifPresent(segments::add);
                    }
                    return true;
                });
        if (!errors.isEmpty()) {
            throw Failure.badRequest("Errors: %s", String.join("; ", errors));
        }
        MessageDigest md5 = Bodies.md5();
        for (Segment segment : segments) {
            String range =
                    segment.length() < segment.size()
                            ? ":%d-%d;"
                                    .formatted(
                                            segment.from(), segment.from() + segment.length() - 1)
                            : "";
            md5.update((segment.etag() + range).getBytes(StandardCharsets.US_ASCII));
        }
        return new Checked(
                SegmentList.written(segments),
                HexFormat.of().formatHex(md5.digest()),
                segments.stream().mapToLong(Segment::length).sum());
    }

    private static byte[] bytes(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(SegmentList.LARGEST + 1);
            if (bytes.length > SegmentList.LARGEST) {
                throw Failure.tooLarge("Manifest is larger than %d bytes.", SegmentList.LARGEST);
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.badRequest("The manifest ended before it was whole.");
        }
    }

    private Optional<Segment> segment(
            Call call, Tx tx, String account, Wanted wanted, List<String> errors) {
        int slash = wanted.path().indexOf('/', 1);
        SwiftPath path =
                new SwiftPath(
                        account,
                        Optional.of(wanted.path().substring(1, slash)),
                        Optional.of(wanted.path().substring(slash + 1)));
        ObjectTable.Found found =
                objects.find(
                        tx, account, path.container().orElseThrow(), path.object().orElseThrow());
        admission.reader(call, path, found.account(), found.container());
        if (found.object().isEmpty()) {
            errors.add(wanted.path() + ", 404 Not Found");
            return Optional.empty();
        }
        StoredObject object = found.object().get();
        String etag = LargeObjects.etag(object);
        if (wanted.size().isPresent() && wanted.size().getAsLong() != object.size()) {
            errors.add(wanted.path() + ", Size Mismatch");
        } else if (wanted.etag().filter(it -> !it.equals(etag)).isPresent()) {
            errors.add(wanted.path() + ", Etag Mismatch");
        } else if (object.size() == 0) {
            errors.add(wanted.path() + ", Too Small; each segment must be at least 1 byte.");
        } else {
            Optional<Range> range = range(wanted, object.size());
            if (range.isEmpty()) {
                errors.add(wanted.path() + ", Unsatisfiable Range");
            }
            return range.map(
                    it ->
                            new Segment(
                                    wanted.path(),
                                    etag,
                                    object.size(),
                                    object.contentType(),
                                    Answers.listed(object.createdAt()),
                                    it.from(),
                                    it.length(),
                                    object.isStaticLarge()));
        }
        return Optional.empty();
    }

    private static Optional<Range> range(Wanted wanted, long size) {
        if (wanted.range().isEmpty()) {
            return Optional.of(new Range(0, size));
        }
        return ByteRanges.parse("bytes=" + wanted.range().get(), size)
                .filter(ranges -> ranges.size() == 1)
                .map(List::getFirst);
    }

    /** The paths of a manifest's segments, nested ones and their own segments included. */
    List<String> paths(Tx tx, String account, StoredObject manifest) {
        List<String> paths = new ArrayList<>();
        for (Segment segment : large.segments(manifest)) {
            if (segment.nested()) {
                objects.find(tx, account, segment.container(), segment.object())
                        .object()
                        .filter(StoredObject::isStaticLarge)
                        .ifPresent(nested -> paths.addAll(paths(tx, account, nested)));
            }
            paths.add(segment.path());
        }
        return paths;
    }
}
