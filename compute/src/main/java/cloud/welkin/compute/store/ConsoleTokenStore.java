package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.CONSOLE_TOKEN;

import cloud.welkin.database.Tx;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Tokens that open a server's console for a while; only their hashes are kept. */
public final class ConsoleTokenStore {
    public void insert(Tx tx, String hash, UUID server, String type, Instant expiresAt) {
        tx.sql()
                .insertInto(
                        CONSOLE_TOKEN,
                        CONSOLE_TOKEN.TOKEN_HASH,
                        CONSOLE_TOKEN.SERVER_ID,
                        CONSOLE_TOKEN.TYPE,
                        CONSOLE_TOKEN.EXPIRES_AT)
                .values(hash, server, type, expiresAt)
                .execute();
    }

    public Optional<UUID> serverOf(Tx tx, String hash, Instant now) {
        return tx.sql()
                .select(CONSOLE_TOKEN.SERVER_ID)
                .from(CONSOLE_TOKEN)
                .where(CONSOLE_TOKEN.TOKEN_HASH.eq(hash), CONSOLE_TOKEN.EXPIRES_AT.gt(now))
                .fetchOptional(CONSOLE_TOKEN.SERVER_ID);
    }

    public void revoke(Tx tx, UUID server) {
        tx.sql().deleteFrom(CONSOLE_TOKEN).where(CONSOLE_TOKEN.SERVER_ID.eq(server)).execute();
    }

    public int forget(Tx tx, Instant before) {
        return tx.sql()
                .deleteFrom(CONSOLE_TOKEN)
                .where(CONSOLE_TOKEN.EXPIRES_AT.lt(before))
                .execute();
    }
}
