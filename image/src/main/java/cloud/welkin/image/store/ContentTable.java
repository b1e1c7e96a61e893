package cloud.welkin.image.store;

import static cloud.welkin.image.schema.Tables.CONTENTS;
import static cloud.welkin.image.schema.Tables.IMAGES;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import cloud.welkin.database.Tx;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The data of images, one row for each file. Who puts a file in place or removes it holds the row's
 * lock while doing so: an upload of the same bytes and the sweep can never pass each other by.
 */
public final class ContentTable {
    /** A file as it shall be. */
    public record Content(String sha512, String md5, long size) {}

    /** Makes the row, or locks the one that is there. */
    public void claim(Tx tx, Content content, Instant now) {
        tx.sql()
                .insertInto(CONTENTS)
                .set(CONTENTS.SHA512, content.sha512())
                .set(CONTENTS.MD5, content.md5())
                .set(CONTENTS.SIZE, content.size())
                .onConflict(CONTENTS.SHA512)
                .doUpdate()
                .set(CONTENTS.TOUCHED_AT, now)
                .execute();
    }

    /** From now on the data has been without this image. */
    public void touch(Tx tx, String sha512, Instant now) {
        tx.sql()
                .update(CONTENTS)
                .set(CONTENTS.TOUCHED_AT, now)
                .where(CONTENTS.SHA512.eq(sha512))
                .execute();
    }

    /** Contents that no image shows, and that nobody has touched since. */
    public List<String> unused(Tx tx, Instant since) {
        return tx.sql()
                .select(CONTENTS.SHA512)
                .from(CONTENTS)
                .where(CONTENTS.TOUCHED_AT.le(since))
                .and(notExists(selectOne().from(IMAGES).where(IMAGES.SHA512.eq(CONTENTS.SHA512))))
                .fetch(CONTENTS.SHA512);
    }

    /**
     * Locks the row and removes it if still no image shows it.
     *
     * @return whether it was removed, and so its file is to go before the transaction ends
     */
    public boolean removeUnused(Tx tx, String sha512) {
        boolean locked =
                tx.sql()
                        .selectOne()
                        .from(CONTENTS)
                        .where(CONTENTS.SHA512.eq(sha512))
                        .forUpdate()
                        .skipLocked()
                        .fetchOptional()
                        .isPresent();
        // A statement of its own: it sees images that were committed while we waited for the lock.
        return locked
                && !tx.sql().fetchExists(IMAGES, IMAGES.SHA512.eq(sha512))
                && tx.sql().deleteFrom(CONTENTS).where(CONTENTS.SHA512.eq(sha512)).execute() == 1;
    }

    /** A row for a file that has none, so that its removal excludes an upload of the same bytes. */
    public boolean claimOrphan(Tx tx, String sha512) {
        return tx.sql()
                        .insertInto(CONTENTS)
                        .set(CONTENTS.SHA512, sha512)
                        .set(CONTENTS.MD5, "0".repeat(32))
                        .set(CONTENTS.SIZE, 0L)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    public Set<String> known(Tx tx, Collection<String> among) {
        return tx.sql()
                .select(CONTENTS.SHA512)
                .from(CONTENTS)
                .where(CONTENTS.SHA512.in(among))
                .fetchSet(CONTENTS.SHA512);
    }

    public List<Content> all(Tx tx) {
        return tx.sql()
                .selectFrom(CONTENTS)
                .fetch(row -> new Content(row.getSha512(), row.getMd5(), row.getSize()));
    }
}
