package cloud.welkin.placement.api;

import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Microversion;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.Versioning;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.placement.store.ProviderStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Placement's API at /placement (docs.openstack.org/api-ref/placement), as far as it shows what is
 * there.
 */
public final class PlacementApi {
    private static final Versioning VERSIONS =
            new Versioning(
                    "placement", Microversion.of("1.0"), Microversion.of("1.39"), Optional.empty());
    private static final String READER = "role:admin or (role:reader and system_scope:all)";

    private PlacementApi() {}

    public static Api of(ProviderStore providers) {
        List<Operation> operations = new ArrayList<>();
        operations.add(
                Operation.get("")
                        .openToAll()
                        .doc("The versions of the API.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "versions",
                                                List.of(
                                                        Map.of(
                                                                "id", "v1.0",
                                                                "status", "CURRENT",
                                                                "min_version",
                                                                        VERSIONS.oldest()
                                                                                .toString(),
                                                                "max_version",
                                                                        VERSIONS.newest()
                                                                                .toString(),
                                                                "links",
                                                                        List.of(
                                                                                Map.of(
                                                                                        "rel",
                                                                                                "self",
                                                                                        "href",
                                                                                                "")))))));
        operations.addAll(new ProviderOperations(providers).operations());
        operations.addAll(new AllocationOperations(providers).operations());
        return new Api(
                "placement",
                "/placement",
                false,
                Optional.of(VERSIONS),
                ErrorForm.placement(),
                Api.USUAL_LARGEST_BODY,
                operations,
                List.of(
                        rule("resource_providers:list", READER, "List resource providers."),
                        rule("resource_providers:show", READER, "Show a resource provider."),
                        rule("resource_providers:inventories:list", READER, "List inventories."),
                        rule("resource_providers:inventories:show", READER, "Show an inventory."),
                        rule(
                                "resource_providers:usages",
                                READER,
                                "Show what is used of a provider."),
                        rule(
                                "resource_providers:allocations:list",
                                READER,
                                "Show who uses a provider."),
                        rule("resource_classes:list", READER, "List resource classes."),
                        rule(
                                "allocations:list",
                                READER + " or role:service",
                                "Show what a consumer uses."),
                        rule(
                                "usages",
                                READER + " or (role:reader and project_id:%(project_id)s)",
                                "Show what a project uses.")));
    }

    private static PolicyRule rule(String name, String check, String doc) {
        return PolicyRule.of("placement:" + name, check, doc, "system", "project");
    }
}
