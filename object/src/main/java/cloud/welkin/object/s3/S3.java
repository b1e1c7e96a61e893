package cloud.welkin.object.s3;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.BucketTable;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.UploadTable;
import cloud.welkin.object.store.VersionTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.ObjectVersions;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Uploads;
import cloud.welkin.object.work.Versions;
import java.time.Clock;

/** S3's operations, composed. */
public final class S3 {
    private S3() {}

    /** The tables that S3 works on. */
    public record Tables(
            AccountTable accounts,
            ContainerTable containers,
            ObjectTable objects,
            VersionTable versions,
            UploadTable uploads) {}

    /** What it shares with Swift. */
    public record Work(
            Bodies bodies,
            LargeObjects large,
            Uploads uploads,
            Versions versions,
            ObjectVersions kept,
            Quotas quotas) {}

    /**
     * @param keys whose the keys are
     */
    public static OperationGroup operations(
            Database database, Tables tables, Work work, S3Keys keys, Clock clock) {
        BucketTable names = new BucketTable();
        Buckets buckets = new Buckets(database, tables.containers(), names);
        ObjectCalls objects =
                new ObjectCalls(
                        database,
                        tables.objects(),
                        work.kept(),
                        buckets,
                        work.large(),
                        work.uploads(),
                        work.quotas(),
                        clock);
        return new S3Operations(
                new Signatures(keys, clock),
                new BucketCalls(
                        database, tables.accounts(), tables.containers(), names, buckets, clock),
                new BucketSettings(database, tables.containers(), buckets, clock),
                new ListCalls(database, tables.objects(), tables.versions(), buckets, objects),
                objects,
                new ObjectDetails(database, tables.objects(), tables.versions(), buckets, objects),
                new UploadCalls(
                        database,
                        tables.objects(),
                        tables.uploads(),
                        work.versions(),
                        buckets,
                        work.bodies(),
                        objects,
                        work.quotas(),
                        clock),
                new FormCalls(keys, buckets, objects, clock));
    }
}
