package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.Preconditions;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Uploads;
import java.time.Clock;
import java.util.Optional;

/** Where objects are put: whether the caller may, on what conditions, and that it is done. */
public final class Targets {
    private final Database database;
    private final ObjectTable objects;
    private final Uploads uploads;
    private final Admission admission;

    /**
     * @param clock by which signed URLs expire
     */
    public Targets(Database database, ObjectTable objects, Uploads uploads, Clock clock) {
        this.database = database;
        this.objects = objects;
        this.uploads = uploads;
        this.admission = new Admission(clock);
    }

    /** The path, if the caller may write there. */
    ObjectTable.Found writable(Call call, SwiftPath path) {
        ObjectTable.Found found =
                database.read(
                        tx ->
                                objects.find(
                                        tx,
                                        path.account(),
                                        path.container().orElse(""),
                                        path.object().orElse("")));
        admission.writer(call, path, found.account(), found.container());
        return found;
    }

    static void checkAbsent(Call call, Optional<StoredObject> there) {
        Optional<String> noneMatch = call.header("If-None-Match");
        if (noneMatch.isPresent() && !noneMatch.get().strip().equals("*")) {
            throw Failure.badRequest("If-None-Match only supports *");
        }
        if (noneMatch.isPresent() && there.isPresent()) {
            throw new Failure(
                    FailureKind.PRECONDITION_FAILED,
                    "PreconditionFailed",
                    "A precondition for this request was not met.");
        }
    }

    /** Makes the row of a body that came as its ETag says, or gives the body up. */
    void settle(Call call, Container container, StoredObject object) {
        if (call.header("ETag")
                .filter(it -> !Preconditions.bare(it).equalsIgnoreCase(object.etag()))
                .isPresent()) {
            uploads.giveUp(object);
            throw mismatch();
        }
        uploads.store(container, object, onlyNew(call));
    }

    static boolean onlyNew(Call call) {
        return call.header("If-None-Match").isPresent();
    }

    static Failure mismatch() {
        return new Failure(
                FailureKind.UNPROCESSABLE,
                "UnprocessableEntity",
                "Unable to process the contained instructions: the body's MD5 is not the ETag that"
                        + " came with it.");
    }
}
