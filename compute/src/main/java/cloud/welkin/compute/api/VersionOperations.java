package cloud.welkin.compute.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What versions of the API there are: GET /compute/ and /compute/v2.1/, open to all; and the list
 * of extensions.
 */
final class VersionOperations {
    static final String OLDEST = "2.1";

    /** The highest version all of which is true here; 2.97 brings shares, which are not. */
    static final String NEWEST = "2.96";

    private VersionOperations() {}

    static List<Operation> ofService() {
        return List.of(
                Operation.get("")
                        .openToAll()
                        .doc("The versions of the API.")
                        .anyParam()
                        .reads((call, tx) -> Map.of("versions", List.of(version(call)))));
    }

    static List<Operation> ofV21() {
        return List.of(
                Operation.get("")
                        .openToAll()
                        .doc("The version that this is.")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    Map<String, Object> version = version(call);
                                    version.put(
                                            "media-types",
                                            List.of(
                                                    Map.of(
                                                            "base", "application/json",
                                                            "type",
                                                                    "application/vnd.openstack.compute+json;version=2.1")));
                                    return Map.of("version", version);
                                }),
                Operation.get("/extensions")
                        .policy(ComputePolicy.P + "extensions")
                        .doc("There are no extensions: all is in the versions.")
                        .anyParam()
                        .reads((call, tx) -> Map.of("extensions", List.of())),
                Operation.get("/os-migrations")
                        .policy(ComputePolicy.P + "os-migrations:index")
                        .doc("Migrations of servers: none has been made.")
                        .anyParam()
                        .reads((call, tx) -> Map.of("migrations", List.of())));
    }

    private static Map<String, Object> version(Call call) {
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("id", "v2.1");
        version.put("status", "CURRENT");
        version.put("version", NEWEST);
        version.put("min_version", OLDEST);
        version.put("updated", "2013-07-23T11:33:21Z");
        version.put(
                "links", List.of(Map.of("rel", "self", "href", call.origin() + Links.ROOT + "/")));
        return version;
    }
}
