package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class JsonHomeTest {
    private static final String ROOT = "https://docs.openstack.org/api/openstack-identity/3/";
    private static final String HOME = "application/json-home";

    private final Keystone keystone = new Keystone();

    @AfterEach
    void close() {
        keystone.close();
    }

    /** A resource, whatever its variables are called: these are the client's to fill in. */
    private record Resource(String path, List<String> variables, String status) {}

    @Test
    void everyResourceThatIsServedHasKeystonesRelationAndThereAreNoOthers() {
        Set<String> served =
                keystone.service.apis().stream()
                        .filter(api -> api.path().equals(Keystone.V3))
                        .flatMap(api -> api.operations().stream())
                        .map(operation -> KeystoneReferenceTest.shape(operation.path().text()))
                        .collect(Collectors.toSet());
        Map<String, Resource> expected = new HashMap<>();
        for (String line : KeystoneReferenceTest.lines("/keystone-json-home.txt")) {
            List<String> words = List.of(line.split(" "));
            String path = KeystoneReferenceTest.shape(words.get(1));
            if (served.contains(path)) {
                expected.put(ROOT + words.getFirst(), resource(path, words));
            }
        }
        Map<String, Resource> told = new HashMap<>();
        home(Keystone.V3)
                .properties()
                .forEach(entry -> told.put(entry.getKey(), resource(entry.getValue())));
        assertThat(told).isEqualTo(expected).hasSizeGreaterThan(100);
    }

    @Test
    void pathsBeginWithTheVersionWhereTheVersionsAreListed() {
        JsonNode tokens = home("/identity").get(ROOT + "rel/auth_tokens");
        assertThat(tokens.get("href").asString()).isEqualTo("/v3/auth/tokens");
    }

    @Test
    void onlyThoseWhoLikeItBestAreToldOfResources() {
        assertThat(accepted("application/json")).isEqualTo("application/json");
        assertThat(accepted("*/*")).isEqualTo("application/json");
        assertThat(accepted("text/html")).isEqualTo("application/json");
        assertThat(accepted("application/json-home;q=0.5, application/json"))
                .isEqualTo("application/json");
        assertThat(accepted("application/json;q=0.4, application/json-home;q=0.9")).isEqualTo(HOME);
        assertThat(accepted("application/json-home, */*;q=0.1")).isEqualTo(HOME);
        assertThat(accepted("application/json;q=0, application/*")).isEqualTo(HOME);
        assertThat(accepted("nonsense;;q=x,,")).isEqualTo("application/json");
    }

    private String accepted(String accept) {
        var response = keystone.api.get(Keystone.V3).header("Accept", accept).send().expect(200);
        return String.valueOf(response.headers().get("content-type"));
    }

    private JsonNode home(String path) {
        var response = keystone.api.get(path).header("Accept", HOME).send().expect(200);
        assertThat(response.headers().get("content-type")).isEqualTo(HOME);
        return response.json().get("resources");
    }

    private static Resource resource(String path, List<String> words) {
        Set<String> status = new HashSet<>();
        List<String> variables =
                words.stream()
                        .skip(2)
                        .map(word -> word.split("=", 2))
                        .filter(pair -> !pair[0].equals("status") || !status.add(pair[1]))
                        .map(pair -> ROOT + pair[1])
                        .sorted()
                        .toList();
        return new Resource(path, variables, String.join("", status));
    }

    private static Resource resource(JsonNode told) {
        boolean plain = told.has("href");
        String path = told.get(plain ? "href" : "href-template").asString();
        List<String> variables =
                plain
                        ? List.of()
                        : told.get("href-vars").values().stream()
                                .map(JsonNode::asString)
                                .sorted()
                                .toList();
        if (!plain) {
            Set<String> names = new TreeSet<>();
            Arrays.stream(path.split("[{}]"))
                    .filter(part -> !part.contains("/"))
                    .forEach(names::add);
            names.remove("");
            assertThat(told.get("href-vars").propertyNames())
                    .containsExactlyInAnyOrderElementsOf(names);
        }
        return new Resource(
                KeystoneReferenceTest.shape(path),
                variables,
                told.at("/hints/status").asString(""));
    }
}
