package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.BucketPolicy;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.CorsRule;
import cloud.welkin.object.domain.LifecycleRule;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.work.Lifecycle;
import cloud.welkin.object.work.ObjectVersions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Settings of buckets: versioning, policy, access list, tags, lifecycle, other origins. */
final class BucketSettings {
    /** What is kept of a document that sets something. */
    @FunctionalInterface
    private interface Reading {
        String read(byte[] document, Container container, Sender sender);
    }

    /** What is answered of what is kept. */
    @FunctionalInterface
    private interface Telling {
        byte[] tell(Optional<String> kept, Bucket bucket);
    }

    /**
     * How a setting is written, read and deleted.
     *
     * @param action its name in actions: {@code s3:GetBucketPolicy}
     * @param kept where the container keeps it
     */
    private record Setting(
            String action,
            String kept,
            boolean isDeletable,
            String contentType,
            Reading reading,
            Telling telling) {}

    private static Setting xml(
            String action, String kept, boolean isDeletable, Reading reading, Telling telling) {
        return new Setting(action, kept, isDeletable, "application/xml", reading, telling);
    }

    private final Database database;
    private final ContainerTable containers;
    private final Buckets buckets;
    private final Clock clock;
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    BucketSettings(Database database, ContainerTable containers, Buckets buckets, Clock clock) {
        this.database = database;
        this.containers = containers;
        this.buckets = buckets;
        this.clock = clock;
        settings.put(
                "versioning",
                xml(
                        "BucketVersioning",
                        ObjectVersions.SETTING,
                        false,
                        (document, container, sender) -> versioning(document),
                        (kept, bucket) ->
                                new Xml("VersioningConfiguration", Xml.NAMESPACE)
                                        .text("Status", kept)
                                        .bytes()));
        settings.put(
                "policy",
                new Setting(
                        "BucketPolicy",
                        Buckets.POLICY,
                        true,
                        "application/json",
                        (document, container, sender) -> policy(document, container),
                        (kept, bucket) ->
                                kept.orElseThrow(S3Code.NoSuchBucketPolicy::failure)
                                        .getBytes(StandardCharsets.UTF_8)));
        settings.put(
                "acl",
                xml(
                        "BucketAcl",
                        KeptHeaders.ACL,
                        false,
                        (document, container, sender) -> AccessLists.read(document, sender).word(),
                        (kept, bucket) -> AccessLists.written(bucket, kept).bytes()));
        settings.put(
                "tagging",
                xml(
                        "BucketTagging",
                        KeptHeaders.TAGS,
                        true,
                        (document, container, sender) -> KeptHeaders.written(Tags.read(document)),
                        (kept, bucket) ->
                                Tags.written(kept.orElseThrow(S3Code.NoSuchTagSet::failure))
                                        .bytes()));
        settings.put(
                "lifecycle",
                xml(
                        "LifecycleConfiguration",
                        Lifecycle.SETTING,
                        true,
                        (document, container, sender) ->
                                LifecycleRule.text(LifecycleXml.read(document)),
                        (kept, bucket) ->
                                LifecycleXml.written(
                                                LifecycleRule.rules(
                                                        kept.orElseThrow(
                                                                S3Code.NoSuchLifecycleConfiguration
                                                                        ::failure)))
                                        .bytes()));
        settings.put(
                "cors",
                xml(
                        "BucketCORS",
                        BucketCors.SETTING,
                        true,
                        (document, container, sender) -> CorsRule.text(BucketCors.read(document)),
                        (kept, bucket) ->
                                BucketCors.written(
                                                CorsRule.rules(
                                                        kept.orElseThrow(
                                                                S3Code.NoSuchCORSConfiguration
                                                                        ::failure)))
                                        .bytes()));
    }

    private static String versioning(byte[] document) {
        String status = Xml.read(document, "VersioningConfiguration").require("Status");
        if (!List.of(ObjectVersions.ENABLED, ObjectVersions.SUSPENDED).contains(status)) {
            throw S3Code.MalformedXML.failure();
        }
        return status;
    }

    private static String policy(byte[] document, Container container) {
        String text = new String(document, StandardCharsets.UTF_8);
        try {
            BucketPolicy.parse(text, container.name());
        } catch (IllegalArgumentException e) {
            throw S3Code.MalformedPolicy.failure("%s", String.valueOf(e.getMessage()));
        }
        return text;
    }

    private Optional<Setting> meant(Sender sender) {
        return settings.entrySet().stream()
                .filter(it -> sender.call().query().has(it.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * @return whether a setting was meant
     */
    boolean get(Sender sender, Place place, Exchange exchange) {
        Optional<Setting> meant = meant(sender);
        if (meant.isEmpty()) {
            for (Map.Entry<String, S3Code> none : NEVER_SET.entrySet()) {
                if (sender.call().query().has(none.getKey())) {
                    buckets.admitted(
                            sender,
                            place.requireBucket(),
                            Buckets.Action.reads("s3:GetBucketLocation"));
                    throw none.getValue().failure();
                }
            }
            return false;
        }
        Setting setting = meant.get();
        Bucket bucket =
                buckets.admitted(
                        sender,
                        place.requireBucket(),
                        Buckets.Action.reads("s3:Get" + setting.action()));
        Map<String, String> headers = S3Answers.headers(sender.call());
        headers.put("Content-Type", setting.contentType());
        Optional<String> kept = bucket.container().header(setting.kept());
        S3Answers.send(exchange, 200, headers, setting.telling().tell(kept, bucket));
        return true;
    }

    private static final Map<String, S3Code> NEVER_SET =
            Map.of("encryption", S3Code.ServerSideEncryptionConfigurationNotFoundError);

    /** Answers for settings that are never there. */
    void unset(Sender sender, Place place, Exchange exchange) {
        buckets.admitted(
                sender, place.requireBucket(), Buckets.Action.reads("s3:GetBucketLocation"));
        String root =
                sender.call().query().has("notification")
                        ? "NotificationConfiguration"
                        : sender.call().query().has("logging")
                                ? "BucketLoggingStatus"
                                : "AccelerateConfiguration";
        S3Answers.xml(exchange, S3Answers.headers(sender.call()), new Xml(root, Xml.NAMESPACE));
    }

    /**
     * @return whether a setting was meant
     */
    boolean put(Sender sender, Place place, Exchange exchange) {
        Optional<Setting> meant = meant(sender);
        if (meant.isEmpty()) {
            for (String name : NEVER_SET.keySet()) {
                if (sender.call().query().has(name)) {
                    throw S3Code.NotImplemented.failure("%s is not implemented.", name);
                }
            }
            return false;
        }
        Setting setting = meant.get();
        Bucket bucket =
                buckets.admitted(
                        sender,
                        place.requireBucket(),
                        Buckets.Action.writes("s3:Put" + setting.action()));
        byte[] document = Documents.read(sender, exchange);
        change(
                bucket,
                setting.kept(),
                setting.reading().read(document, bucket.container(), sender));
        S3Answers.empty(exchange, 200, S3Answers.headers(sender.call()));
        return true;
    }

    /**
     * @return whether a setting was meant
     */
    boolean delete(Sender sender, Place place, Exchange exchange) {
        Optional<Setting> meant = meant(sender).filter(Setting::isDeletable);
        if (meant.isEmpty()) {
            return NEVER_SET.keySet().stream().anyMatch(it -> sender.call().query().has(it))
                    && nothing(sender, place, exchange);
        }
        Setting setting = meant.get();
        Bucket bucket =
                buckets.admitted(
                        sender,
                        place.requireBucket(),
                        Buckets.Action.writes(
                                (setting.kept().equals(Buckets.POLICY) ? "s3:Delete" : "s3:Put")
                                        + setting.action()));
        change(bucket, setting.kept(), "");
        S3Answers.empty(exchange, 204, S3Answers.headers(sender.call()));
        return true;
    }

    private boolean nothing(Sender sender, Place place, Exchange exchange) {
        buckets.admitted(
                sender,
                place.requireBucket(),
                Buckets.Action.writes("s3:PutEncryptionConfiguration"));
        S3Answers.empty(exchange, 204, S3Answers.headers(sender.call()));
        return true;
    }

    private void change(Bucket bucket, String kept, String value) {
        Container container = bucket.container();
        database.change(
                tx -> {
                    Container now =
                            containers
                                    .lock(tx, container.account(), container.name())
                                    .orElseThrow(S3Code.NoSuchBucket::failure);
                    Map<String, String> headers = new TreeMap<>(now.headers());
                    if (value.isEmpty()) {
                        headers.remove(kept);
                    } else {
                        headers.put(kept, value);
                    }
                    containers.setHeaders(tx, now.id(), headers, clock.instant());
                });
    }
}
