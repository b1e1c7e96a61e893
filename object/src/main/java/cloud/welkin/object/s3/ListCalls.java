package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.ListingQuery;
import cloud.welkin.object.domain.ListingQuery.Line;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.VersionTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Lists of a bucket: objects by both versions of the call, their versions; and many deletes. */
final class ListCalls {
    private static final int MOST = 1000;

    private final Database database;
    private final ObjectTable objects;
    private final VersionTable versions;
    private final Buckets buckets;
    private final ObjectCalls calls;

    ListCalls(
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

    /** What part of a bucket is asked for. */
    private record Wanted(
            String prefix, String delimiter, int most, UnaryOperator<String> encoding) {
        static Wanted of(Call call) {
            int most =
                    call.query()
                            .text("max-keys")
                            .filter(it -> !it.isEmpty())
                            .map(Wanted::count)
                            .orElse(MOST);
            Optional<String> encoding = call.query().text("encoding-type");
            if (encoding.filter(it -> !it.equals("url")).isPresent()) {
                throw S3Code.InvalidArgument.failure(
                        "Invalid Encoding Method specified in Request");
            }
            return new Wanted(
                    call.query().text("prefix").orElse(""),
                    call.query().text("delimiter").orElse(""),
                    Math.min(MOST, most),
                    encoding.isPresent() ? it -> UriCoding.encode(it, false) : it -> it);
        }

        private static int count(String text) {
            if (!text.matches("\\d{1,9}")) {
                throw S3Code.InvalidArgument.failure(
                        "Argument max-keys must be an integer between 0 and 2147483647");
            }
            return Integer.parseInt(text);
        }
    }

    /** A page of a list, and whether there is more. */
    private record Page(List<Line<StoredObject>> lines, boolean isCut) {}

    private Page page(Bucket bucket, Wanted wanted, String marker) {
        if (wanted.most() == 0) {
            return new Page(List.of(), false);
        }
        ListingQuery query =
                new ListingQuery(
                        wanted.most() + 1,
                        marker,
                        "",
                        wanted.prefix(),
                        wanted.delimiter(),
                        false,
                        false);
        List<Line<StoredObject>> lines =
                database.read(
                        tx ->
                                query.walk(
                                        slice -> objects.list(tx, bucket.container().id(), slice),
                                        StoredObject::name));
        boolean more = lines.size() > wanted.most();
        return new Page(more ? lines.subList(0, wanted.most()) : lines, more);
    }

    private static String name(Line<StoredObject> line) {
        return switch (line) {
            case Line.Leaf<StoredObject>(StoredObject object) -> object.name();
            case Line.Rollup<StoredObject>(String name) -> name;
        };
    }

    void objects(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        Bucket bucket =
                buckets.admitted(
                        sender, place.requireBucket(), Buckets.Action.reads("s3:ListBucket"));
        Wanted wanted = Wanted.of(call);
        boolean second = call.query().text("list-type").filter("2"::equals).isPresent();
        Xml xml = new Xml("ListBucketResult", Xml.NAMESPACE).text("Name", place.requireBucket());
        UnaryOperator<String> coded = wanted.encoding();
        xml.text("Prefix", coded.apply(wanted.prefix())).text("MaxKeys", wanted.most());
        if (!wanted.delimiter().isEmpty()) {
            xml.text("Delimiter", coded.apply(wanted.delimiter()));
        }
        xml.text("EncodingType", call.query().text("encoding-type"));
        Page page = second ? second(call, bucket, wanted, xml) : first(call, bucket, wanted, xml);
        xml.text("IsTruncated", page.isCut());
        boolean owner =
                !second || call.query().text("fetch-owner").filter("true"::equals).isPresent();
        entries(xml, page.lines(), coded, bucket, owner);
        S3Answers.xml(exchange, S3Answers.headers(call), xml);
    }

    private Page first(Call call, Bucket bucket, Wanted wanted, Xml xml) {
        String marker = call.query().text("marker").orElse("");
        xml.text("Marker", wanted.encoding().apply(marker));
        Page page = page(bucket, wanted, marker);
        if (page.isCut() && !wanted.delimiter().isEmpty()) {
            xml.text("NextMarker", wanted.encoding().apply(name(page.lines().getLast())));
        }
        return page;
    }

    private Page second(Call call, Bucket bucket, Wanted wanted, Xml xml) {
        Optional<String> token = call.query().text("continuation-token");
        Optional<String> after = call.query().text("start-after").filter(it -> !it.isEmpty());
        Page page = page(bucket, wanted, token.map(ListCalls::decoded).or(() -> after).orElse(""));
        xml.text("KeyCount", page.lines().size());
        xml.text("StartAfter", after.map(wanted.encoding()));
        xml.text("ContinuationToken", token);
        if (page.isCut()) {
            xml.text("NextContinuationToken", encoded(name(page.lines().getLast())));
        }
        return page;
    }

    private static String encoded(String name) {
        return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw S3Code.InvalidArgument.failure("The continuation token provided is incorrect");
        }
    }

    private static void entries(
            Xml xml,
            List<Line<StoredObject>> lines,
            UnaryOperator<String> coded,
            Bucket bucket,
            boolean owner) {
        for (Line<StoredObject> line : lines) {
            if (line instanceof Line.Leaf<StoredObject>(StoredObject object)) {
                xml.in(
                        "Contents",
                        it -> {
                            it.text("Key", coded.apply(object.name()));
                            it.text("LastModified", S3Answers.time(object.createdAt()));
                            it.text("ETag", S3Answers.etag(object)).text("Size", object.size());
                            if (owner) {
                                owner(it, bucket);
                            }
                            it.text("StorageClass", "STANDARD");
                        });
            }
        }
        for (Line<StoredObject> line : lines) {
            if (line instanceof Line.Rollup<StoredObject>(String name)) {
                xml.in("CommonPrefixes", it -> it.text("Prefix", coded.apply(name)));
            }
        }
    }

    static void owner(Xml xml, Bucket bucket) {
        xml.in(
                "Owner",
                it -> it.text("ID", bucket.project()).text("DisplayName", bucket.project()));
    }

    void versions(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        Bucket bucket =
                buckets.admitted(
                        sender,
                        place.requireBucket(),
                        Buckets.Action.reads("s3:ListBucketVersions"));
        Wanted wanted = Wanted.of(call);
        UnaryOperator<String> coded = wanted.encoding();
        String marker = call.query().text("key-marker").orElse("");
        String versionMarker = call.query().text("version-id-marker").orElse("");
        List<Version> found = database.read(tx -> walk(tx, bucket, wanted, marker, versionMarker));
        Xml xml = new Xml("ListVersionsResult", Xml.NAMESPACE).text("Name", place.requireBucket());
        xml.text("Prefix", coded.apply(wanted.prefix())).text("MaxKeys", wanted.most());
        xml.text("KeyMarker", coded.apply(marker)).text("VersionIdMarker", versionMarker);
        if (!wanted.delimiter().isEmpty()) {
            xml.text("Delimiter", coded.apply(wanted.delimiter()));
        }
        xml.text("EncodingType", call.query().text("encoding-type"));
        Set<String> rolled = new LinkedHashSet<>();
        List<Version> shown = new ArrayList<>();
        Optional<Version> last = Optional.empty();
        // Of what is rolled up there may be more than is looked at by one call.
        boolean cut = found.size() == fetched(wanted);
        for (Version version : found) {
            Optional<String> rollup = rollup(version.object().name(), wanted);
            if (rollup.filter(rolled::contains).isPresent()) {
                last = Optional.of(version);
                continue;
            }
            if (shown.size() + rolled.size() == wanted.most()) {
                cut = true;
                break;
            }
            rollup.ifPresentOrElse(rolled::add, () -> shown.add(version));
            last = Optional.of(version);
        }
        xml.text("IsTruncated", cut);
        if (cut && last.isPresent()) {
            xml.text("NextKeyMarker", coded.apply(last.get().object().name()));
            xml.text("NextVersionIdMarker", last.get().id());
        }
        List<Version> all = found;
        shown.forEach(version -> entry(xml, version, coded, bucket, isLatest(all, version)));
        rolled.forEach(it -> xml.in("CommonPrefixes", one -> one.text("Prefix", coded.apply(it))));
        S3Answers.xml(exchange, S3Answers.headers(call), xml);
    }

    /** One is the latest when it is current, or a mark that nothing is before. */
    private static boolean isLatest(List<Version> all, Version version) {
        return version.isCurrent()
                || (version.isMarker()
                        && all.stream()
                                .filter(it -> it.object().name().equals(version.object().name()))
                                .findFirst()
                                .filter(version::equals)
                                .isPresent());
    }

    private static Optional<String> rollup(String name, Wanted wanted) {
        if (wanted.delimiter().isEmpty()) {
            return Optional.empty();
        }
        int at = name.indexOf(wanted.delimiter(), wanted.prefix().length());
        return at < 0
                ? Optional.empty()
                : Optional.of(name.substring(0, at + wanted.delimiter().length()));
    }

    private List<Version> walk(
            Tx tx, Bucket bucket, Wanted wanted, String marker, String versionMarker) {
        long container = bucket.container().id();
        Optional<Version> behind =
                versionMarker.isEmpty()
                        ? Optional.empty()
                        : calls.version(tx, bucket, marker, versionMarker);
        // A version that is gone meanwhile cannot say what is behind it: its name is begun anew.
        String from = marker.isEmpty() || !versionMarker.isEmpty() ? marker : marker + "\u0001";
        return versions.list(tx, container, wanted.prefix(), from, behind, fetched(wanted));
    }

    private static int fetched(Wanted wanted) {
        return wanted.delimiter().isEmpty() ? wanted.most() + 1 : MOST * 10;
    }

    private static void entry(
            Xml xml, Version version, UnaryOperator<String> coded, Bucket bucket, boolean latest) {
        StoredObject object = version.object();
        xml.in(
                version.isMarker() ? "DeleteMarker" : "Version",
                it -> {
                    it.text("Key", coded.apply(object.name())).text("VersionId", version.id());
                    it.text("IsLatest", latest);
                    it.text("LastModified", S3Answers.time(object.createdAt()));
                    if (!version.isMarker()) {
                        it.text("ETag", S3Answers.etag(object)).text("Size", object.size());
                        it.text("StorageClass", "STANDARD");
                    }
                    owner(it, bucket);
                });
    }

    /** Deletes up to a thousand objects or versions that a document names. */
    void deleteMany(Sender sender, Place place, Exchange exchange) {
        Bucket bucket =
                buckets.find(sender, place.requireBucket())
                        .orElseThrow(S3Code.NoSuchBucket::failure);
        Xml.Part wanted = Xml.read(Documents.read(sender, exchange), "Delete");
        List<Xml.Part> named = wanted.all("Object");
        if (named.isEmpty() || named.size() > MOST) {
            throw S3Code.MalformedXML.failure();
        }
        boolean quiet = wanted.text("Quiet").filter("true"::equals).isPresent();
        Xml xml = new Xml("DeleteResult", Xml.NAMESPACE);
        for (Xml.Part one : named) {
            String key = one.require("Key");
            Optional<String> version = one.text("VersionId").filter(it -> !it.isEmpty());
            try {
                ObjectCalls.Deleted deleted = calls.delete(sender, bucket, key, version);
                if (!quiet) {
                    xml.in(
                            "Deleted",
                            it -> {
                                it.text("Key", key).text("VersionId", version);
                                if (deleted.isMarker()) {
                                    it.text("DeleteMarker", true);
                                    it.text("DeleteMarkerVersionId", deleted.version());
                                }
                            });
                }
            } catch (Failure e) {
                xml.in(
                        "Error",
                        it ->
                                it.text("Key", key)
                                        .text("VersionId", version)
                                        .text("Code", S3Code.of(e).name())
                                        .text("Message", e.text()));
            }
        }
        // Who may delete none of them has been told so for each.
        sender.call().admit();
        S3Answers.xml(exchange, S3Answers.headers(sender.call()), xml);
    }
}
