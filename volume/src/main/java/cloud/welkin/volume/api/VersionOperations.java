package cloud.welkin.volume.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import java.util.List;
import java.util.Map;

/** Cinder's version documents. */
public final class VersionOperations implements OperationGroup {
    public static final String OLDEST = "3.0";

    /**
     * 3.66 is snapshots of volumes in use, which a host without reflinks could not make of one
     * instant.
     */
    public static final String NEWEST = "3.65";

    private final String path;
    private final int status;

    /**
     * @param path within the API that serves it
     * @param status 300 where several versions could be chosen from, as Cinder answers at its root
     */
    public VersionOperations(String path, int status) {
        this.path = path;
        this.status = status;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(path)
                        .openToAll()
                        .anyParam()
                        .status(status)
                        .doc("The versions of this API.")
                        .reads((call, tx) -> Reply.of(document(call))));
    }

    private static Map<String, Object> document(Call call) {
        return Map.of(
                "versions",
                List.of(
                        Map.of(
                                "id",
                                "v3.0",
                                "status",
                                "CURRENT",
                                "version",
                                NEWEST,
                                "min_version",
                                OLDEST,
                                "updated",
                                "2023-08-31T00:00:00Z",
                                "links",
                                List.of(
                                        Map.of(
                                                "rel", "describedby",
                                                "type", "text/html",
                                                "href", "https://docs.openstack.org/"),
                                        Map.of(
                                                "rel",
                                                "self",
                                                "href",
                                                call.origin() + "/volume/v3/")),
                                "media-types",
                                List.of(
                                        Map.of(
                                                "base", "application/json",
                                                "type",
                                                        "application/vnd.openstack.volume+json;version=3")))));
    }
}
