package cloud.welkin.database;

import java.util.Map;
import java.util.TreeMap;

/**
 * How the embedded server is set up: safe for its data, small when idle, quick for short
 * statements.
 */
final class PostgresSettings {
    private static final int WITH_IO_METHOD = 18;

    private PostgresSettings() {}

    static Map<String, String> with(int major, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>();
        all.put("listen_addresses", "");
        all.put("unix_socket_permissions", "0700");
        all.put("max_connections", "100");
        all.put("shared_buffers", "128MB");
        all.put("effective_cache_size", "1GB");
        all.put("random_page_cost", "1.1");
        all.put("max_wal_size", "1GB");
        all.put("wal_compression", "on");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        // Short statements: both cost more than they bring.
        all.put("jit", "off");
        all.put("max_parallel_workers_per_gather", "0");
        // A transaction whose program hangs must not hold its locks for ever.
        all.put("idle_in_transaction_session_timeout", "5min");
        all.put("log_line_prefix", "%m [%p] ");
        all.put("log_checkpoints", "off");
        all.put("log_min_duration_statement", "-1");
        // Errors of statements are told by the program, which knows whose they are; here they would
        // put tenants' data into a log.
        all.put("log_min_messages", "log");
        all.put("log_min_error_statement", "panic");
        if (major >= WITH_IO_METHOD) {
            // No processes of their own for asynchronous reads: memory, for a small database.
            all.put("io_method", "sync");
        }
        all.putAll(more);
        return all;
    }
}
