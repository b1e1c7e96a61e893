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
    /** How a setting is written, read and deleted. */
    private interface Setting {
        /** The name of the setting in actions: {@code s3:GetBucketPolicy}. */
        String action();

        /** Where the container keeps it. */
        String kept();

        /** What is kept of a document; empty to remove it. */
        String read(Container container, byte[] document, Sender sender);

        /** What is answered. */
        void tell(Bucket bucket, Optional<String> kept, Sender sender, Exchange exchange);

        default boolean isDeletable() {
            return true;
        }
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
        settings.put("versioning", new VersioningSetting());
        settings.put("policy", new PolicySetting());
        settings.put("acl", new AclSetting());
        settings.put("tagging", new TaggingSetting());
        settings.put("lifecycle", new LifecycleSetting());
        settings.put("cors", new CorsSetting());
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
        setting.tell(bucket, bucket.container().header(setting.kept()), sender, exchange);
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
        change(bucket, setting.kept(), setting.read(bucket.container(), document, sender));
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

    private static void xml(Sender sender, Exchange exchange, Xml xml) {
        S3Answers.xml(exchange, S3Answers.headers(sender.call()), xml);
    }

    private static final class VersioningSetting implements Setting {
        @Override
        public String action() {
            return "BucketVersioning";
        }

        @Override
        public String kept() {
            return ObjectVersions.SETTING;
        }

        @Override
        public boolean isDeletable() {
            return false;
        }

        @Override
        public String read(Container container, byte[] document, Sender sender) {
            Xml.Part root = Xml.read(document, "VersioningConfiguration");
            String status = root.require("Status");
            if (!List.of(ObjectVersions.ENABLED, ObjectVersions.SUSPENDED).contains(status)) {
                throw S3Code.MalformedXML.failure();
            }
            return status;
        }

        @Override
        public void tell(Bucket bucket, Optional<String> kept, Sender sender, Exchange exchange) {
            xml(
                    sender,
                    exchange,
                    new Xml("VersioningConfiguration", Xml.NAMESPACE).text("Status", kept));
        }
    }

    private static final class PolicySetting implements Setting {
        @Override
        public String action() {
            return "BucketPolicy";
        }

        @Override
        public String kept() {
            return Buckets.POLICY;
        }

        @Override
        public String read(Container container, byte[] document, Sender sender) {
            String text = new String(document, StandardCharsets.UTF_8);
            try {
                BucketPolicy.parse(text, container.name());
            } catch (IllegalArgumentException e) {
                throw S3Code.MalformedPolicy.failure("%s", String.valueOf(e.getMessage()));
            }
            return text;
        }

        @Override
        public void tell(Bucket bucket, Optional<String> kept, Sender sender, Exchange exchange) {
            Map<String, String> headers = S3Answers.headers(sender.call());
            headers.put("Content-Type", "application/json");
            S3Answers.send(
                    exchange,
                    200,
                    headers,
                    kept.orElseThrow(S3Code.NoSuchBucketPolicy::failure)
                            .getBytes(StandardCharsets.UTF_8));
        }
    }

    private static final class AclSetting implements Setting {
        @Override
        public String action() {
            return "BucketAcl";
        }

        @Override
        public String kept() {
            return KeptHeaders.ACL;
        }

        @Override
        public boolean isDeletable() {
            return false;
        }

        @Override
        public String read(Container container, byte[] document, Sender sender) {
            return AccessLists.read(document, sender).word();
        }

        @Override
        public void tell(Bucket bucket, Optional<String> kept, Sender sender, Exchange exchange) {
            xml(sender, exchange, AccessLists.written(bucket, kept));
        }
    }

    private static final class TaggingSetting implements Setting {
        @Override
        public String action() {
            return "BucketTagging";
        }

        @Override
        public String kept() {
            return KeptHeaders.TAGS;
        }

        @Override
        public String read(Container container, byte[] document, Sender sender) {
            return KeptHeaders.written(Tags.read(document));
        }

        @Override
        public void tell(Bucket bucket, Optional<String> kept, Sender sender, Exchange exchange) {
            xml(sender, exchange, Tags.written(kept.orElseThrow(S3Code.NoSuchTagSet::failure)));
        }
    }

    private static final class CorsSetting implements Setting {
        @Override
        public String action() {
            return "BucketCORS";
        }

        @Override
        public String kept() {
            return BucketCors.SETTING;
        }

        @Override
        public String read(Container container, byte[] document, Sender sender) {
            return CorsRule.text(BucketCors.read(document));
        }

        @Override
        public void tell(Bucket bucket, Optional<String> kept, Sender sender, Exchange exchange) {
            xml(
                    sender,
                    exchange,
                    BucketCors.written(
                            CorsRule.rules(
                                    kept.orElseThrow(S3Code.NoSuchCORSConfiguration::failure))));
        }
    }

    private static final class LifecycleSetting implements Setting {
        @Override
        public String action() {
            return "LifecycleConfiguration";
        }

        @Override
        public String kept() {
            return Lifecycle.SETTING;
        }

        @Override
        public String read(Container container, byte[] document, Sender sender) {
            return LifecycleRule.text(LifecycleXml.read(document));
        }

        @Override
        public void tell(Bucket bucket, Optional<String> kept, Sender sender, Exchange exchange) {
            xml(
                    sender,
                    exchange,
                    LifecycleXml.written(
                            LifecycleRule.rules(
                                    kept.orElseThrow(
                                            S3Code.NoSuchLifecycleConfiguration::failure))));
        }
    }
}
