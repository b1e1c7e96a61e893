package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.VersionTable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** What is said about objects and their versions beside their bodies: tags, lists, attributes. */
final class ObjectDetails {
    private final Database database;
    private final ObjectTable objects;
    private final VersionTable versions;
    private final Buckets buckets;
    private final ObjectCalls calls;

    ObjectDetails(
            Database database,
            ObjectTable objects,
            VersionTable versions,
            Buckets buckets,
            ObjectCalls calls) {
        this.database = database;
        this.objects = objects;
        this.versions = versions;
        this.buckets = buckets;
        this.calls = calls;
    }

    private void change(
            Sender sender,
            Place place,
            Buckets.Action action,
            UnaryOperator<Map<String, String>> change) {
        String key = place.requireKey();
        Optional<String> id = ObjectCalls.versionId(sender.call());
        Bucket bucket =
                buckets.admitted(sender, place.requireBucket(), action, key, Optional.empty());
        database.change(
                tx -> {
                    objects.lock(tx, bucket.container().id(), key);
                    Version version =
                            (id.isPresent()
                                            ? calls.version(tx, bucket, key, id.get())
                                            : objects.find(tx, bucket.container().id(), key)
                                                    .map(it -> new Version(it, false, true)))
                                    .filter(it -> !it.isMarker())
                                    .orElseThrow(S3Code.NoSuchKey::failure);
                    StoredObject object = version.object();
                    Map<String, String> headers = change.apply(new TreeMap<>(object.headers()));
                    if (version.isCurrent()) {
                        objects.setMetadata(
                                tx,
                                object.described(
                                        headers,
                                        object.contentType(),
                                        object.deleteAt(),
                                        object.createdAt()));
                    } else {
                        versions.setHeaders(tx, version, headers);
                    }
                });
    }

    void tags(Sender sender, Place place, Exchange exchange) {
        ObjectCalls.Found found = described(sender, place, "s3:GetObjectTagging");
        S3Answers.xml(
                exchange,
                S3Answers.headers(sender.call()),
                Tags.written(found.object().header(KeptHeaders.TAGS).orElse("")));
    }

    private ObjectCalls.Found described(Sender sender, Place place, String action) {
        buckets.admitted(
                sender,
                place.requireBucket(),
                Buckets.Action.reads(action),
                place.requireKey(),
                Optional.empty());
        return calls.found(
                sender,
                place.requireBucket(),
                place.requireKey(),
                ObjectCalls.versionId(sender.call()));
    }

    void setTags(Sender sender, Place place, Exchange exchange) {
        String tags = KeptHeaders.written(Tags.read(Documents.read(sender, exchange)));
        change(
                sender,
                place,
                Buckets.Action.writes("s3:PutObjectTagging"),
                headers -> {
                    headers.put(KeptHeaders.TAGS, tags);
                    return headers;
                });
        S3Answers.empty(exchange, 200, S3Answers.headers(sender.call()));
    }

    void deleteTags(Sender sender, Place place, Exchange exchange) {
        change(
                sender,
                place,
                Buckets.Action.writes("s3:DeleteObjectTagging"),
                headers -> {
                    headers.remove(KeptHeaders.TAGS);
                    return headers;
                });
        S3Answers.empty(exchange, 204, S3Answers.headers(sender.call()));
    }

    void acl(Sender sender, Place place, Exchange exchange) {
        ObjectCalls.Found found = described(sender, place, "s3:GetObjectAcl");
        S3Answers.xml(
                exchange,
                S3Answers.headers(sender.call()),
                AccessLists.written(found.bucket(), found.object().header(KeptHeaders.ACL)));
    }

    void setAcl(Sender sender, Place place, Exchange exchange) {
        String word = AccessLists.read(Documents.read(sender, exchange), sender).word();
        change(
                sender,
                place,
                Buckets.Action.writes("s3:PutObjectAcl"),
                headers -> {
                    headers.put(KeptHeaders.ACL, word);
                    return headers;
                });
        S3Answers.empty(exchange, 200, S3Answers.headers(sender.call()));
    }

    void attributes(Sender sender, Place place, Exchange exchange) {
        ObjectCalls.Found found = described(sender, place, "s3:GetObjectAttributes");
        StoredObject object = found.object();
        String wanted = sender.call().header("x-amz-object-attributes").orElse("");
        Xml xml = new Xml("GetObjectAttributesResponse", Xml.NAMESPACE);
        if (wanted.contains("ETag")) {
            xml.text("ETag", object.etag());
        }
        Map<String, String> sums = Checksum.told(object.headers());
        if (wanted.contains("Checksum") && !sums.isEmpty()) {
            xml.in(
                    "Checksum",
                    it ->
                            sums.forEach(
                                    (name, value) ->
                                            it.text(
                                                    "Checksum"
                                                            + name.substring(
                                                                            name.lastIndexOf('-')
                                                                                    + 1)
                                                                    .toUpperCase(
                                                                            java.util.Locale.ROOT),
                                                    value)));
        }
        if (wanted.contains("ObjectParts") && object.parts() > 0) {
            xml.in("ObjectParts", it -> it.text("TotalPartsCount", object.parts()));
        }
        if (wanted.contains("StorageClass")) {
            xml.text("StorageClass", "STANDARD");
        }
        if (wanted.contains("ObjectSize")) {
            xml.text("ObjectSize", object.size());
        }
        Map<String, String> headers = S3Answers.headers(sender.call());
        headers.put("Last-Modified", S3Answers.httpDate(object.createdAt()));
        S3Answers.xml(exchange, headers, xml);
    }
}
