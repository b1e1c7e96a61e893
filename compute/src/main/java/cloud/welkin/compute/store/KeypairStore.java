package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.KEYPAIR;

import cloud.welkin.compute.domain.Keypair;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.schema.tables.records.KeypairRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Optional;
import org.jooq.impl.DSL;

/** Key pairs in the database. */
public final class KeypairStore {
    public Optional<Keypair> find(Tx tx, UserId user, String name) {
        return tx.sql()
                .selectFrom(KEYPAIR)
                .where(KEYPAIR.USER_ID.eq(user.value()), KEYPAIR.NAME.eq(name))
                .fetchOptional(KeypairStore::keypair);
    }

    /**
     * The key for a server.
     *
     * @throws Failure 400 when the user has none of this name
     */
    public Server.Key key(Tx tx, UserId user, String name) {
        Keypair keypair =
                find(tx, user, name)
                        .orElseThrow(
                                () ->
                                        Failure.badRequest("Invalid key_name provided.")
                                                .as("KeypairNotFound"));
        return new Server.Key(keypair.name(), keypair.publicKey(), keypair.type());
    }

    public List<Keypair> list(Tx tx, UserId user, Optional<String> marker, int limit) {
        return tx.sql()
                .selectFrom(KEYPAIR)
                .where(
                        KEYPAIR.USER_ID.eq(user.value()),
                        marker.map(KEYPAIR.NAME::gt).orElse(DSL.noCondition()))
                .orderBy(KEYPAIR.NAME)
                .limit(limit)
                .fetch(KeypairStore::keypair);
    }

    /** Whether the name was free. */
    public boolean insert(Tx tx, Keypair keypair) {
        KeypairRecord row = tx.sql().newRecord(KEYPAIR);
        row.setUserId(keypair.user().value());
        row.setName(keypair.name());
        row.setType(keypair.type());
        row.setPublicKey(keypair.publicKey());
        row.setFingerprint(keypair.fingerprint());
        row.setCreatedAt(keypair.createdAt());
        return tx.sql().insertInto(KEYPAIR).set(row).onConflictDoNothing().execute() > 0;
    }

    public boolean delete(Tx tx, UserId user, String name) {
        return tx.sql()
                        .deleteFrom(KEYPAIR)
                        .where(KEYPAIR.USER_ID.eq(user.value()), KEYPAIR.NAME.eq(name))
                        .execute()
                > 0;
    }

    /**
     * How many a user has, counted under a lock of the user's: two requests cannot both make the
     * last one.
     */
    public int count(Tx tx, UserId user) {
        tx.sql()
                .execute(
                        "select pg_advisory_xact_lock(hashtextextended({0}, 7))",
                        DSL.val("keypairs " + user.value()));
        return tx.sql().fetchCount(KEYPAIR, KEYPAIR.USER_ID.eq(user.value()));
    }

    private static Keypair keypair(KeypairRecord row) {
        return new Keypair(
                row.getNumber(),
                new UserId(row.getUserId()),
                row.getName(),
                row.getType(),
                row.getPublicKey(),
                row.getFingerprint(),
                row.getCreatedAt());
    }
}
