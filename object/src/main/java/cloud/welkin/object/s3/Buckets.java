package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.object.api.SwiftPolicy;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.BucketPolicy;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.BucketTable;
import cloud.welkin.object.store.ContainerTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Buckets by their names, and who may do what with them: the owners by the same rules as with
 * Swift, others by the bucket's policy and by access lists; a policy's deny stops everybody.
 */
final class Buckets {
    /** Where a container keeps its policy. */
    static final String POLICY = "x-s3-policy";

    /** Actions by which owners get out of a policy that locks them out. */
    private static final String POLICY_ACTIONS = "BucketPolicy";

    private final Database database;
    private final ContainerTable containers;
    private final BucketTable buckets;

    Buckets(Database database, ContainerTable containers, BucketTable buckets) {
        this.database = database;
        this.containers = containers;
        this.buckets = buckets;
    }

    /** An action of S3, as policies name it. */
    record Action(String name, boolean isWrite) {
        static Action reads(String name) {
            return new Action(name, false);
        }

        static Action writes(String name) {
            return new Action(name, true);
        }
    }

    static Optional<String> account(Sender sender) {
        return sender.call()
                .callerIfAny()
                .flatMap(Caller::project)
                .map(project -> "AUTH_" + project.value());
    }

    /** The bucket that the sender means: one of its own first. */
    Optional<Bucket> find(Sender sender, String name) {
        return database.read(tx -> find(tx, sender, name));
    }

    Optional<Bucket> find(Tx tx, Sender sender, String name) {
        return account(sender)
                .flatMap(
                        account ->
                                containers
                                        .find(tx, account, name)
                                        .map(it -> new Bucket(it, account)))
                .or(() -> buckets.find(tx, name));
    }

    /**
     * The bucket, if the sender may do that with it.
     *
     * @throws cloud.welkin.kernel.failure.Failure NoSuchBucket, AccessDenied
     */
    Bucket admitted(Sender sender, String name, Action action) {
        return admitted(sender, name, action, "", Optional.empty());
    }

    /**
     * The bucket, if the sender may do that with the object.
     *
     * @param object that is there, which may have a list of its own
     */
    Bucket admitted(
            Sender sender, String name, Action action, String key, Optional<StoredObject> object) {
        Bucket bucket = find(sender, name).orElseThrow(S3Code.NoSuchBucket::failure);
        require(sender, bucket, action, key, object);
        return bucket;
    }

    /**
     * @throws cloud.welkin.kernel.failure.Failure AccessDenied
     */
    void require(
            Sender sender,
            Bucket bucket,
            Action action,
            String key,
            Optional<StoredObject> object) {
        boolean owner = owns(sender, bucket, action);
        BucketPolicy.Verdict verdict = verdict(sender, bucket, action, key);
        boolean locked =
                verdict == BucketPolicy.Verdict.DENY
                        && !(owner && action.name().endsWith(POLICY_ACTIONS));
        if (locked
                || !(owner
                        || verdict == BucketPolicy.Verdict.ALLOW
                        || listed(sender, bucket, action, object))) {
            throw S3Code.AccessDenied.failure();
        }
        sender.call().admit();
    }

    private static boolean owns(Sender sender, Bucket bucket, Action action) {
        return sender.call().callerIfAny().isPresent()
                && sender.call()
                        .allows(
                                action.isWrite() ? SwiftPolicy.WRITE : SwiftPolicy.READ,
                                Target.ownedBy(new ProjectId(bucket.project())));
    }

    private static BucketPolicy.Verdict verdict(
            Sender sender, Bucket bucket, Action action, String key) {
        Container container = bucket.container();
        Optional<String> text = container.header(POLICY);
        if (text.isEmpty()) {
            return BucketPolicy.Verdict.SILENT;
        }
        Call call = sender.call();
        Map<String, String> context = new HashMap<>();
        context.put("aws:sourceip", call.peer());
        context.put("aws:securetransport", Boolean.toString(call.origin().startsWith("https:")));
        call.header("Referer").ifPresent(it -> context.put("aws:referer", it));
        call.header("User-Agent").ifPresent(it -> context.put("aws:useragent", it));
        call.header("x-amz-acl").ifPresent(it -> context.put("s3:x-amz-acl", it));
        for (String name : new String[] {"prefix", "delimiter", "max-keys"}) {
            call.query().text(name).ifPresent(it -> context.put("s3:" + name, it));
        }
        call.query().text("versionId").ifPresent(it -> context.put("s3:versionid", it));
        return BucketPolicy.parse(text.get(), container.name())
                .judge(
                        new BucketPolicy.Request(
                                call.callerIfAny()
                                        .flatMap(Caller::project)
                                        .map(ProjectId::value)
                                        .orElse(""),
                                call.callerIfAny().map(it -> it.user().value()).orElse(""),
                                action.name(),
                                container.name() + (key.isEmpty() ? "" : "/" + key),
                                context));
    }

    /** Lists say only who reads and writes; everything else is for owners and policies. */
    private static boolean listed(
            Sender sender, Bucket bucket, Action action, Optional<StoredObject> object) {
        boolean known = sender.call().callerIfAny().isPresent();
        boolean ofObject = action.name().equals("s3:GetObject");
        boolean ofBucket =
                action.name().equals("s3:ListBucket")
                        || action.name().equals("s3:PutObject")
                        || action.name().equals("s3:DeleteObject");
        Optional<String> word =
                ofObject
                        ? object.flatMap(it -> it.header(KeptHeaders.ACL))
                        : ofBucket ? bucket.container().header(KeptHeaders.ACL) : Optional.empty();
        return word.filter(it -> CannedAcl.require(it).admits(action.isWrite(), known)).isPresent();
    }
}
