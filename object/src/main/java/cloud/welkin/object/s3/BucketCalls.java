package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.object.api.SwiftPolicy;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.domain.Bucket;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.ListingQuery.Slice;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.BucketTable;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.ObjectVersions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jooq.exception.IntegrityConstraintViolationException;

/** Buckets: making, finding, listing and deleting them. */
final class BucketCalls {
    /** Amazon's rules, which keep names usable as parts of host names. */
    private static final String NAME = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";

    private static final int MOST_LISTED = 10_000;

    private final Database database;
    private final AccountTable accounts;
    private final ContainerTable containers;
    private final BucketTable names;
    private final Buckets buckets;
    private final Clock clock;

    BucketCalls(
            Database database,
            AccountTable accounts,
            ContainerTable containers,
            BucketTable names,
            Buckets buckets,
            Clock clock) {
        this.database = database;
        this.accounts = accounts;
        this.containers = containers;
        this.names = names;
        this.buckets = buckets;
        this.clock = clock;
    }

    private static String owner(Sender sender, String rule) {
        Call call = sender.call();
        String account = Buckets.account(sender).orElseThrow(S3Code.AccessDenied::failure);
        ProjectId project = call.caller().requireProject();
        if (!call.allows(rule, Target.ownedBy(project))) {
            throw S3Code.AccessDenied.failure();
        }
        call.admit();
        return account;
    }

    void list(Sender sender, Exchange exchange) {
        String name = owner(sender, SwiftPolicy.READ);
        Slice all = new Slice("", "", Optional.empty(), false, MOST_LISTED);
        List<Container> listed =
                database.read(
                        tx ->
                                accounts
                                        .find(tx, name)
                                        .map(it -> containers.list(tx, it.id(), all))
                                        .orElse(List.of())
                                        .stream()
                                        .map(ContainerTable.Listed::container)
                                        .toList());
        Xml xml = new Xml("ListAllMyBucketsResult", Xml.NAMESPACE);
        String project = sender.call().caller().requireProject().value();
        xml.in("Owner", it -> it.text("ID", project).text("DisplayName", project));
        xml.in(
                "Buckets",
                all2 ->
                        listed.forEach(
                                it ->
                                        all2.in(
                                                "Bucket",
                                                one ->
                                                        one.text("Name", it.name())
                                                                .text(
                                                                        "CreationDate",
                                                                        S3Answers.time(
                                                                                it.createdAt())))));
        S3Answers.xml(exchange, S3Answers.headers(sender.call()), xml);
    }

    void create(Sender sender, Place place, Exchange exchange) {
        String account = owner(sender, SwiftPolicy.WRITE);
        String name = place.requireBucket();
        if (!name.matches(NAME) || name.contains("..") || name.matches("[0-9.]+")) {
            throw S3Code.InvalidBucketName.failure();
        }
        byte[] body = Documents.read(sender, exchange);
        if (body.length > 0) {
            // Which region is asked for does not matter: there is one.
            Xml.read(body, "CreateBucketConfiguration");
        }
        Map<String, String> headers = new TreeMap<>();
        sender.call()
                .header("x-amz-acl")
                .map(CannedAcl::require)
                .ifPresent(it -> headers.put(KeptHeaders.ACL, it.word()));
        if (sender.call()
                .header("x-amz-bucket-object-lock-enabled")
                .filter("true"::equalsIgnoreCase)
                .isPresent()) {
            throw S3Code.NotImplemented.failure("Object lock is not implemented.");
        }
        database.change(
                tx -> {
                    Account owner = accounts.lock(tx, account, clock.instant());
                    if (!containers.insert(
                            tx,
                            owner.id(),
                            name,
                            Bodies.DEFAULT_POLICY,
                            headers,
                            clock.instant())) {
                        throw S3Code.BucketAlreadyOwnedByYou.failure();
                    }
                    Container made = containers.lock(tx, owner.id(), name).orElseThrow();
                    if (!names.insert(tx, name, made.id())) {
                        throw S3Code.BucketAlreadyExists.failure();
                    }
                });
        Map<String, String> answer = S3Answers.headers(sender.call());
        answer.put("Location", "/" + name);
        S3Answers.empty(exchange, 200, answer);
    }

    void head(Sender sender, Place place, Exchange exchange) {
        buckets.admitted(sender, place.requireBucket(), Buckets.Action.reads("s3:ListBucket"));
        Map<String, String> answer = S3Answers.headers(sender.call());
        answer.put("x-amz-bucket-region", "us-east-1");
        S3Answers.empty(exchange, 200, answer);
    }

    void location(Sender sender, Place place, Exchange exchange) {
        buckets.admitted(
                sender, place.requireBucket(), Buckets.Action.reads("s3:GetBucketLocation"));
        S3Answers.xml(
                exchange,
                S3Answers.headers(sender.call()),
                new Xml("LocationConstraint", Xml.NAMESPACE));
    }

    /** The container of a name that is there once in the cloud, whoever asks. */
    Optional<Container> container(String name) {
        return database.read(tx -> names.find(tx, name)).map(Bucket::container);
    }

    void delete(Sender sender, Place place, Exchange exchange) {
        Bucket bucket =
                buckets.admitted(
                        sender, place.requireBucket(), Buckets.Action.writes("s3:DeleteBucket"));
        try {
            database.change(tx -> containers.delete(tx, bucket.container().id()));
        } catch (IntegrityConstraintViolationException e) {
            throw bucket.container().header(ObjectVersions.SETTING).isPresent()
                    ? S3Code.BucketNotEmpty.failure(
                            "The bucket you tried to delete is not empty. You must delete all"
                                    + " versions in the bucket.")
                    : S3Code.BucketNotEmpty.failure();
        }
        S3Answers.empty(exchange, 204, S3Answers.headers(sender.call()));
    }
}
