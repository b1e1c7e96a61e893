package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.object.api.SwiftPolicy;
import java.util.List;
import java.util.Set;

/**
 * S3's operations. A path and a method mean many of them, told apart by parameters ({@code
 * ?uploads}, {@code ?versioning}) and headers.
 */
public final class S3Operations implements OperationGroup {
    private static final String BUCKET = "/{bucket}";
    private static final String OBJECT = "/{bucket}/{key...}";

    /** What is not here: asking for it is told so, and never answered as if it were nothing. */
    private static final Set<String> ABSENT =
            Set.of(
                    "accelerate",
                    "analytics",
                    "intelligent-tiering",
                    "inventory",
                    "legal-hold",
                    "logging",
                    "metrics",
                    "notification",
                    "object-lock",
                    "ownershipControls",
                    "publicAccessBlock",
                    "replication",
                    "requestPayment",
                    "restore",
                    "retention",
                    "select",
                    "torrent",
                    "website");

    /** What clients look at as a matter of course: the answer is that nothing was set. */
    private static final Set<String> UNSET = Set.of("notification", "logging", "accelerate");

    private final Signatures signatures;
    private final BucketCalls buckets;
    private final BucketSettings settings;
    private final ListCalls lists;
    private final ObjectCalls objects;
    private final ObjectDetails details;
    private final UploadCalls uploads;
    private final FormCalls forms;

    S3Operations(
            Signatures signatures,
            BucketCalls buckets,
            BucketSettings settings,
            ListCalls lists,
            ObjectCalls objects,
            ObjectDetails details,
            UploadCalls uploads,
            FormCalls forms) {
        this.signatures = signatures;
        this.buckets = buckets;
        this.settings = settings;
        this.lists = lists;
        this.objects = objects;
        this.details = details;
        this.uploads = uploads;
        this.forms = forms;
    }

    /** One of S3's calls, of who was found to have signed it. */
    @FunctionalInterface
    interface Handler {
        void handle(Sender sender, Place place, Exchange exchange);
    }

    private Operation.Stream by(Handler handler) {
        return (call, exchange) -> {
            Sender sender = signatures.sender(call);
            Place place = Place.of(call);
            handler.handle(sender, place, exchange);
        };
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("")
                        .policyByThing(SwiftPolicy.READ)
                        .anyParam()
                        .doc("Lists the sender's buckets.")
                        .streams(by((sender, place, exchange) -> buckets.list(sender, exchange))),
                Operation.get(BUCKET)
                        .policyByThing(SwiftPolicy.READ)
                        .anyParam()
                        .doc("Lists a bucket's objects, versions or uploads; or tells a setting.")
                        .streams(by(this::getBucket)),
                Operation.head(BUCKET)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Tells whether the bucket is there.")
                        .streams(by(buckets::head)),
                Operation.put(BUCKET)
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(200)
                        .doc("Makes a bucket; or changes a setting.")
                        .streams(by(this::putBucket)),
                Operation.delete(BUCKET)
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc("Deletes an empty bucket; or a setting.")
                        .streams(by(this::deleteBucket)),
                Operation.post(BUCKET)
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(200)
                        .doc("Deletes many objects; or stores a form's file.")
                        .streams(by(this::postBucket)),
                Operation.method("OPTIONS", BUCKET, 200)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Tells browsers what pages of other sites may do here.")
                        .streams(this::preflight),
                Operation.method("OPTIONS", OBJECT, 200)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Tells browsers what pages of other sites may do here.")
                        .streams(this::preflight),
                Operation.get(OBJECT)
                        .policyByThing(SwiftPolicy.READ)
                        .anyParam()
                        .doc("Answers with an object, its tags, or the parts of an upload.")
                        .streams(by(this::getObject)),
                Operation.head(OBJECT)
                        .policyByThing(SwiftPolicy.READ)
                        .doc("Answers with an object's headers.")
                        .streams(by(objects::get)),
                Operation.put(OBJECT)
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(200)
                        .doc("Stores an object, a copy, a part of an upload, or tags.")
                        .streams(by(this::putObject)),
                Operation.post(OBJECT)
                        .policyByThing(SwiftPolicy.WRITE)
                        .status(200)
                        .doc("Begins or completes an upload in parts.")
                        .streams(by(this::postObject)),
                Operation.delete(OBJECT)
                        .policyByThing(SwiftPolicy.WRITE)
                        .doc("Deletes an object, a version, its tags, or an upload.")
                        .streams(by(this::deleteObject)));
    }

    /** A browser asks for a page that holds a signed URL, and signs nothing itself. */
    private void preflight(Call call, Exchange exchange) {
        Place place = Place.of(call);
        BucketCors.preflight(call, exchange, buckets.container(place.requireBucket()));
    }

    private static boolean has(Sender sender, String parameter) {
        return sender.call().query().has(parameter);
    }

    private static void refuseAbsent(Sender sender) {
        sender.call().query().values().keySet().stream()
                .filter(ABSENT::contains)
                .findFirst()
                .ifPresent(
                        it -> {
                            throw S3Code.NotImplemented.failure("%s is not implemented.", it);
                        });
    }

    private void getBucket(Sender sender, Place place, Exchange exchange) {
        if (has(sender, "uploads")) {
            uploads.list(sender, place, exchange);
        } else if (has(sender, "versions")) {
            lists.versions(sender, place, exchange);
        } else if (has(sender, "location")) {
            buckets.location(sender, place, exchange);
        } else if (UNSET.stream().anyMatch(it -> has(sender, it))) {
            settings.unset(sender, place, exchange);
        } else if (!settings.get(sender, place, exchange)) {
            refuseAbsent(sender);
            lists.objects(sender, place, exchange);
        }
    }

    private void putBucket(Sender sender, Place place, Exchange exchange) {
        if (!settings.put(sender, place, exchange)) {
            refuseAbsent(sender);
            buckets.create(sender, place, exchange);
        }
    }

    private void deleteBucket(Sender sender, Place place, Exchange exchange) {
        if (!settings.delete(sender, place, exchange)) {
            refuseAbsent(sender);
            buckets.delete(sender, place, exchange);
        }
    }

    private void postBucket(Sender sender, Place place, Exchange exchange) {
        if (has(sender, "delete")) {
            lists.deleteMany(sender, place, exchange);
        } else if (FormCalls.isMeant(sender.call())) {
            forms.post(sender, place, exchange);
        } else {
            throw S3Code.MethodNotAllowed.failure();
        }
    }

    private void getObject(Sender sender, Place place, Exchange exchange) {
        if (has(sender, "uploadId")) {
            uploads.parts(sender, place, exchange);
        } else if (has(sender, "tagging")) {
            details.tags(sender, place, exchange);
        } else if (has(sender, "acl")) {
            details.acl(sender, place, exchange);
        } else if (has(sender, "attributes")) {
            details.attributes(sender, place, exchange);
        } else {
            refuseAbsent(sender);
            objects.get(sender, place, exchange);
        }
    }

    private void putObject(Sender sender, Place place, Exchange exchange) {
        Call call = sender.call();
        boolean copies = call.header("x-amz-copy-source").isPresent();
        if (has(sender, "uploadId")) {
            uploads.put(sender, place, exchange);
        } else if (has(sender, "tagging")) {
            details.setTags(sender, place, exchange);
        } else if (has(sender, "acl")) {
            details.setAcl(sender, place, exchange);
        } else if (copies) {
            refuseAbsent(sender);
            objects.copy(sender, place, exchange);
        } else {
            refuseAbsent(sender);
            objects.put(sender, place, exchange);
        }
    }

    private void postObject(Sender sender, Place place, Exchange exchange) {
        if (has(sender, "uploads")) {
            uploads.begin(sender, place, exchange);
        } else if (has(sender, "uploadId")) {
            uploads.complete(sender, place, exchange);
        } else {
            refuseAbsent(sender);
            throw S3Code.MethodNotAllowed.failure();
        }
    }

    private void deleteObject(Sender sender, Place place, Exchange exchange) {
        if (has(sender, "uploadId")) {
            uploads.abort(sender, place, exchange);
        } else if (has(sender, "tagging")) {
            details.deleteTags(sender, place, exchange);
        } else {
            refuseAbsent(sender);
            objects.delete(sender, place, exchange);
        }
    }
}
