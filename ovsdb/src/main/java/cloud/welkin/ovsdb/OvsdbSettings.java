package cloud.welkin.ovsdb;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client connects to and what it keeps a replica of.
 *
 * @param remotes servers of the same database, tried in turn
 * @param tables the columns to replicate of each table; an empty list means all of them
 * @param patience how long {@link Ovsdb#open}, calls and transactions may take unless told
 *     otherwise
 * @param probe after this silence the server is asked for an echo; after twice this the connection
 *     is given up
 */
public record OvsdbSettings(
        List<Remote> remotes,
        String database,
        Map<String, List<String>> tables,
        Duration patience,
        Duration probe,
        Duration firstBackoff,
        Duration longestBackoff) {

    public OvsdbSettings {
        remotes = List.copyOf(remotes);
        tables = Map.copyOf(tables);
        if (remotes.isEmpty()) {
            throw new IllegalArgumentException("no remote");
        }
    }

    public static OvsdbSettings of(Remote remote, String database) {
        return new OvsdbSettings(
                List.of(remote),
                database,
                Map.of(),
                Duration.ofSeconds(30),
                Duration.ofSeconds(20),
                Duration.ofMillis(50),
                Duration.ofSeconds(2));
    }

    /** Adds a table to the replica. */
    public OvsdbSettings replicating(String table, String... columns) {
        var more = new LinkedHashMap<>(tables);
        more.put(table, List.of(columns));
        return new OvsdbSettings(
                remotes, database, more, patience, probe, firstBackoff, longestBackoff);
    }

    public OvsdbSettings withPatience(Duration longest) {
        return new OvsdbSettings(
                remotes, database, tables, longest, probe, firstBackoff, longestBackoff);
    }

    public OvsdbSettings withProbe(Duration silence) {
        return new OvsdbSettings(
                remotes, database, tables, patience, silence, firstBackoff, longestBackoff);
    }
}
