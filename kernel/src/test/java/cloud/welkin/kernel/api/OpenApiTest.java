package cloud.welkin.kernel.api;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenApiTest {
    enum Colour {
        RED,
        GREEN
    }

    record Create(NewThing thing) {}

    record NewThing(
            @Length(min = 1, max = 255) String displayName,
            @Between(min = 0, max = 9) Optional<Integer> size,
            @OneOf({"a", "b"}) Field<String> kind,
            Optional<List<UUID>> parts,
            Optional<Colour> colour,
            Map<String, String> metadata,
            Optional<NewThing> inside,
            @JsonAnySetter Map<String, JsonNode> extra) {}

    private final Api api =
            new Api(
                    "things",
                    "/things/v1",
                    false,
                    Optional.of(
                            new Versioning(
                                    "things",
                                    Microversion.of("1.1"),
                                    Microversion.of("1.9"),
                                    Optional.empty())),
                    ErrorForm.neutron(),
                    1000,
                    List.of(
                            Operation.post("/things")
                                    .policy("things:create")
                                    .doc("Creates a thing.")
                                    .since("1.2")
                                    .body(Create.class)
                                    .replies(Create.class)
                                    .computes((call, body) -> body),
                            Operation.get("/things/{thing_id}")
                                    .policy("things:get")
                                    .doc("Shows a thing.")
                                    .params(Param.integer("limit", "At most so many."))
                                    .reads((call, tx) -> ""),
                            Operation.get("/old")
                                    .openToAll()
                                    .doc("Old.")
                                    .until("1.3")
                                    .reads((c, t) -> ""),
                            Operation.get("/old")
                                    .openToAll()
                                    .doc("New.")
                                    .since("1.4")
                                    .reads((c, t) -> ""),
                            Operation.method("COPY", "/objects/{key...}", 201)
                                    .policy("things:create")
                                    .doc("Copies.")
                                    .streams((call, exchange) -> {})),
                    List.of(
                            PolicyRule.of("things:create", "role:member", "…"),
                            PolicyRule.of("things:get", "", "…")));

    private final JsonNode document = OpenApi.of(api);

    @Test
    void everyOperationStandsUnderItsPathWithVersionsAndRule() {
        JsonNode create = document.at("/paths/~1things/post");
        assertThat(create.at("/summary").asString()).isEqualTo("Creates a thing.");
        assertThat(create.at("/x-openstack-min-version").asString()).isEqualTo("1.2");
        assertThat(create.at("/x-openstack-policy").asString()).isEqualTo("things:create");
        assertThat(create.at("/responses").propertyNames()).containsExactly("201", "default");
        assertThat(
                        document.at("/paths/~1things~1{thing_id}/get/parameters")
                                .findValuesAsString("name"))
                .containsExactly("thing_id", "limit");
        assertThat(document.at("/paths/~1objects~1{key}").has("x-method-copy")).isTrue();
    }

    @Test
    void theNewestOfTwoLivesIsDescribedAndTheOlderBesideIt() {
        JsonNode old = document.at("/paths/~1old/get");
        assertThat(old.at("/summary").asString()).isEqualTo("New.");
        assertThat(old.at("/x-openstack-older/0/summary").asString()).isEqualTo("Old.");
        assertThat(old.at("/security").isEmpty()).isTrue();
    }

    @Test
    void recordsAreSchemasWithTheirChecks() {
        JsonNode thing = document.at("/components/schemas/NewThing");
        assertThat(thing.at("/required").valueStream().map(JsonNode::asString))
                .containsExactly("display_name", "metadata");
        assertThat(thing.at("/properties/display_name/maxLength").asInt()).isEqualTo(255);
        assertThat(thing.at("/properties/size/maximum").asInt()).isEqualTo(9);
        assertThat(thing.at("/properties/size/type").valueStream().map(JsonNode::asString))
                .containsExactly("integer", "null");
        assertThat(thing.at("/properties/kind/anyOf/0/enum").size()).isEqualTo(2);
        assertThat(thing.at("/properties/parts/items/format").asString()).isEqualTo("uuid");
        assertThat(thing.at("/properties/colour/anyOf/0/enum/0").asString()).isEqualTo("RED");
        assertThat(thing.at("/properties/metadata/additionalProperties/type").asString())
                .isEqualTo("string");
        assertThat(thing.at("/properties/inside/anyOf/0/$ref").asString())
                .isEqualTo("#/components/schemas/NewThing");
        assertThat(thing.at("/properties").has("extra")).isFalse();
        assertThat(thing.at("/additionalProperties").asBoolean()).isTrue();
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = references(document).toList();
        assertThat(references).isNotEmpty();
        for (String reference : references) {
            assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
        }
        assertThat(
                        document.at("/components/responses/Error/content/application~1json/example")
                                .has("NeutronError"))
                .isTrue();
    }

    private static Stream<String> references(JsonNode node) {
        Stream<String> own =
                node.has("$ref") ? Stream.of(node.get("$ref").asString()) : Stream.empty();
        return Stream.concat(own, node.valueStream().flatMap(OpenApiTest::references));
    }

    @Test
    void thePolicyTableSaysWhoMayDoWhat() {
        String table = OpenApi.policyTable(api, Policy.of(api.rules(), Map.of()));
        assertThat(table)
                .contains(
                        "| `POST /things/v1/things` | `things:create` | `role:member` | Creates a thing. |")
                .contains(
                        "| `GET /things/v1/things/{thing_id}` | `things:get` | any token | Shows a thing. |")
                .contains("| `GET /things/v1/old` |  | open to all | Old. |");
    }
}
