package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.METADATA_AGENT;

import cloud.welkin.database.Tx;
import java.time.Instant;
import java.util.Map;

/** When each host last asked for its metadata proxies: what tells that it keeps them. */
public final class MetadataAgentStore {
    public void asked(Tx tx, String host, Instant now) {
        tx.sql()
                .insertInto(METADATA_AGENT, METADATA_AGENT.HOST, METADATA_AGENT.SEEN_AT)
                .values(host, now)
                .onConflict(METADATA_AGENT.HOST)
                .doUpdate()
                .set(METADATA_AGENT.SEEN_AT, now)
                .execute();
    }

    /** By the host's name. */
    public Map<String, Instant> seen(Tx tx) {
        return tx.sql()
                .selectFrom(METADATA_AGENT)
                .fetchMap(
                        row -> Rows.get(row, METADATA_AGENT.HOST),
                        row -> Rows.get(row, METADATA_AGENT.SEEN_AT));
    }
}
