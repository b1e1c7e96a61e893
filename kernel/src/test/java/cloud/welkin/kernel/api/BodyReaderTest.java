package cloud.welkin.kernel.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BodyReaderTest {
    record Request(Thing thing) {}

    record Thing(
            @Length(min = 1, max = 5) String name,
            @Between(min = 0, max = 10) Optional<Integer> size,
            Optional<Long> big,
            Optional<Boolean> on,
            Optional<Double> ratio,
            Optional<UUID> id,
            @OneOf({"a", "b"}) Optional<String> kind,
            @Matches("[a-z]+") Optional<String> word,
            @Items(max = 2) @Length(max = 3) Optional<List<String>> tags,
            Optional<Map<String, String>> metadata,
            Optional<List<Part>> parts,
            Optional<JsonNode> free) {}

    record Part(String what) {}

    record Change(Patch thing) {}

    record Patch(
            @Length(max = 5) Field<String> name,
            Field<Integer> size,
            Field<List<Part>> parts,
            @JsonAnySetter Map<String, JsonNode> extra) {}

    private static final String WITH_NAME = "{'thing': {'name': 'x', %s}}";

    private static Thing read(String json) {
        return ((Request) read(Request.class, json)).thing();
    }

    private static Thing with(String more) {
        return read(String.format(WITH_NAME, more));
    }

    private static Object read(Class<?> type, String json) {
        return read(type, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Object read(Class<?> type, byte[] bytes) {
        Operation operation =
                Operation.post("/things")
                        .openToAll()
                        .doc("A test.")
                        .body(type)
                        .computes((call, body) -> body);
        return BodyReader.read(operation, type, bytes, Versioning.NONE);
    }

    private static String refused(String json) {
        Failure failure = catchThrowableOfType(Failure.class, () -> read(json));
        assertThat(failure).as(json).isNotNull();
        assertThat(failure.kind().status()).isEqualTo(400);
        return failure.text();
    }

    @Test
    void whatIsLeftOutAndWhatIsNullAreBothEmpty() {
        Thing absent = read("{'thing': {'name': 'x'}}");
        Thing none =
                with(
                        "'size': null, 'on': null, 'id': null, 'kind': null, 'tags': null,"
                                + " 'metadata': null, 'parts': null, 'free': null");
        assertThat(absent.size()).isEmpty();
        assertThat(absent.tags()).isEmpty();
        assertThat(absent.free()).isEmpty();
        assertThat(none.size()).isEmpty();
        assertThat(none.id()).isEmpty();
        assertThat(none.parts()).isEmpty();
    }

    @Test
    void everythingInItsPlaceIsRead() {
        Thing thing =
                with(
                        "'size': 10, 'on': true, 'ratio': 1, 'kind': 'b', 'word': 'abc',"
                                + " 'tags': ['p','q'], 'metadata': {'k': 'v'}, 'parts':"
                                + " [{'what': 'w'}], 'free': {'any': [1, 'x', null]}");
        assertThat(thing.size()).contains(10);
        assertThat(thing.ratio()).contains(1.0);
        assertThat(thing.parts().orElseThrow()).containsExactly(new Part("w"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'size': '5'",
                "'size': 5.0",
                "'size': 5.5",
                "'size': true",
                "'size': ''",
                "'size': [5]",
                "'size': {}",
                "'big': '5'",
                "'on': 'true'",
                "'on': 1",
                "'on': 0",
                "'on': ''",
                "'ratio': '1.5'",
                "'ratio': true",
                "'kind': 5",
                "'kind': true",
                "'kind': 1.5",
                "'kind': ['a']",
                "'kind': {}",
                "'id': 5",
                "'id': 'nonsense'",
                "'tags': 'p'",
                "'tags': {'0': 'p'}",
                "'tags': [1]",
                "'tags': [null]",
                "'tags': [['p']]",
                "'metadata': []",
                "'metadata': {'k': 1}",
                "'metadata': {'k': {}}",
                "'metadata': {'k': true}",
                "'parts': {}",
                "'parts': ['x']",
                "'parts': [null]",
                "'parts': [[]]"
            })
    void aValueOfTheWrongTypeIsRefused(String more) {
        refused(String.format(WITH_NAME, more));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "5",
                "'x'",
                "true",
                "[]",
                "[{}]",
                "{",
                "{'thing': ",
                "{}",
                "{'thing': null}",
                "{'thing': []}",
                "{'thing': 'x'}",
                "{'thing': {}}",
                "{'thing': {'name': null}}",
                "{'thing': {'name': 'x'}} {}",
                "{'thing': {'name': 'x'}} x",
                "{'Thing': {'name': 'x'}}",
                "{thing: {}}",
                "{'thing': {'name': NaN}}",
                "// x\n{}"
            })
    void aBodyThatIsNoSuchObjectIsRefused(String json) {
        refused(json);
    }

    @Test
    void theWrongFieldIsNamed() {
        assertThat(refused("{'thing': {'name': 'x', 'colour': 1}}"))
                .contains("thing.colour")
                .contains("was unexpected");
        assertThat(refused("{'thing': {'name': 'x', 'parts': [{'what': 'w', 'x': 1}]}}"))
                .contains("thing.parts.0.x");
        assertThat(refused("{'thing': {'name': 'x', 'size': 'y'}}")).contains("thing.size");
        assertThat(refused("{'thing': {}}")).isEqualTo("'thing.name' is a required property");
        assertThat(refused("{'thing': {'name': 'x', 'parts': [{}]}}"))
                .contains("'thing.parts.0.what' is a required property");
    }

    @Test
    void lengthsAreCountedInCharactersNotInUtf16() {
        assertThat(read("{'thing': {'name': '😀😀😀😀😀'}}").name()).hasSize(10);
        assertThat(refused("{'thing': {'name': '😀😀😀😀😀😀'}}")).contains("too long");
        assertThat(refused("{'thing': {'name': ''}}")).contains("too short");
        assertThat(refused(String.format(WITH_NAME, "'tags': ['abcd']"))).contains("tags.0");
        assertThat(refused(String.format(WITH_NAME, "'tags': ['a','b','c']"))).contains("3 items");
    }

    @Test
    void numbersAreHeldToTheirRange() {
        assertThat(refused(String.format(WITH_NAME, "'size': 11"))).contains("maximum of 10");
        assertThat(refused(String.format(WITH_NAME, "'size': -1"))).contains("minimum of 0");
        refused(String.format(WITH_NAME, "'size': 2147483648"));
        refused(String.format(WITH_NAME, "'big': 9223372036854775808"));
        refused(String.format(WITH_NAME, "'size': 1e10"));
        refused(String.format(WITH_NAME, "'ratio': 1e999"));
        refused(String.format(WITH_NAME, "'size': " + "9".repeat(500)));
        refused(String.format(WITH_NAME, "'free': {'n': 1e999}"));
        refused(String.format(WITH_NAME, "'free': " + "9".repeat(500)));
        assertThat(with("'big': 9223372036854775807").big()).contains(Long.MAX_VALUE);
    }

    @Test
    void whatTheDatabaseCannotStoreIsRefusedWhereverItStands() {
        for (String bad : List.of("\\u0000", "\\ud800", "\\udc00x", "a\\ud83d")) {
            refused("{'thing': {'name': '" + bad + "'}}");
            refused(String.format(WITH_NAME, "'tags': ['" + bad + "']"));
            refused(String.format(WITH_NAME, "'metadata': {'" + bad + "': 'v'}"));
            refused(String.format(WITH_NAME, "'metadata': {'k': '" + bad + "'}"));
            refused(String.format(WITH_NAME, "'free': '" + bad + "'"));
            refused(String.format(WITH_NAME, "'free': {'a': [{'" + bad + "': 1}]}"));
            refused(String.format(WITH_NAME, "'free': [['" + bad + "']]"));
        }
        assertThat(with("'free': '\\ud83d\\ude00'").free().orElseThrow().asString())
                .isEqualTo("😀");
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        byte[] bytes = "{\"thing\": {\"name\": \"xxx\"}}".getBytes(StandardCharsets.UTF_8);
        for (int[] bad : new int[][] {{0xff, 0xfe}, {0xc0, 0x80}, {0xed, 0xa0}, {0xe2, 0x28}}) {
            bytes[20] = (byte) bad[0];
            bytes[21] = (byte) bad[1];
            Failure failure = catchThrowableOfType(Failure.class, () -> read(Request.class, bytes));
            assertThat(failure).isNotNull();
            assertThat(failure.kind().status()).isEqualTo(400);
        }
    }

    @Test
    void depthBombsAreRefused() {
        refused(String.format(WITH_NAME, "'free': " + "[".repeat(100_000)));
        refused(String.format(WITH_NAME, "'free': " + "{'a':".repeat(100_000)));
        refused("[".repeat(100_000));
        refused(String.format(WITH_NAME, "'unknown': " + "[".repeat(200) + "]".repeat(200)));
    }

    @Test
    void theSameFieldTwiceIsRefused() {
        refused("{'thing': {'name': 'x', 'name': 'y'}}");
        refused(String.format(WITH_NAME, "'free': {'a': 1, 'a': 2}"));
    }

    @Test
    void wordsAndPatternsAreChecked() {
        assertThat(refused(String.format(WITH_NAME, "'kind': 'c'"))).contains("not one of");
        assertThat(refused(String.format(WITH_NAME, "'word': 'abc\\n'"))).contains("match");
    }

    @Test
    void aFieldTellsAbsentFromNullFromValue() {
        Patch patch =
                ((Change) read(Change.class, "{'thing': {'size': null, 'name': 'x', 'own': 5}}"))
                        .thing();
        assertThat(patch.name()).isEqualTo(Field.of("x"));
        assertThat(patch.size()).isEqualTo(new Field.Null<>());
        assertThat(patch.parts()).isEqualTo(Field.absent());
        assertThat(patch.extra()).containsOnlyKeys("own");
        Patch empty = ((Change) read(Change.class, "{'thing': {}}")).thing();
        assertThat(empty.name().isPresent()).isFalse();
        assertThat(empty.size().isPresent()).isFalse();
    }

    @Test
    void whatAFieldHoldsIsCheckedToo() {
        for (String wrong :
                List.of(
                        "'name': 'toolong'",
                        "'name': 5",
                        "'name': '\\u0000'",
                        "'size': 'x'",
                        "'size': 1.5",
                        "'parts': [{}]",
                        "'parts': [null]",
                        "'own': '\\u0000'",
                        "'\\u0000': 1",
                        "'own': {'a': ['\\ud800']}")) {
            String json = "{'thing': {" + wrong + "}}";
            Failure failure = catchThrowableOfType(Failure.class, () -> read(Change.class, json));
            assertThat(failure).as(json).isNotNull();
            assertThat(failure.kind().status()).isEqualTo(400);
        }
    }
}
