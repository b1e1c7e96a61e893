package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.SegmentList;
import cloud.welkin.object.work.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Copies of objects, also across accounts: what a reader would get is stored anew. */
public final class Copies {
    private final ObjectAnswers answers;
    private final Targets targets;
    private final Uploads uploads;
    private final Quotas quotas;
    private final Clock clock;

    public Copies(
            ObjectAnswers answers, Targets targets, Uploads uploads, Quotas quotas, Clock clock) {
        this.answers = answers;
        this.targets = targets;
        this.uploads = uploads;
        this.quotas = quotas;
        this.clock = clock;
    }

    /** Copies what the path names to where the header Destination says. */
    void copy(Call call, Exchange exchange) {
        SwiftPath source = SwiftPath.of(call);
        // Whoever may not read learns nothing, not even what is missing of the request.
        answers.find(call, source);
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

    /** Copies what X-Copy-From names to the path. */
    void copyFrom(Call call, Exchange exchange, String from) {
        SwiftPath path = SwiftPath.of(call);
        targets.writable(call, path);
        String account = call.header("X-Copy-From-Account").orElse(path.account());
        SwiftPath source = SwiftPath.parse(account + "/" + trimmed(from, "X-Copy-From"));
        copyTo(call, exchange, source, path);
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
        ObjectAnswers.Sent source = answers.find(call, from);
        StoredObject original = source.object();
        ObjectTable.Found target = targets.writable(call, to);
        Container container = target.container().orElseThrow(Copies::absent);
        Targets.checkAbsent(call, target.object());
        Map<String, String> headers = ObjectHeaders.of(call);
        if (call.header("X-Fresh-Metadata").filter(Answers::isTrue).isEmpty()) {
            Map<String, String> kept = new TreeMap<>(original.headers());
            if (!StaticLargeObjects.isMeant(call, "get")) {
                // What the manifest stands for is copied, not the manifest.
                kept.keySet()
                        .removeAll(
                                List.of(
                                        StoredObject.MANIFEST,
                                        StoredObject.STATIC_LARGE,
                                        SegmentList.ETAG));
            }
            kept.putAll(headers);
            headers = kept;
        }
        StoredObject copied;
        long length = source.whole().size();
        try (InputStream stream = answers.open(source)) {
            copied =
                    uploads.receive(
                            new Uploads.Wanted(
                                    container,
                                    to.object().orElseThrow(Copies::absent),
                                    call.header("Content-Type")
                                            .map(Answers::text)
                                            .orElse(original.contentType()),
                                    headers,
                                    ObjectHeaders.deleteAt(call::header, clock.instant())
                                            .or(original::deleteAt)),
                            stream,
                            OptionalLong.of(length),
                            Math.min(Uploads.LARGEST, quotas.room(target, length)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (original.isStaticLarge() && StaticLargeObjects.isMeant(call, "get")) {
            copied = copied.showing(original.size());
        }
        targets.settle(call, container, copied);
        Map<String, String> answer = Answers.headers(call);
        answer.put("Etag", copied.etag());
        answer.put("Last-Modified", Answers.lastModified(copied.createdAt()));
        answer.put(
                "X-Copied-From",
                Names.quoted(from.container().orElse("") + "/" + from.object().orElse("")));
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

    private static Failure absent() {
        return Failure.notFound("The resource could not be found.");
    }
}
