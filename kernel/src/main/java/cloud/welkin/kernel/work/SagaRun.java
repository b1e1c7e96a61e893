package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The context of one run of one step. */
final class SagaRun<I> implements SagaContext<I> {

    private final Database database;
    private final SagaStore store;
    private final SagaJson json;
    private final SagaRow row;
    private final I input;
    private final Map<String, JsonNode> notebook;
    private final Optional<Instant> deadline;
    private final boolean ending;

    SagaRun(
            Database database,
            SagaStore store,
            SagaJson json,
            SagaRow row,
            Class<I> inputType,
            Optional<Instant> deadline,
            boolean ending) {
        this.database = database;
        this.store = store;
        this.json = json;
        this.row = row;
        this.input = json.read(row.input(), inputType);
        this.notebook = json.notebook(row.notebook());
        this.deadline = deadline;
        this.ending = ending;
    }

    @Override
    public SagaId id() {
        return row.id();
    }

    @Override
    public Subject subject() {
        return row.subject();
    }

    @Override
    public I input() {
        return input;
    }

    @Override
    public int attempt() {
        return row.attempt();
    }

    @Override
    public Optional<Instant> deadline() {
        return deadline;
    }

    @Override
    public void remember(String key, Object value) {
        if (ending) {
            throw new IllegalStateException(
                    "Nothing is remembered by a saga that ends: write to the transaction");
        }
        String text = json.write(value);
        boolean noted = database.write(tx -> store.note(tx, row.id(), row.revision(), key, text));
        if (!noted) {
            throw new Superseded(row.id());
        }
        synchronized (notebook) {
            notebook.put(key, json.tree(value));
        }
    }

    @Override
    public <V> Optional<V> recall(String key, Class<V> type) {
        synchronized (notebook) {
            return Optional.ofNullable(notebook.get(key)).map(node -> json.convert(node, type));
        }
    }

    @Override
    public Database database() {
        return database;
    }
}
