package cloud.welkin.network.api;

import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients ask first: which versions there are. Open to all, as Neutron has it. */
final class VersionOperations {
    private VersionOperations() {}

    /** At /network: the versions. */
    static OperationGroup versions() {
        return () ->
                List.of(
                        Operation.get("/")
                                .openToAll()
                                .anyParam()
                                .doc("The versions of the API.")
                                .reads(
                                        (call, tx) ->
                                                Map.of(
                                                        "versions",
                                                        List.of(version(call.origin())))));
    }

    private static Map<String, Object> version(String origin) {
        return Map.of(
                "id", "v2.0",
                "status", "CURRENT",
                "links", List.of(Map.of("rel", "self", "href", origin + "/network/v2.0/")));
    }

    /** At /network/v2.0: the resources. */
    static OperationGroup resources() {
        return () ->
                List.of(
                        Operation.get("/")
                                .openToAll()
                                .anyParam()
                                .doc("The resources of version 2.0.")
                                .reads(
                                        (call, tx) ->
                                                Map.of("resources", resources(call.origin()))));
    }

    private static List<Map<String, Object>> resources(String origin) {
        return List.of(
                        "network",
                        "subnet",
                        "port",
                        "router",
                        "floatingip",
                        "security-group",
                        "security-group-rule")
                .stream()
                .map(
                        name -> {
                            Map<String, Object> resource = new LinkedHashMap<>();
                            resource.put("name", name);
                            resource.put("collection", name + "s");
                            resource.put(
                                    "links",
                                    List.of(
                                            Map.of(
                                                    "rel",
                                                    "self",
                                                    "href",
                                                    origin + "/network/v2.0/" + name + "s")));
                            return resource;
                        })
                .toList();
    }
}
