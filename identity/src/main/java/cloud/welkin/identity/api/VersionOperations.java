package cloud.welkin.identity.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.Reply;
import java.util.List;
import java.util.Map;

/**
 * What versions of the API there are: GET /identity and GET /identity/v3, open to all. Clients that
 * ask for {@code application/json-home} are told of all resources instead.
 */
final class VersionOperations {
    private static final String JSON = "application/json";

    private final JsonHome home;

    VersionOperations(JsonHome home) {
        this.home = home;
    }

    List<Operation> ofService() {
        return List.of(
                Operation.get("")
                        .openToAll()
                        .doc("The versions of the API.")
                        .reads(
                                (call, tx) ->
                                        wantsHome(call)
                                                ? home("/v3")
                                                : Reply.of(
                                                                Map.of(
                                                                        "versions",
                                                                        Map.of(
                                                                                "values",
                                                                                List.of(
                                                                                        version(
                                                                                                call)))))
                                                        .status(300)));
    }

    Operation ofV3() {
        return Operation.get("")
                .openToAll()
                .doc("The version that this is.")
                .reads((call, tx) -> wantsHome(call) ? home("") : Map.of("version", version(call)));
    }

    private Reply home(String prefix) {
        return Reply.of(home.under(prefix))
                .status(200)
                .header("Content-Type", JsonHome.TYPE)
                .header("Vary", "X-Auth-Token, Accept");
    }

    private static boolean wantsHome(Call call) {
        return Accepted.of(call.header("Accept").orElse(""))
                .best(List.of(JSON, JsonHome.TYPE))
                .filter(JsonHome.TYPE::equals)
                .isPresent();
    }

    private static Object version(Call call) {
        return Map.of(
                "id", "v3.14",
                "status", "stable",
                "updated", "2020-04-07T00:00:00Z",
                "links", List.of(Map.of("rel", "self", "href", call.origin() + Links.ROOT + "/")),
                "media-types",
                        List.of(
                                Map.of(
                                        "base", "application/json",
                                        "type", "application/vnd.openstack.identity-v3+json")));
    }
}
