package cloud.welkin.ovsdb;

import cloud.welkin.ovsdb.Value.Atom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Between values, operations and results here and their JSON (RFC 7047, section 5). */
final class Wire {

    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Wire() {}

    static JsonNode json(Value value) {
        return switch (value) {
            case Value.Text(var text) -> NODES.stringNode(text);
            case Value.Whole(var number) -> NODES.numberNode(number);
            case Value.Real(var number) -> NODES.numberNode(number);
            case Value.Truth(var truth) -> NODES.booleanNode(truth);
            case Value.Ref(var id) -> NODES.arrayNode().add("uuid").add(id.toString());
            case Value.NamedRef(var name) -> NODES.arrayNode().add("named-uuid").add(name);
            case Value.SetOf(var atoms) -> {
                var elements = NODES.arrayNode(atoms.size());
                atoms.forEach(atom -> elements.add(json(atom)));
                yield NODES.arrayNode().add("set").add(elements);
            }
            case Value.MapOf(var pairs) -> {
                var elements = NODES.arrayNode(pairs.size());
                pairs.forEach(
                        (key, each) ->
                                elements.add(NODES.arrayNode().add(json(key)).add(json(each))));
                yield NODES.arrayNode().add("map").add(elements);
            }
        };
    }

    static ObjectNode json(Map<String, Value> row) {
        var object = NODES.objectNode();
        row.forEach((column, value) -> object.set(column, json(value)));
        return object;
    }

    static ObjectNode json(Operation operation) {
        return switch (operation) {
            case Operation.Insert insert -> {
                var object = operation("insert", insert.table());
                insert.name().ifPresent(name -> object.put("uuid-name", name));
                yield object.set("row", json(insert.row()));
            }
            case Operation.Select select -> {
                var object =
                        operation("select", select.table())
                                .set("where", conditions(select.where()));
                if (!select.columns().isEmpty()) {
                    object.set("columns", texts(select.columns()).add("_uuid"));
                }
                yield object;
            }
            case Operation.Update update ->
                    operation("update", update.table())
                            .set("where", conditions(update.where()))
                            .set("row", json(update.row()));
            case Operation.Mutate mutate -> {
                var mutations = NODES.arrayNode();
                for (var each : mutate.mutations()) {
                    mutations.add(
                            NODES.arrayNode()
                                    .add(each.column())
                                    .add(each.mutator().word)
                                    .add(json(each.value())));
                }
                yield operation("mutate", mutate.table())
                        .set("where", conditions(mutate.where()))
                        .set("mutations", mutations);
            }
            case Operation.Delete delete ->
                    operation("delete", delete.table()).set("where", conditions(delete.where()));
            case Operation.Wait wait -> {
                var rows = NODES.arrayNode();
                wait.rows().forEach(row -> rows.add(json(row)));
                yield operation("wait", wait.table())
                        .put("timeout", wait.timeout().toMillis())
                        .put("until", wait.equal() ? "==" : "!=")
                        .set("where", conditions(wait.where()))
                        .set("columns", texts(wait.columns()))
                        .set("rows", rows);
            }
            case Operation.Comment(var text) ->
                    NODES.objectNode().put("op", "comment").put("comment", text);
        };
    }

    private static ObjectNode operation(String op, String table) {
        return NODES.objectNode().put("op", op).put("table", table);
    }

    private static ArrayNode conditions(List<Condition> where) {
        var conditions = NODES.arrayNode();
        for (var each : where) {
            conditions.add(
                    NODES.arrayNode()
                            .add(each.column())
                            .add(each.test().word)
                            .add(json(each.value())));
        }
        return conditions;
    }

    static ArrayNode texts(List<String> texts) {
        var array = NODES.arrayNode();
        texts.forEach(array::add);
        return array;
    }

    static Value value(JsonNode json) {
        if (json.isArray() && json.size() == 2 && json.get(1).isArray()) {
            if (json.get(0).asString().equals("set")) {
                var atoms = new ArrayList<Atom>(json.get(1).size());
                json.get(1).forEach(element -> atoms.add(atom(element)));
                return Value.set(atoms);
            }
            var pairs = new LinkedHashMap<Atom, Atom>();
            json.get(1).forEach(pair -> pairs.put(atom(pair.get(0)), atom(pair.get(1))));
            return new Value.MapOf(pairs);
        }
        return atom(json);
    }

    private static Atom atom(JsonNode json) {
        if (json.isString()) {
            return Value.of(json.stringValue());
        }
        if (json.isIntegralNumber()) {
            return Value.of(json.longValue());
        }
        if (json.isNumber()) {
            return Value.real(json.doubleValue());
        }
        if (json.isBoolean()) {
            return Value.of(json.booleanValue());
        }
        if (json.isArray() && json.size() == 2 && json.get(0).asString().equals("uuid")) {
            return Value.of(RowId.of(json.get(1).asString()));
        }
        throw new OvsdbException.Incompatible("not a value: " + json);
    }

    /** A value of a column whose type is known: servers write whole reals as integers. */
    static Value value(Schema.Column column, JsonNode json) {
        var value = value(json);
        return column.kind() == Schema.Kind.REAL && value instanceof Value.Whole(var number)
                ? Value.real((double) number)
                : value;
    }

    static Schema schema(JsonNode json) {
        var tables = new LinkedHashMap<String, Map<String, Schema.Column>>();
        for (var table : json.path("tables").properties()) {
            var columns = new LinkedHashMap<String, Schema.Column>();
            for (var column : table.getValue().path("columns").properties()) {
                columns.put(column.getKey(), column(column.getValue().path("type")));
            }
            tables.put(table.getKey(), Map.copyOf(columns));
        }
        return new Schema(
                json.path("name").asString(""),
                json.path("version").asString(""),
                Map.copyOf(tables));
    }

    private static Schema.Column column(JsonNode type) {
        var key = type.isString() ? type : type.path("key");
        var kind =
                Schema.Kind.valueOf(
                        (key.isString() ? key : key.path("type"))
                                .asString("")
                                .toUpperCase(java.util.Locale.ROOT));
        var max = type.path("max");
        boolean many = max.isString() || max.asInt(1) > 1;
        return new Schema.Column(kind, type.has("value"), type.path("min").asInt(1) == 0, many);
    }

    static List<Result> results(List<Operation> operations, JsonNode answers, Schema schema) {
        int index = 0;
        for (var answer : answers) {
            if (answer.hasNonNull("error")) {
                throw refusal(index, operations, answer);
            }
            index++;
        }
        if (answers.size() < operations.size()) {
            throw new OvsdbException.Incompatible(
                    "%d answers to %d operations".formatted(answers.size(), operations.size()));
        }
        var results = new ArrayList<Result>(operations.size());
        for (int i = 0; i < operations.size(); i++) {
            results.add(result(operations.get(i), answers.get(i), schema));
        }
        return results;
    }

    private static Result result(Operation operation, JsonNode answer, Schema schema) {
        return switch (operation) {
            case Operation.Insert insert ->
                    new Result.Inserted(RowId.of(answer.path("uuid").path(1).asString()));
            case Operation.Select select -> {
                var rows = new ArrayList<Row>();
                answer.path("rows").forEach(row -> rows.add(row(select.table(), row, schema)));
                yield new Result.Selected(rows);
            }
            case Operation.Update update -> new Result.Counted(answer.path("count").asLong(0));
            case Operation.Mutate mutate -> new Result.Counted(answer.path("count").asLong(0));
            case Operation.Delete delete -> new Result.Counted(answer.path("count").asLong(0));
            case Operation.Wait wait -> new Result.Done();
            case Operation.Comment comment -> new Result.Done();
        };
    }

    private static Row row(String table, JsonNode json, Schema schema) {
        var columns = new LinkedHashMap<String, Value>();
        for (var column : json.properties()) {
            schema.column(table, column.getKey())
                    .ifPresent(
                            type -> columns.put(column.getKey(), value(type, column.getValue())));
        }
        return new Row(RowId.of(json.path("_uuid").path(1).asString()), columns);
    }

    private static OvsdbRefusal refusal(int index, List<Operation> operations, JsonNode answer) {
        var word = answer.path("error").asString("");
        var where =
                index < operations.size()
                        ? "operation %d (%s)"
                                .formatted(index, operations.get(index).getClass().getSimpleName())
                        : "commit";
        return new OvsdbRefusal(
                OvsdbRefusal.Reason.of(word),
                index,
                "%s: %s: %s".formatted(where, word, answer.path("details").asString("")));
    }

    /**
     * The error of a whole call: an object with {@code error} and {@code details}, or any other
     * JSON.
     */
    static OvsdbRefusal refusal(JsonNode error) {
        var word = error.isString() ? error.asString() : error.path("error").asString("");
        var details = error.path("details").asString(error.toString());
        return new OvsdbRefusal(OvsdbRefusal.Reason.of(word), 0, word + ": " + details);
    }
}
