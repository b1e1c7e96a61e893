package cloud.welkin.image.api;

import cloud.welkin.database.Tx;
import cloud.welkin.image.work.ImageQuotas;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.quota.Quotas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this image service can do: import methods, stores, schemas, the project's usage. */
public final class DiscoveryOperations implements OperationGroup {
    private static final String RULE = "get_image_schema";
    private final Quotas quotas;

    public DiscoveryOperations(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/info/import")
                        .policy(RULE)
                        .doc("The ways to import data.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "import-methods",
                                                Map.of(
                                                        "description", "Import methods available.",
                                                        "type", "array",
                                                        "value", List.of("glance-direct")))),
                Operation.get("/info/stores")
                        .policy(RULE)
                        .doc("404, as from a Glance with one store.")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    throw Failure.notFound(
                                            "Multi backend is not supported at this site.");
                                }),
                Operation.get("/info/usage")
                        .policy(RULE)
                        .doc("What the caller's project has and may have.")
                        .anyParam()
                        .reads(this::usage),
                Operation.get("/schemas/{name}")
                        .policy(RULE)
                        .doc("The JSON schema of image, images, member or members.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Schemas.named(call.path("name"))
                                                .orElseThrow(
                                                        () ->
                                                                Failure.notFound(
                                                                        "The resource could not be"
                                                                                + " found."))));
    }

    private Object usage(Call call, Tx tx) {
        Map<String, Object> usage = new LinkedHashMap<>();
        String project = call.caller().requireProject().value();
        for (var line : quotas.usage(tx, project, ImageQuotas.COUNT.service())) {
            usage.put(line.resource().name(), Map.of("limit", line.limit(), "usage", line.used()));
        }
        return Map.of("usage", usage);
    }
}
