package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.ByteRanges;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.Preconditions;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Upload;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.UploadTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Uploads;
import cloud.welkin.object.work.Versions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Uploads in parts. Each part is a body of its own; completing one makes an object of the parts
 * that are there, and no byte moves.
 */
final class UploadCalls {
    private static final int MOST_PARTS = 10_000;
    private static final long SMALLEST_PART = 5L << 20;
    private static final int MOST_LISTED = 1000;

    private final Database database;
    private final ObjectTable objects;
    private final UploadTable uploads;
    private final Versions versions;
    private final Buckets buckets;
    private final Bodies bodies;
    private final ObjectCalls calls;
    private final Quotas quotas;
    private final Clock clock;

    UploadCalls(
            Database database,
            ObjectTable objects,
            UploadTable uploads,
            Versions versions,
            Buckets buckets,
            Bodies bodies,
            ObjectCalls calls,
            Quotas quotas,
            Clock clock) {
        this.database = database;
        this.objects = objects;
        this.uploads = uploads;
        this.versions = versions;
        this.buckets = buckets;
        this.bodies = bodies;
        this.calls = calls;
        this.quotas = quotas;
        this.clock = clock;
    }

    private Bucket writable(Sender sender, Place place) {
        return buckets.admitted(
                sender,
                place.requireBucket(),
                ObjectCalls.WRITE,
                place.requireKey(),
                Optional.empty());
    }

    void begin(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        Bucket bucket = writable(sender, place);
        Upload upload =
                new Upload(
                        UUID.randomUUID(),
                        bucket.container().id(),
                        place.requireKey(),
                        clock.instant(),
                        ObjectCalls.type(call),
                        KeptHeaders.of(call),
                        bucket.container().policy(),
                        call.callerIfAny().map(it -> it.user().value()).orElse("anonymous"));
        database.change(tx -> uploads.insert(tx, upload));
        S3Answers.xml(
                exchange,
                S3Answers.headers(call),
                new Xml("InitiateMultipartUploadResult", Xml.NAMESPACE)
                        .text("Bucket", place.requireBucket())
                        .text("Key", upload.name())
                        .text("UploadId", upload.id()));
    }

    private static UUID id(Call call) {
        try {
            return UUID.fromString(call.query().text("uploadId").orElse(""));
        } catch (IllegalArgumentException e) {
            throw S3Code.NoSuchUpload.failure();
        }
    }

    private Upload upload(Sender sender, Bucket bucket, Place place) {
        return database.read(
                        tx ->
                                uploads.find(
                                        tx,
                                        bucket.container().id(),
                                        place.requireKey(),
                                        id(sender.call())))
                .orElseThrow(S3Code.NoSuchUpload::failure);
    }

    /** Takes a part, from the body or from another object. */
    void put(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        Bucket bucket = writable(sender, place);
        Upload upload = upload(sender, bucket, place);
        String text = call.query().text("partNumber").orElse("");
        int number = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        if (number < 1 || number > MOST_PARTS) {
            throw S3Code.InvalidArgument.failure(
                    "Part number must be an integer between 1 and %d, inclusive", MOST_PARTS);
        }
        Map<String, String> answer = S3Answers.headers(call);
        if (call.header("x-amz-copy-source").isPresent()) {
            UploadTable.Part part = copied(sender, bucket, upload, number);
            S3Answers.xml(
                    exchange,
                    answer,
                    new Xml("CopyPartResult", Xml.NAMESPACE)
                            .text("LastModified", S3Answers.time(part.createdAt()))
                            .text("ETag", '"' + part.etag() + '"'));
            return;
        }
        OptionalLong length = sender.payload().length(call, exchange);
        if (length.isEmpty()) {
            throw S3Code.MissingContentLength.failure();
        }
        if (length.getAsLong() > Uploads.LARGEST) {
            throw S3Code.EntityTooLarge.failure();
        }
        Checksum checksum = Checksum.of(call);
        UploadTable.Part part =
                received(
                        bucket,
                        upload,
                        number,
                        sender.payload().body(call, exchange, checksum),
                        length);
        answer.put("ETag", '"' + part.etag() + '"');
        BucketCors.add(answer, call, bucket.container());
        answer.putAll(Checksum.told(checksum.kept()));
        S3Answers.empty(exchange, 200, answer);
    }

    private UploadTable.Part copied(Sender sender, Bucket bucket, Upload upload, int number) {
        ObjectCalls.Source source = calls.source(sender);
        long size = source.whole().size();
        ByteRanges.Range range =
                sender.call()
                        .header("x-amz-copy-source-range")
                        .map(
                                it ->
                                        ByteRanges.parse(it, size)
                                                .filter(ranges -> ranges.size() == 1)
                                                .map(List::getFirst)
                                                .orElseThrow(S3Code.InvalidRange::failure))
                        .orElse(new ByteRanges.Range(0, size));
        try (InputStream body = calls.open(source, range.from(), range.length())) {
            return received(bucket, upload, number, body, OptionalLong.of(range.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private UploadTable.Part received(
            Bucket bucket, Upload upload, int number, InputStream body, OptionalLong length) {
        long room =
                quotas.room(
                        database.read(
                                tx ->
                                        objects.find(
                                                tx,
                                                bucket.account(),
                                                bucket.container().name(),
                                                upload.name())),
                        length.orElse(0));
        Bodies.Received received =
                bodies.receive(upload.policy(), body, length, Math.min(Uploads.LARGEST, room));
        UploadTable.Part part =
                new UploadTable.Part(
                        number,
                        upload.policy(),
                        received.locator(),
                        received.length(),
                        received.md5(),
                        clock.instant());
        boolean done = false;
        try {
            done =
                    database.write(
                            tx -> {
                                boolean there =
                                        uploads.lock(
                                                        tx,
                                                        upload.container(),
                                                        upload.name(),
                                                        upload.id())
                                                .isPresent();
                                if (there) {
                                    uploads.put(tx, upload.id(), part);
                                }
                                return there;
                            });
            if (!done) {
                throw S3Code.NoSuchUpload.failure();
            }
        } finally {
            if (!done) {
                received.locator().ifPresent(it -> bodies.forget(upload.policy(), it));
            }
        }
        return part;
    }

    private record Wanted(int number, String etag) {}

    /** Makes an object of the parts that the document names. */
    void complete(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        Bucket bucket = writable(sender, place);
        UUID id = id(call);
        List<Wanted> wanted = wanted(Documents.read(sender, exchange));
        boolean onlyNew = call.header("If-None-Match").isPresent();
        StoredObject object =
                database.write(
                        tx -> {
                            Container container = bucket.container();
                            Optional<Upload> upload =
                                    uploads.lock(tx, container.id(), place.requireKey(), id);
                            if (upload.isEmpty()) {
                                // Who did not hear that it was done asks once more.
                                return objects.find(tx, container.id(), place.requireKey())
                                        .filter(it -> it.id().equals(id))
                                        .orElseThrow(S3Code.NoSuchUpload::failure);
                            }
                            if (onlyNew
                                    && objects.lock(tx, container.id(), place.requireKey())
                                            .isPresent()) {
                                throw S3Code.PreconditionFailed.failure();
                            }
                            List<UploadTable.Part> parts = chosen(uploads.parts(tx, id), wanted);
                            uploads.keepOnly(tx, id, wanted.stream().map(Wanted::number).toList());
                            uploads.delete(tx, id);
                            StoredObject made =
                                    versions.keep(tx, container, object(upload.get(), parts));
                            objects.put(tx, made);
                            return made;
                        });
        Map<String, String> headers = ObjectCalls.written(call, bucket, object);
        headers.remove("ETag");
        S3Answers.xml(
                exchange,
                headers,
                new Xml("CompleteMultipartUploadResult", Xml.NAMESPACE)
                        .text("Location", call.origin() + call.rawPath())
                        .text("Bucket", place.requireBucket())
                        .text("Key", object.name())
                        .text("ETag", S3Answers.etag(object)));
    }

    private static List<Wanted> wanted(byte[] document) {
        List<Wanted> wanted = new ArrayList<>();
        for (Xml.Part part : Xml.read(document, "CompleteMultipartUpload").all("Part")) {
            String number = part.require("PartNumber").strip();
            if (!number.matches("\\d{1,5}")) {
                throw S3Code.MalformedXML.failure();
            }
            wanted.add(
                    new Wanted(
                            Integer.parseInt(number),
                            Preconditions.bare(part.require("ETag").strip())));
        }
        if (wanted.isEmpty() || wanted.size() > MOST_PARTS) {
            throw S3Code.MalformedXML.failure();
        }
        for (int i = 1; i < wanted.size(); i++) {
            if (wanted.get(i).number() <= wanted.get(i - 1).number()) {
                throw S3Code.InvalidPartOrder.failure();
            }
        }
        return wanted;
    }

    private static List<UploadTable.Part> chosen(
            List<UploadTable.Part> there, List<Wanted> wanted) {
        Map<Integer, UploadTable.Part> byNumber =
                there.stream()
                        .collect(Collectors.toMap(UploadTable.Part::number, Function.identity()));
        List<UploadTable.Part> chosen = new ArrayList<>();
        for (Wanted one : wanted) {
            UploadTable.Part part = byNumber.get(one.number());
            if (part == null || !part.etag().equals(one.etag())) {
                throw S3Code.InvalidPart.failure();
            }
            chosen.add(part);
        }
        for (UploadTable.Part part : chosen.subList(0, chosen.size() - 1)) {
            if (part.length() < SMALLEST_PART) {
                throw S3Code.EntityTooSmall.failure();
            }
        }
        return chosen;
    }

    private StoredObject object(Upload upload, List<UploadTable.Part> parts) {
        long size = parts.stream().mapToLong(UploadTable.Part::length).sum();
        MessageDigest md5 = Bodies.md5();
        parts.forEach(part -> md5.update(HexFormat.of().parseHex(part.etag())));
        return new StoredObject(
                upload.container(),
                upload.name(),
                upload.id(),
                clock.instant(),
                size,
                size,
                HexFormat.of().formatHex(md5.digest()) + "-" + parts.size(),
                upload.contentType(),
                new TreeMap<>(upload.headers()),
                Optional.empty(),
                upload.policy(),
                Optional.empty(),
                parts.size(),
                false);
    }

    void abort(Sender sender, Place place, Exchange exchange) {
        Bucket bucket =
                buckets.admitted(
                        sender,
                        place.requireBucket(),
                        Buckets.Action.writes("s3:AbortMultipartUpload"),
                        place.requireKey(),
                        Optional.empty());
        UUID id = id(sender.call());
        database.change(
                tx -> {
                    if (uploads.lock(tx, bucket.container().id(), place.requireKey(), id)
                            .isEmpty()) {
                        throw S3Code.NoSuchUpload.failure();
                    }
                    uploads.keepOnly(tx, id, List.of());
                    uploads.delete(tx, id);
                });
        S3Answers.empty(exchange, 204, S3Answers.headers(sender.call()));
    }

    void parts(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        Bucket bucket =
                buckets.admitted(
                        sender,
                        place.requireBucket(),
                        Buckets.Action.reads("s3:ListMultipartUploadParts"),
                        place.requireKey(),
                        Optional.empty());
        Upload upload = upload(sender, bucket, place);
        int after = number(call, "part-number-marker", 0);
        int most = Math.min(MOST_LISTED, number(call, "max-parts", MOST_LISTED));
        List<UploadTable.Part> behind =
                database.read(tx -> uploads.parts(tx, upload.id())).stream()
                        .filter(it -> it.number() > after)
                        .toList();
        List<UploadTable.Part> shown = behind.subList(0, Math.min(most, behind.size()));
        Xml xml =
                new Xml("ListPartsResult", Xml.NAMESPACE)
                        .text("Bucket", place.requireBucket())
                        .text("Key", upload.name())
                        .text("UploadId", upload.id());
        xml.in(
                "Initiator",
                it -> it.text("ID", upload.initiator()).text("DisplayName", upload.initiator()));
        ListCalls.owner(xml, bucket);
        xml.text("StorageClass", "STANDARD").text("PartNumberMarker", after);
        xml.text("NextPartNumberMarker", shown.isEmpty() ? after : shown.getLast().number());
        xml.text("MaxParts", most).text("IsTruncated", shown.size() < behind.size());
        shown.forEach(
                part ->
                        xml.in(
                                "Part",
                                it ->
                                        it.text("PartNumber", part.number())
                                                .text(
                                                        "LastModified",
                                                        S3Answers.time(part.createdAt()))
                                                .text("ETag", '"' + part.etag() + '"')
                                                .text("Size", part.length())));
        S3Answers.xml(exchange, S3Answers.headers(call), xml);
    }

    private static int number(Call call, String name, int otherwise) {
        Optional<String> text = call.query().text(name).filter(it -> !it.isEmpty());
        if (text.filter(it -> !it.matches("\\d{1,9}")).isPresent()) {
            throw S3Code.InvalidArgument.failure("Argument %s must be an integer", name);
        }
        return text.map(Integer::parseInt).orElse(otherwise);
    }

    /** Lists the uploads of a bucket that were begun and not ended. */
    void list(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        Bucket bucket =
                buckets.admitted(
                        sender,
                        place.requireBucket(),
                        Buckets.Action.reads("s3:ListBucketMultipartUploads"));
        String prefix = call.query().text("prefix").orElse("");
        String after = call.query().text("key-marker").orElse("");
        Optional<UUID> afterId =
                call.query()
                        .text("upload-id-marker")
                        .filter(it -> !it.isEmpty())
                        .map(
                                it -> {
                                    try {
                                        return UUID.fromString(it);
                                    } catch (IllegalArgumentException e) {
                                        throw S3Code.InvalidArgument.failure(
                                                "Invalid uploadId marker");
                                    }
                                });
        int most = Math.min(MOST_LISTED, number(call, "max-uploads", MOST_LISTED));
        List<Upload> found =
                database.read(
                        tx ->
                                uploads.list(
                                        tx,
                                        bucket.container().id(),
                                        prefix,
                                        after,
                                        afterId,
                                        most + 1));
        List<Upload> shown = found.subList(0, Math.min(most, found.size()));
        Xml xml =
                new Xml("ListMultipartUploadsResult", Xml.NAMESPACE)
                        .text("Bucket", place.requireBucket())
                        .text("KeyMarker", after)
                        .text("UploadIdMarker", afterId.map(UUID::toString).orElse(""))
                        .text("Prefix", prefix)
                        .text("MaxUploads", most)
                        .text("IsTruncated", shown.size() < found.size());
        if (shown.size() < found.size() && !shown.isEmpty()) {
            xml.text("NextKeyMarker", shown.getLast().name());
            xml.text("NextUploadIdMarker", shown.getLast().id());
        }
        shown.forEach(
                upload ->
                        xml.in(
                                "Upload",
                                it -> {
                                    it.text("Key", upload.name()).text("UploadId", upload.id());
                                    it.in(
                                            "Initiator",
                                            who ->
                                                    who.text("ID", upload.initiator())
                                                            .text(
                                                                    "DisplayName",
                                                                    upload.initiator()));
                                    ListCalls.owner(it, bucket);
                                    it.text("StorageClass", "STANDARD");
                                    it.text("Initiated", S3Answers.time(upload.createdAt()));
                                }));
        S3Answers.xml(exchange, S3Answers.headers(call), xml);
    }
}
