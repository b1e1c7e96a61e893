package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What no client should send: every service answers in its own words, with a 4xx, and nothing
 * changes.
 */
@RealCloud
class BadInputTest {
    private static final String NOBODY = "00000000-0000-4000-8000-000000000000";

    /** Where things are made; the wrapper and the body's members without the name. */
    private record Made(String path, String wrapper, String members) {}

    private static final List<Made> MADE =
            List.of(
                    new Made("/identity/v3/projects", "project", ""),
                    new Made("/identity/v3/users", "user", ""),
                    new Made("/identity/v3/roles", "role", ""),
                    new Made("/network/v2.0/networks", "network", ""),
                    new Made(
                            "/network/v2.0/subnets",
                            "subnet",
                            ", \"ip_version\": 4, \"cidr\": \"10.0.0.0/24\", \"network_id\": \""
                                    + NOBODY
                                    + "\""),
                    new Made("/network/v2.0/ports", "port", ", \"network_id\": \"" + NOBODY + "\""),
                    new Made("/network/v2.0/routers", "router", ""),
                    new Made("/network/v2.0/security-groups", "security_group", ""),
                    new Made("/volume/v3/volumes", "volume", ", \"size\": 1"),
                    new Made(
                            "/compute/v2.1/flavors",
                            "flavor",
                            ", \"ram\": 64, \"vcpus\": 1, \"disk\": 1"),
                    new Made("/compute/v2.1/os-keypairs", "keypair", ", \"type\": \"ssh\""),
                    new Made(
                            "/compute/v2.1/servers",
                            "server",
                            ", \"flavorRef\": \"1\", \"imageRef\": \""
                                    + NOBODY
                                    + "\", \"networks\": \"none\""));

    /** Where things are by id. */
    private static final List<String> ITEMS =
            List.of(
                    "/identity/v3/projects/",
                    "/identity/v3/users/",
                    "/identity/v3/roles/",
                    "/image/v2/images/",
                    "/network/v2.0/networks/",
                    "/network/v2.0/subnets/",
                    "/network/v2.0/ports/",
                    "/network/v2.0/routers/",
                    "/network/v2.0/security-groups/",
                    "/network/v2.0/floatingips/",
                    "/volume/v3/volumes/",
                    "/compute/v2.1/servers/",
                    "/compute/v2.1/flavors/",
                    "/compute/v2.1/os-keypairs/",
                    "/placement/resource_providers/");

    private final CloudUnderTest cloud;
    private final Rest rest;

    BadInputTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        this.rest = cloud.rest();
    }

    @TestFactory
    Stream<DynamicTest> bodiesThatAreNoneAreRefused() {
        List<byte[]> bodies =
                List.of(
                        bytes(""),
                        bytes("nonsense"),
                        bytes("{"),
                        bytes("[]"),
                        bytes("null"),
                        bytes("\"text\""),
                        bytes("{}"),
                        bytes("12345678901234567890"),
                        bytes("{\"a\":".repeat(2000)),
                        bytes("[".repeat(20_000)),
                        new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'},
                        bytes("{\"x\": 1} {\"y\": 2}"));
        return MADE.stream()
                .map(
                        made ->
                                DynamicTest.dynamicTest(
                                        made.path(),
                                        () -> {
                                            for (byte[] body : bodies) {
                                                refused(
                                                        rest.raw(
                                                                "POST",
                                                                made.path(),
                                                                "application/json",
                                                                body));
                                            }
                                        }));
    }

    @TestFactory
    Stream<DynamicTest> membersOfWrongTypesUnknownNamesAndMadSizesAreRefused() {
        return MADE.stream()
                .map(
                        made ->
                                DynamicTest.dynamicTest(
                                        made.path(),
                                        () -> {
                                            List<String> bodies = new ArrayList<>();
                                            for (String name :
                                                    List.of(
                                                            "1",
                                                            "{}",
                                                            "[\"a\"]",
                                                            "true",
                                                            "\"" + "x".repeat(100_000) + "\"",
                                                            "1e400",
                                                            "9223372036854775808")) {
                                                bodies.add(
                                                        "{\"%s\": {\"name\": %s%s}}"
                                                                .formatted(
                                                                        made.wrapper(),
                                                                        name,
                                                                        made.members()));
                                            }
                                            bodies.add("{\"%s\": []}".formatted(made.wrapper()));
                                            bodies.add("{\"%s\": \"x\"}".formatted(made.wrapper()));
                                            bodies.add("{\"%s\": null}".formatted(made.wrapper()));
                                            for (String body : bodies) {
                                                refused(rest.post(made.path(), body));
                                            }
                                        }));
    }

    @TestFactory
    Stream<DynamicTest> strangeNamesAreTakenOrRefusedButNeverAFailure() {
        List<String> names =
                List.of(
                        "'; drop table servers; --",
                        "\\\"quoted\\\"",
                        "line\\nbreak",
                        "\\u0000",
                        "\\ud83d\\ude80",
                        "\\ud83d",
                        " ",
                        "",
                        "%00",
                        "../../etc/passwd",
                        "<script>",
                        "ü".repeat(200));
        return MADE.stream()
                .map(
                        made ->
                                DynamicTest.dynamicTest(
                                        made.path(),
                                        () -> {
                                            for (String name : names) {
                                                Rest.Answer answer =
                                                        rest.post(
                                                                made.path(),
                                                                "{\"%s\": {\"name\": \"%s\"%s}}"
                                                                        .formatted(
                                                                                made.wrapper(),
                                                                                name,
                                                                                made.members()));
                                                assertThat(answer.status())
                                                        .as("%s: %s", name, answer)
                                                        .isLessThan(500);
                                                if (answer.success()) {
                                                    var item =
                                                            answer.json()
                                                                    .values()
                                                                    .iterator()
                                                                    .next();
                                                    String id = item.path("id").asString("");
                                                    String key =
                                                            made.path().endsWith("keypairs")
                                                                    ? java.net.URLEncoder.encode(
                                                                                    item.path(
                                                                                                    "name")
                                                                                            .asString(
                                                                                                    ""),
                                                                                    StandardCharsets
                                                                                            .UTF_8)
                                                                            .replace("+", "%20")
                                                                    : id;
                                                    if (made.wrapper().equals("volume")) {
                                                        Volumes.awaitStatus(rest, id, "available");
                                                    }
                                                    rest.delete(made.path() + "/" + key)
                                                            .expect(200, 202, 204);
                                                }
                                            }
                                        }));
    }

    @TestFactory
    Stream<DynamicTest> idsThatAreNoneAreNotFound() {
        return ITEMS.stream()
                .map(
                        path ->
                                DynamicTest.dynamicTest(
                                        path,
                                        () -> {
                                            for (String id :
                                                    List.of(
                                                            NOBODY,
                                                            "not-an-id",
                                                            "%00",
                                                            "%27%20or%201=1",
                                                            "%F0%9F%9A%80",
                                                            "x".repeat(3000),
                                                            "9223372036854775808",
                                                            "..%2F..")) {
                                                for (Rest.Answer answer :
                                                        List.of(
                                                                rest.get(path + id),
                                                                rest.delete(path + id))) {
                                                    assertThat(answer.status())
                                                            .as("%s", answer)
                                                            .isBetween(400, 499);
                                                }
                                            }
                                        }));
    }

    /**
     * Queries that no service may take; each with the statuses in which OpenStack's services refuse
     * them.
     */
    private static final List<String> NONSENSE =
            List.of("limit=-1", "limit=x", "limit=1.5", "marker=%00", "name=%00");

    /** Keystone looks at neither of these. */
    private static final List<String> NONSENSE_SORTS =
            List.of("marker=" + NOBODY, "sort_key=password", "sort_key=id&sort_dir=sideways");

    @TestFactory
    Stream<DynamicTest> pagingWithNonsenseIsRefused() {
        return Stream.of(
                        "/image/v2/images",
                        "/network/v2.0/networks",
                        "/network/v2.0/ports",
                        "/volume/v3/volumes",
                        "/volume/v3/volumes/detail",
                        "/compute/v2.1/servers",
                        "/compute/v2.1/servers/detail",
                        "/compute/v2.1/flavors",
                        "/identity/v3/projects")
                .map(
                        path ->
                                DynamicTest.dynamicTest(
                                        path,
                                        () -> {
                                            for (String query : NONSENSE) {
                                                refused(rest.get(path + "?" + query));
                                            }
                                            for (String query :
                                                    path.startsWith("/identity")
                                                            ? List.<String>of()
                                                            : NONSENSE_SORTS) {
                                                refused(rest.get(path + "?" + query));
                                            }
                                            for (String query :
                                                    List.of(
                                                            "limit=9223372036854775808",
                                                            "name=%FF",
                                                            "name=" + "x".repeat(2000))) {
                                                assertThat(rest.get(path + "?" + query).status())
                                                        .as(query)
                                                        .isIn(200, 400);
                                            }
                                        }));
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrRepetition() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(
                    rest.make("/network/v2.0/networks", "{\"network\": {\"name\": \"paged\"}}")
                            .path("id")
                            .asString(""));
        }
        List<String> seen = new ArrayList<>();
        String page = "/network/v2.0/networks?name=paged&limit=2";
        for (String marker = ""; seen.size() < 10; marker = "&marker=" + seen.getLast()) {
            var networks = rest.get(page + marker).expect(200).json().path("networks");
            networks.forEach(network -> seen.add(network.path("id").asString("")));
            if (networks.size() < 2) {
                break;
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(made);
        made.forEach(id -> rest.delete("/network/v2.0/networks/" + id).expect(204));
    }

    @Test
    void namesThatAreTakenAreConflicts() {
        String project = Names.fresh("project");
        String body = "{\"project\": {\"name\": \"%s\"}}".formatted(project);
        String id = rest.make("/identity/v3/projects", body).path("id").asString("");
        rest.post("/identity/v3/projects", body).expect(409);
        rest.delete("/identity/v3/projects/" + id).expect(204);
        String flavor =
                "{\"flavor\": {\"name\": \"%s\", \"ram\": 64, \"vcpus\": 1, \"disk\": 1}}"
                        .formatted(Names.fresh("flavor"));
        id = rest.make("/compute/v2.1/flavors", flavor).path("id").asString("");
        rest.post("/compute/v2.1/flavors", flavor).expect(409);
        rest.delete("/compute/v2.1/flavors/" + id).expect(202);
        String name = Names.fresh("key");
        String key =
                "{\"keypair\": {\"name\": \"%s\", \"type\": \"ssh\", \"public_key\": \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJbmR4yPtB0bWpZ1kLr0jjZ7cZ7mZ1cC6jQe7Q4mDq5o\"}}"
                        .formatted(name);
        rest.post("/compute/v2.1/os-keypairs", key).expect(201);
        rest.post("/compute/v2.1/os-keypairs", key).expect(409);
        rest.delete("/compute/v2.1/os-keypairs/" + name).expect(204);
    }

    @Test
    void whatTheQuotaForbidsIsRefusedAsTheServiceRefusesIt() {
        Rest demo = cloud.demo();
        String project =
                rest.get("/identity/v3/projects?name=demo")
                        .json()
                        .at("/projects/0/id")
                        .asString("");
        String image =
                rest.get("/image/v2/images?name=welkin-guest")
                        .json()
                        .at("/images/0/id")
                        .asString("");
        String flavor = rest.get("/compute/v2.1/flavors").json().at("/flavors/0/id").asString("");
        String network = "/network/v2.0/quotas/" + project;
        String volume = Volumes.path("/os-quota-sets/" + project);
        String compute = "/compute/v2.1/os-quota-sets/" + project;
        rest.put(network, "{\"quota\": {\"network\": 0}}").expect(200);
        rest.put(volume, "{\"quota_set\": {\"volumes\": 0}}").expect(200);
        rest.put(compute, "{\"quota_set\": {\"instances\": 0}}").expect(200);
        try {
            demo.post("/network/v2.0/networks", "{\"network\": {}}").expect(409);
            demo.post("/volume/v3/volumes", "{\"volume\": {\"size\": 1}}").expect(413);
            demo.post(
                            "/compute/v2.1/servers",
                            "{\"server\": {\"name\": \"x\", \"imageRef\": \"%s\", \"flavorRef\": \"%s\", \"networks\": \"none\"}}"
                                    .formatted(image, flavor))
                    .expect(403);
        } finally {
            for (String quota : List.of(network, volume, compute)) {
                rest.delete(quota).expect(200, 202, 204);
            }
        }
    }

    @Test
    void tokensThatAreNoneAre401() {
        for (String token :
                List.of("x", "gAAAA" + "A".repeat(200), "A".repeat(4000), "%00", "' or 1=1")) {
            for (String path :
                    List.of(
                            "/identity/v3/projects",
                            "/image/v2/images",
                            "/network/v2.0/networks",
                            "/volume/v3/volumes",
                            "/compute/v2.1/servers",
                            "/placement/resource_providers")) {
                assertThat(
                                Command.of(
                                                "curl",
                                                "-s",
                                                "-o",
                                                "/dev/null",
                                                "-w",
                                                "%{http_code}",
                                                "-H",
                                                "X-Auth-Token: " + token,
                                                cloud.origin() + path)
                                        .run()
                                        .text())
                        .as(path)
                        .isEqualTo("401");
            }
        }
    }

    @Test
    void subnetsOfImpossibleRangesAreRefused() {
        String network =
                rest.make("/network/v2.0/networks", "{\"network\": {}}").path("id").asString("");
        for (String range :
                List.of(
                        "10.0.0.0/33",
                        "10.0.0.0/-1",
                        "300.0.0.0/8",
                        "::/129",
                        "10.0.0.0",
                        "",
                        "x",
                        "224.0.0.0/4")) {
            refused(
                    rest.post(
                            "/network/v2.0/subnets",
                            "{\"subnet\": {\"network_id\": \"%s\", \"ip_version\": 4, \"cidr\": \"%s\"}}"
                                    .formatted(network, range)));
        }
        String fine =
                "{\"subnet\": {\"network_id\": \"%s\", \"ip_version\": 4, \"cidr\": \"10.66.0.0/24\"}}"
                        .formatted(network);
        rest.post("/network/v2.0/subnets", fine).expect(201);
        refused(rest.post("/network/v2.0/subnets", fine.replace("10.66.0.0/24", "10.66.0.128/25")));
        rest.delete("/network/v2.0/networks/" + network).expect(204);
    }

    @Test
    void numbersBeyondEveryBoundAreRefused() {
        for (String number :
                List.of(
                        "-1",
                        "0",
                        "9223372036854775807",
                        "9223372036854775808",
                        "1e308",
                        "1.5",
                        "\"many\"")) {
            refused(
                    rest.post(
                            "/volume/v3/volumes",
                            "{\"volume\": {\"size\": %s}}".formatted(number)));
            refused(
                    rest.post(
                            "/compute/v2.1/flavors",
                            "{\"flavor\": {\"name\": \"%s\", \"ram\": %s, \"vcpus\": 1, \"disk\": 1}}"
                                    .formatted(Names.fresh("flavor"), number)));
        }
    }

    @Test
    void anotherProjectsThingsDoNotExist() {
        Rest demo = cloud.demo();
        String network =
                rest.make("/network/v2.0/networks", "{\"network\": {}}").path("id").asString("");
        String volume = Volumes.available(rest, 1);
        for (String path :
                List.of("/network/v2.0/networks/" + network, Volumes.path("/volumes/" + volume))) {
            assertThat(demo.get(path).status()).isEqualTo(404);
            assertThat(demo.delete(path).status()).isEqualTo(404);
        }
        rest.delete("/network/v2.0/networks/" + network).expect(204);
        Volumes.delete(rest, volume);
    }

    @Test
    void wrongContentTypesAreRefused() {
        for (Made made : MADE) {
            Rest.Answer answer = rest.raw("POST", made.path(), "text/plain", bytes("name=x"));
            assertThat(answer.status()).as("%s", answer).isBetween(400, 499);
        }
    }

    private static void refused(Rest.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isBetween(400, 499);
        assertThat(answer.json().isObject()).as("the service's error body: %s", answer).isTrue();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
