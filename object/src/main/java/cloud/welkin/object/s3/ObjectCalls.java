package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.api.RangedAnswer;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.ByteRanges;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.Preconditions;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.engine.EngineFailure;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.LargeObjects.Whole;
import cloud.welkin.object.work.ObjectVersions;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;

/** Single objects and their versions: storing, reading, copying, deleting. */
final class ObjectCalls {
    private static final int ATTEMPTS = 5;
    private static final Buckets.Action READ = Buckets.Action.reads("s3:GetObject");
    private static final Buckets.Action READ_VERSION = Buckets.Action.reads("s3:GetObjectVersion");
    static final Buckets.Action WRITE = Buckets.Action.writes("s3:PutObject");

    private final Database database;
    private final ObjectTable objects;
    private final ObjectVersions kept;
    private final Buckets buckets;
    private final LargeObjects large;
    private final RangedAnswer ranged;
    private final Uploads uploads;
    private final Quotas quotas;
    private final Clock clock;

    ObjectCalls(
            Database database,
            ObjectTable objects,
            ObjectVersions kept,
            Buckets buckets,
            LargeObjects large,
            Uploads uploads,
            Quotas quotas,
            Clock clock) {
        this.database = database;
        this.objects = objects;
        this.kept = kept;
        this.buckets = buckets;
        this.large = large;
        this.ranged = new RangedAnswer(large);
        this.uploads = uploads;
        this.quotas = quotas;
        this.clock = clock;
    }

    /** An object that may be read, and what its body is. */
    record Found(Bucket bucket, Version version, Whole whole) {
        StoredObject object() {
            return version.object();
        }

        boolean hasVersions() {
            return bucket.container().header(ObjectVersions.SETTING).isPresent();
        }
    }

    /** A version as clients name it; current, when they name none. */
    Optional<Version> version(Tx tx, Bucket bucket, String key, String id) {
        try {
            return kept.find(tx, bucket.container(), key, Version.id(id));
        } catch (IllegalArgumentException e) {
            throw S3Code.InvalidArgument.failure("Invalid version id specified");
        }
    }

    Found found(Sender sender, String bucketName, String key, Optional<String> version) {
        return database.read(
                tx -> {
                    Bucket bucket =
                            buckets.find(tx, sender, bucketName)
                                    .orElseThrow(S3Code.NoSuchBucket::failure);
                    Optional<Version> found =
                            version.isPresent()
                                    ? version(tx, bucket, key, version.get())
                                    : objects.find(tx, bucket.container().id(), key)
                                            .filter(it -> !it.isExpired(clock.instant()))
                                            .map(it -> new Version(it, false, true));
                    buckets.require(
                            sender,
                            bucket,
                            version.isPresent() ? READ_VERSION : READ,
                            key,
                            found.map(Version::object));
                    Version there =
                            found.orElseThrow(
                                    version.isPresent()
                                            ? S3Code.NoSuchVersion::failure
                                            : S3Code.NoSuchKey::failure);
                    if (there.isMarker()) {
                        throw S3Code.MethodNotAllowed.failure();
                    }
                    return new Found(bucket, there, whole(tx, bucket, there.object()));
                });
    }

    private Whole whole(Tx tx, Bucket bucket, StoredObject object) {
        if (object.isStaticLarge()) {
            return large.fixed(tx, bucket.account(), object);
        }
        Whole own = large.own(tx, object);
        return new Whole(own.size(), S3Answers.etag(object), own.parts());
    }

    static Optional<String> versionId(Call call) {
        return call.query().text("versionId").filter(it -> !it.isEmpty());
    }

    void get(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        for (int attempt = 1; ; attempt++) {
            Found found = found(sender, place.requireBucket(), place.requireKey(), versionId(call));
            try {
                answer(call, exchange, found);
                return;
            } catch (EngineFailure e) {
                if (e.kind() != EngineFailure.Kind.MISSING || attempt == ATTEMPTS) {
                    throw Bodies.refusal(e);
                }
            }
        }
    }

    private void answer(Call call, Exchange exchange, Found found) {
        StoredObject object = found.object();
        Whole whole = found.whole();
        Map<String, String> headers = S3Answers.headers(call, object, found.hasVersions());
        headers.put("ETag", whole.etag());
        BucketCors.add(headers, call, found.bucket().container());
        // A checksum is of the whole: who gets a part could only find it wrong.
        if (call.header("Range").isEmpty()
                && call.header("x-amz-checksum-mode")
                        .filter("ENABLED"::equalsIgnoreCase)
                        .isPresent()) {
            headers.putAll(Checksum.told(object.headers()));
        }
        object.header(KeptHeaders.TAGS)
                .filter(it -> !it.isEmpty())
                .ifPresent(
                        it ->
                                headers.put(
                                        "x-amz-tagging-count",
                                        Integer.toString(KeptHeaders.tags(it).size())));
        if (Preconditions.ofRead(call::header, whole.etag(), object.createdAt())
                == Preconditions.Outcome.FAILED) {
            throw S3Code.PreconditionFailed.failure();
        }
        boolean unsatisfiable =
                call.header("Range")
                        .flatMap(it -> ByteRanges.parse(it, whole.size()))
                        .filter(it -> it.isEmpty())
                        .isPresent();
        if (unsatisfiable) {
            throw S3Code.InvalidRange.failure();
        }
        override(call, headers);
        ranged.answer(
                call,
                exchange,
                new RangedAnswer.Content(whole, object.contentType(), object.createdAt()),
                headers,
                200);
    }

    /** What the one who signed wants in place of what is kept. */
    private static void override(Call call, Map<String, String> headers) {
        for (String name :
                new String[] {
                    "Content-Type",
                    "Content-Language",
                    "Expires",
                    "Cache-Control",
                    "Content-Disposition",
                    "Content-Encoding"
                }) {
            call.query()
                    .text("response-" + name.toLowerCase(java.util.Locale.ROOT))
                    .filter(it -> it.chars().noneMatch(c -> c < ' '))
                    .ifPresent(
                            it -> {
                                if (call.callerIfAny().isEmpty()) {
                                    throw S3Code.InvalidRequest.failure(
                                            "Request specific response headers cannot be used for"
                                                    + " anonymous GET requests.");
                                }
                                headers.keySet().removeIf(name::equalsIgnoreCase);
                                headers.put(name, it);
                            });
        }
    }

    void put(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        String key = place.requireKey();
        Bucket bucket =
                buckets.admitted(sender, place.requireBucket(), WRITE, key, Optional.empty());
        OptionalLong length = sender.payload().length(call, exchange);
        if (length.isEmpty()) {
            throw S3Code.MissingContentLength.failure();
        }
        if (length.getAsLong() > Uploads.LARGEST) {
            throw S3Code.EntityTooLarge.failure();
        }
        Checksum checksum = Checksum.of(call);
        Map<String, String> headers = new TreeMap<>(KeptHeaders.of(call));
        StoredObject received =
                uploads.receive(
                        new Uploads.Wanted(
                                bucket.container(), key, type(call), headers, Optional.empty()),
                        sender.payload().body(call, exchange, checksum),
                        length,
                        Math.min(Uploads.LARGEST, room(bucket, key, length.getAsLong())));
        headers.putAll(checksum.kept());
        StoredObject stored = store(call, bucket, received);
        Map<String, String> answer = written(call, bucket, stored);
        answer.putAll(Checksum.told(checksum.kept()));
        S3Answers.empty(exchange, 200, answer);
    }

    /** Takes a body within what the account and the bucket may hold. */
    StoredObject receive(
            Bucket bucket,
            String key,
            String type,
            Map<String, String> headers,
            InputStream body,
            OptionalLong length,
            long most) {
        return uploads.receive(
                new Uploads.Wanted(bucket.container(), key, type, headers, Optional.empty()),
                body,
                length,
                Math.min(most, room(bucket, key, length.orElse(0))));
    }

    void giveUp(StoredObject received) {
        uploads.giveUp(received);
    }

    static String type(Call call) {
        return call.header("Content-Type")
                .filter(it -> !it.isBlank())
                .orElse("binary/octet-stream");
    }

    private long room(Bucket bucket, String key, long length) {
        return quotas.room(
                database.read(
                        tx -> objects.find(tx, bucket.account(), bucket.container().name(), key)),
                length);
    }

    /** Makes the row on the conditions of the request; the object as it is stored. */
    StoredObject store(Call call, Bucket bucket, StoredObject object) {
        Container container = bucket.container();
        Optional<String> match = call.header("If-Match");
        boolean onlyNew = call.header("If-None-Match").isPresent();
        if (call.header("If-None-Match").filter(it -> !it.strip().equals("*")).isPresent()) {
            uploads.giveUp(object);
            throw S3Code.NotImplemented.failure("If-None-Match can be * only.");
        }
        if (match.isPresent()) {
            Optional<StoredObject> there =
                    database.read(tx -> objects.find(tx, container.id(), object.name()));
            if (there.filter(it -> Preconditions.names(match.get(), S3Answers.etag(it)))
                    .isEmpty()) {
                uploads.giveUp(object);
                throw there.isPresent()
                        ? S3Code.PreconditionFailed.failure()
                        : S3Code.NoSuchKey.failure();
            }
        }
        uploads.store(container, object, onlyNew);
        return ObjectVersions.areKept(container) ? object.asVersion() : object;
    }

    static Map<String, String> written(Call call, Bucket bucket, StoredObject stored) {
        Map<String, String> answer = S3Answers.headers(call);
        answer.put("ETag", S3Answers.etag(stored));
        BucketCors.add(answer, call, bucket.container());
        if (bucket.container().header(ObjectVersions.SETTING).isPresent()) {
            answer.put("x-amz-version-id", new Version(stored, false, true).id());
        }
        return answer;
    }

    /** A body that is to be copied. */
    record Source(Bucket bucket, StoredObject object, Whole whole) {}

    /**
     * What the header x-amz-copy-source names, if it may be read and the conditions hold.
     *
     * @throws Failure NoSuchKey and the like, PreconditionFailed
     */
    Source source(Sender sender) {
        Call call = sender.call();
        String text = call.header("x-amz-copy-source").orElseThrow();
        int query = text.indexOf("?versionId=");
        String path = query < 0 ? text : text.substring(0, query);
        Optional<String> version =
                query < 0
                        ? Optional.empty()
                        : Optional.of(text.substring(query + "?versionId=".length()));
        Place place = Place.parse(path.startsWith("/") ? path.substring(1) : path);
        Found found = found(sender, place.requireBucket(), place.requireKey(), version);
        Function<String, Optional<String>> conditions =
                name -> call.header("x-amz-copy-source-" + name);
        if (Preconditions.ofRead(conditions, found.whole().etag(), found.object().createdAt())
                != Preconditions.Outcome.GO_ON) {
            throw S3Code.PreconditionFailed.failure();
        }
        return new Source(found.bucket(), found.object(), found.whole());
    }

    InputStream open(Source source, long from, long length) {
        try {
            return large.open(source.whole(), from, length);
        } catch (EngineFailure e) {
            throw Bodies.refusal(e);
        }
    }

    void copy(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        String key = place.requireKey();
        Bucket bucket =
                buckets.admitted(sender, place.requireBucket(), WRITE, key, Optional.empty());
        Source source = source(sender);
        boolean replaces =
                call.header("x-amz-metadata-directive")
                        .filter("REPLACE"::equalsIgnoreCase)
                        .isPresent();
        boolean same =
                source.object().container() == bucket.container().id()
                        && source.object().name().equals(key);
        if (same && !replaces && call.header("x-amz-copy-source").orElse("").indexOf('?') < 0) {
            throw S3Code.InvalidRequest.failure(
                    "This copy request is illegal because it is trying to copy an object to itself"
                            + " without changing the object's metadata, storage class, website"
                            + " redirect location or encryption attributes.");
        }
        long size = source.whole().size();
        if (size > Uploads.LARGEST) {
            throw S3Code.InvalidRequest.failure(
                    "The specified copy source is larger than the maximum allowable size for a copy"
                            + " source: %d",
                    Uploads.LARGEST);
        }
        StoredObject copied;
        try (InputStream body = open(source, 0, size)) {
            copied =
                    uploads.receive(
                            new Uploads.Wanted(
                                    bucket.container(),
                                    key,
                                    replaces ? type(call) : source.object().contentType(),
                                    copied(call, source.object(), replaces),
                                    Optional.empty()),
                            body,
                            OptionalLong.of(size),
                            Math.min(Uploads.LARGEST, room(bucket, key, size)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        StoredObject stored = store(call, bucket, copied);
        Map<String, String> headers = written(call, bucket, stored);
        headers.remove("ETag");
        S3Answers.xml(
                exchange,
                headers,
                new Xml("CopyObjectResult", Xml.NAMESPACE)
                        .text("LastModified", S3Answers.time(stored.createdAt()))
                        .text("ETag", S3Answers.etag(stored)));
    }

    private static Map<String, String> copied(Call call, StoredObject source, boolean replaces) {
        Map<String, String> given = KeptHeaders.of(call);
        Map<String, String> headers = new TreeMap<>(replaces ? given : source.headers());
        headers.keySet().removeIf(name -> !isCopied(name));
        boolean newTags =
                call.header("x-amz-tagging-directive")
                        .filter("REPLACE"::equalsIgnoreCase)
                        .isPresent();
        headers.remove(KeptHeaders.TAGS);
        Optional.ofNullable((newTags ? given : source.headers()).get(KeptHeaders.TAGS))
                .ifPresent(it -> headers.put(KeptHeaders.TAGS, it));
        headers.remove(KeptHeaders.ACL);
        Optional.ofNullable(given.get(KeptHeaders.ACL))
                .ifPresent(it -> headers.put(KeptHeaders.ACL, it));
        return headers;
    }

    /** Manifests and links are what they stand for, once copied. */
    private static boolean isCopied(String name) {
        return name.startsWith("x-object-meta-")
                || name.startsWith(Checksum.KEPT)
                || KeptHeaders.NAMES.contains(name);
    }

    /**
     * What a delete did.
     *
     * @param version that was deleted, or the mark that was left
     * @param isMarker whether that is a mark
     */
    record Deleted(Optional<String> version, boolean isMarker) {}

    void delete(Sender sender, Place place, Exchange exchange) {
        Bucket bucket =
                buckets.find(sender, place.requireBucket())
                        .orElseThrow(S3Code.NoSuchBucket::failure);
        Deleted deleted = delete(sender, bucket, place.requireKey(), versionId(sender.call()));
        Map<String, String> headers = S3Answers.headers(sender.call());
        deleted.version().ifPresent(it -> headers.put("x-amz-version-id", it));
        if (deleted.isMarker()) {
            headers.put("x-amz-delete-marker", "true");
        }
        S3Answers.empty(exchange, 204, headers);
    }

    /** Deletes an object or one version; one that is not there is no failure. */
    Deleted delete(Sender sender, Bucket bucket, String key, Optional<String> version) {
        buckets.require(
                sender,
                bucket,
                Buckets.Action.writes(
                        version.isPresent() ? "s3:DeleteObjectVersion" : "s3:DeleteObject"),
                key,
                Optional.empty());
        Container container = bucket.container();
        if (version.isPresent()) {
            return database.write(
                    tx -> {
                        Optional<Version> found = version(tx, bucket, key, version.get());
                        found.ifPresent(
                                it ->
                                        kept.deleteVersion(
                                                tx, container, key, Version.id(version.get())));
                        return new Deleted(version, found.filter(Version::isMarker).isPresent());
                    });
        }
        return database.write(
                tx -> {
                    Optional<Version> marker = kept.delete(tx, container, key, clock.instant());
                    if (marker.isEmpty()) {
                        objects.delete(tx, container.id(), key);
                    }
                    return new Deleted(marker.map(Version::id), marker.isPresent());
                });
    }
}
