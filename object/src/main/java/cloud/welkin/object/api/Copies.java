package cloud.welkin.object.api;

import cloud.welkin.database.Database;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.engine.EngineFailure;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.LargeObjects.Whole;
import java.io.InputStream;

/** What a copy is made of: the bytes that a reader would get. */
public final class Copies {
    private final Database database;
    private final LargeObjects large;

    public Copies(Database database, LargeObjects large) {
        this.database = database;
        this.large = large;
    }

    /** A body to copy. */
    record Source(Whole whole, LargeObjects large) {
        long length() {
            return whole.size();
        }

        InputStream open() {
            try {
                return large.open(whole, 0, whole.size());
            } catch (EngineFailure e) {
                throw Bodies.refusal(e);
            }
        }
    }

    Source source(StoredObject object, String account) {
        if (object.isStaticLarge()) {
            return new Source(database.read(tx -> large.fixed(tx, account, object)), large);
        }
        Whole whole =
                object.header(StoredObject.MANIFEST)
                        .map(
                                manifest ->
                                        database.read(
                                                tx ->
                                                        large.dynamic(
                                                                tx,
                                                                account,
                                                                SwiftPath.decode(manifest))))
                        .orElseGet(() -> LargeObjects.own(object));
        return new Source(whole, large);
    }
}
