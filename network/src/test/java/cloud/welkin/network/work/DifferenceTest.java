package cloud.welkin.network.work;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.network.work.DesiredRow.Draft;
import cloud.welkin.network.work.DesiredRow.To;
import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Row;
import cloud.welkin.ovsdb.RowId;
import cloud.welkin.ovsdb.Value;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    private static final RowId ONE = new RowId(UUID.randomUUID());
    private static final RowId TWO = new RowId(UUID.randomUUID());
    private static final RowId STRANGE = new RowId(UUID.randomUUID());

    private static DesiredRow desiredSwitch(String... ports) {
        return new Draft("Logical_Switch", "s")
                .with("name", "s")
                .refs(
                        "ports",
                        List.of(ports).stream()
                                .map(name -> new To("Logical_Switch_Port", name))
                                .toList())
                .done();
    }

    private static DesiredRow desiredPort(String key, String type) {
        return new Draft("Logical_Switch_Port", key).with("type", type).done();
    }

    private static Value mark(String key) {
        return Value.map(Map.of(DesiredRow.MARK, key));
    }

    private static Row switchRow(Value ports) {
        return new Row(
                ONE, Map.of("name", Value.of("s"), "ports", ports, "external_ids", mark("s")));
    }

    private static Row portRow(RowId id, String key, String type) {
        return new Row(id, Map.of("type", Value.of(type), "external_ids", mark(key)));
    }

    @Test
    void whatIsMissingIsInsertedWithItsReferencesByName() {
        var operations =
                Difference.between(
                        List.of(desiredPort("p", ""), desiredSwitch("p")),
                        Map.of("Logical_Switch", List.of()));
        assertThat(operations).hasSize(2).allMatch(each -> each instanceof Operation.Insert);
        assertThat(((Operation.Insert) operations.get(1)).row())
                .containsEntry("ports", Value.named("row0"));
    }

    @Test
    void whatIsAsItShallBeIsLeftAlone() {
        var operations =
                Difference.between(
                        List.of(desiredPort("p", ""), desiredSwitch("p")),
                        Map.of(
                                "Logical_Switch", List.of(switchRow(Value.of(TWO))),
                                "Logical_Switch_Port", List.of(portRow(TWO, "p", ""))));
        assertThat(operations).isEmpty();
    }

    @Test
    void onlyTheColumnsThatDifferAreWritten() {
        var operations =
                Difference.between(
                        List.of(desiredPort("p", "router"), desiredSwitch("p")),
                        Map.of(
                                "Logical_Switch", List.of(switchRow(Value.of(TWO))),
                                "Logical_Switch_Port", List.of(portRow(TWO, "p", ""))));
        assertThat(operations)
                .containsExactly(
                        new Operation.Update(
                                "Logical_Switch_Port", TWO, Map.of("type", Value.of("router"))));
    }

    @Test
    void aStrangersRowOnOneOfOursIsLetGo() {
        var operations =
                Difference.between(
                        List.of(desiredPort("p", ""), desiredSwitch("p")),
                        Map.of(
                                "Logical_Switch",
                                        List.of(switchRow(Value.refs(List.of(TWO, STRANGE)))),
                                "Logical_Switch_Port", List.of(portRow(TWO, "p", ""))));
        assertThat(operations).hasSize(1).allMatch(each -> each instanceof Operation.Mutate);
    }

    @Test
    void aStrangersOwnRowStays() {
        Row foreign =
                new Row(
                        STRANGE,
                        Map.of("name", Value.of("theirs"), "external_ids", Value.map(Map.of())));
        assertThat(Difference.between(List.of(), Map.of("Logical_Switch", List.of(foreign))))
                .isEmpty();
    }

    @Test
    void whatIsNoLongerWantedAndWhatIsThereTwiceGoes() {
        assertThat(
                        Difference.between(
                                List.of(),
                                Map.of("Logical_Switch", List.of(switchRow(Value.none())))))
                .containsExactly(new Operation.Delete("Logical_Switch", ONE));
        Row twin = new Row(TWO, switchRow(Value.none()).columns());
        assertThat(
                        Difference.between(
                                List.of(desiredSwitch()),
                                Map.of("Logical_Switch", List.of(switchRow(Value.none()), twin))))
                .containsExactly(new Operation.Delete("Logical_Switch", TWO));
    }
}
