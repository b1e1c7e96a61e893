package cloud.welkin.identity.store;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.json.Json;
import java.util.Map;
import org.jooq.JSONB;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/** What the stores of this service share. */
public final class Rows {
    /** The longest list that is answered in one piece. */
    public static final int MOST = 1000;

    private static final TypeReference<Map<String, JsonNode>> EXTRA = new TypeReference<>() {};

    private Rows() {}

    /** Whoever else locks what is called so waits for the end of the transaction. */
    static void lock(Tx tx, String what) {
        tx.sql().fetch("select pg_advisory_xact_lock(hashtextextended(?, 0))", what);
    }

    static JSONB json(Map<String, JsonNode> extra) {
        return JSONB.valueOf(Json.text(extra));
    }

    static Map<String, JsonNode> extra(JSONB json) {
        return json.data().equals("{}") ? Map.of() : Json.mapper().readValue(json.data(), EXTRA);
    }
}
