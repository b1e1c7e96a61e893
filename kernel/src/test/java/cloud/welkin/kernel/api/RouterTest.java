package cloud.welkin.kernel.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cloud.welkin.kernel.failure.Failure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Microversion V = Microversion.of("2.50");

    private final Router router =
            new Router(
                    List.of(
                            operation("GET", ""),
                            operation("GET", "/servers"),
                            operation("POST", "/servers"),
                            operation("GET", "/servers/detail"),
                            operation("GET", "/servers/{id}"),
                            operation("DELETE", "/servers/{id}"),
                            operation("GET", "/servers/{id}/tags/{tag}"),
                            operation("GET", "/servers/detail/special"),
                            operation("PUT", "/objects/{bucket}/{key...}"),
                            Operation.get("/old")
                                    .openToAll()
                                    .doc("…")
                                    .until("2.10")
                                    .reads((c, t) -> "old"),
                            Operation.get("/old")
                                    .openToAll()
                                    .doc("…")
                                    .since("2.60")
                                    .reads((c, t) -> "new")));

    private static Operation operation(String method, String path) {
        return Operation.method(method, path, 200).openToAll().doc("…").reads((call, tx) -> "");
    }

    private String route(String method, String... segments) {
        return router.route(method, List.of(segments), V).operation().toString();
    }

    private int refused(String method, String... segments) {
        Failure failure =
                catchThrowableOfType(
                        Failure.class, () -> router.route(method, List.of(segments), V));
        assertThat(failure).isNotNull();
        return failure.kind().status();
    }

    @Test
    void aWordWinsOverAVariable() {
        assertThat(route("GET", "servers", "detail")).isEqualTo("GET /servers/detail");
        assertThat(route("GET", "servers", "other")).isEqualTo("GET /servers/{id}");
        assertThat(route("GET")).isEqualTo("GET ");
    }

    @Test
    void aWordThatLeadsNowhereFallsBackToTheVariable() {
        Router.Match match = router.route("GET", List.of("servers", "detail", "tags", "x"), V);
        assertThat(match.operation().toString()).isEqualTo("GET /servers/{id}/tags/{tag}");
        assertThat(match.variables()).isEqualTo(Map.of("id", "detail", "tag", "x"));
    }

    @Test
    void aWordHidesOnlyTheMethodsThatItHas() {
        // What is named "detail" could not be deleted if the word hid the variable.
        assertThat(route("DELETE", "servers", "detail")).isEqualTo("DELETE /servers/{id}");
    }

    @Test
    void headIsAnsweredByGet() {
        assertThat(route("HEAD", "servers")).isEqualTo("GET /servers");
        assertThat(refused("HEAD", "objects", "b", "k")).isEqualTo(405);
    }

    @Test
    void aWrongMethodIs405AndAWrongPath404() {
        assertThat(refused("PATCH", "servers")).isEqualTo(405);
        assertThat(refused("GET", "nothing")).isEqualTo(404);
        assertThat(refused("GET", "servers", "x", "y")).isEqualTo(404);
        assertThat(refused("GET", "servers", "")).isEqualTo(404);
        assertThat(router.allowed(List.of("servers"), V)).containsExactly("GET", "HEAD", "POST");
    }

    @Test
    void theRestTakesEverySegmentEmptyOnesToo() {
        Router.Match match = router.route("PUT", List.of("objects", "b", "a", "", "c/d"), V);
        assertThat(match.variables()).isEqualTo(Map.of("bucket", "b", "key", "a//c/d"));
    }

    @Test
    void anOperationExistsFromItsFirstToItsLastVersion() {
        assertThat(refused("GET", "old")).isEqualTo(404);
        assertThat(router.route("GET", List.of("old"), Microversion.of("2.10")).operation().until())
                .isPresent();
        assertThat(router.route("GET", List.of("old"), Microversion.of("2.60")).operation().since())
                .isPresent();
    }
}
