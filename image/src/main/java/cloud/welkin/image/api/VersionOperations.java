package cloud.welkin.image.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Glance's version documents. 2.8 and 2.10 to 2.13 are those of several stores, which Welkin does
 * not have.
 */
public final class VersionOperations implements OperationGroup {
    private static final List<String> OLDER =
            List.of("2.7", "2.6", "2.5", "2.4", "2.3", "2.2", "2.1", "2.0");
    private static final String NEWEST = "2.9";

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("")
                        .openToAll()
                        .status(300)
                        .anyParam()
                        .doc("The versions of this API.")
                        .reads((call, tx) -> Reply.of(document(call))),
                Operation.get("/versions")
                        .openToAll()
                        .anyParam()
                        .doc("The versions of this API.")
                        .reads((call, tx) -> document(call)));
    }

    private static Map<String, Object> document(Call call) {
        return Map.of(
                "versions",
                Stream.concat(
                                Stream.of(version(call, NEWEST, "CURRENT")),
                                OLDER.stream().map(older -> version(call, older, "SUPPORTED")))
                        .toList());
    }

    private static Map<String, Object> version(Call call, String version, String status) {
        return Map.of(
                "id",
                "v" + version,
                "status",
                status,
                "links",
                List.of(Map.of("rel", "self", "href", call.origin() + "/image/v2/")));
    }
}
