package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.CatalogRow.Region;
import cloud.welkin.identity.store.CatalogStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Regions: /v3/regions. The program's own region belongs to the program. */
final class RegionOperations implements OperationGroup {
    private final Catalogue catalogue;
    private final CatalogStore store;
    private final Changes changes;

    RegionOperations(Catalogue catalogue, CatalogStore store, Changes changes) {
        this.catalogue = catalogue;
        this.store = store;
        this.changes = changes;
    }

    record RegionRequest(NewRegion region) {}

    record NewRegion(
            @Length(max = 255) Optional<String> id,
            Optional<String> description,
            Optional<String> parentRegionId,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewRegion {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record RegionChangeRequest(RegionChange region) {}

    record RegionChange(
            Field<String> id,
            Field<String> description,
            Field<String> parentRegionId,
            @JsonAnySetter Map<String, JsonNode> extra) {
        RegionChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record RegionBody(
            String id,
            String description,
            Optional<String> parentRegionId,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/regions")
                        .policy("identity:list_regions")
                        .doc("Lists the regions.")
                        .params(Param.text("parent_region_id", "Those within this one."))
                        .anyParam()
                        .reads(this::list),
                Operation.post("/regions")
                        .policy("identity:create_region")
                        .doc("Adds a region.")
                        .body(RegionRequest.class)
                        .writes(
                                (call, tx, body) ->
                                        create(
                                                call,
                                                tx,
                                                body.region()
                                                        .id()
                                                        .filter(id -> !id.isBlank())
                                                        .orElseGet(Ids::hex),
                                                body.region())),
                Operation.put("/regions/{region_id}")
                        .policy("identity:create_region")
                        .doc("Adds a region of a given id.")
                        .status(201)
                        .body(RegionRequest.class)
                        .writes((call, tx, body) -> put(call, tx, body.region())),
                Operation.get("/regions/{region_id}")
                        .policy("identity:get_region")
                        .doc("Shows a region.")
                        .reads((call, tx) -> view(call, region(call, tx))),
                Operation.patch("/regions/{region_id}")
                        .policy("identity:update_region")
                        .doc("Changes a region.")
                        .body(RegionChangeRequest.class)
                        .writes((call, tx, body) -> change(call, tx, body.region())),
                Operation.delete("/regions/{region_id}")
                        .policy("identity:delete_region")
                        .doc("Deletes a region without endpoints.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call, "parent_region_id");
        return asked.answer(
                "regions",
                asked.page(
                        catalogue.regions(tx),
                        Region::id,
                        region -> Map.of("parent_region_id", region.parent())),
                Region::id,
                region -> body(call, region));
    }

    private Object put(Call call, Tx tx, NewRegion request) {
        String id = call.path("region_id");
        if (request.id().filter(other -> !other.equals(id)).isPresent()) {
            throw Failure.badRequest("The region's ids in URL and body differ.");
        }
        if (id.length() > 255 || id.indexOf('\0') >= 0) {
            throw Failure.badRequest("The id of a region has at most 255 characters.");
        }
        return create(call, tx, id, request);
    }

    private Object create(Call call, Tx tx, String id, NewRegion request) {
        if (find(tx, id).isPresent()) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store region - Duplicate ID, %s.", id);
        }
        Region region =
                new Region(
                        id,
                        request.description().orElse(""),
                        request.parentRegionId(),
                        Names.free(request.extra()));
        return saved(call, tx, region);
    }

    private Object change(Call call, Tx tx, RegionChange change) {
        Region current = changeable(region(call, tx));
        Region changed =
                new Region(
                        current.id(),
                        change.description().over(Optional.of(current.description())).orElse(""),
                        change.parentRegionId().over(current.parent()),
                        CatalogOperations.merged(current.extra(), change.extra()));
        return saved(call, tx, changed);
    }

    private Object saved(Call call, Tx tx, Region region) {
        Optional<String> above = region.parent();
        while (above.isPresent()) {
            String id = above.get();
            if (id.equals(region.id())) {
                throw Failure.badRequest("A region cannot lie in itself.");
            }
            above =
                    find(tx, id)
                            .orElseThrow(() -> Failure.notFound("Could not find region: %s.", id))
                            .parent();
        }
        store.save(tx, region);
        changes.made(tx);
        return view(call, region);
    }

    private Object delete(Call call, Tx tx) {
        Region region = changeable(region(call, tx));
        boolean used =
                catalogue.endpoints(tx, call.origin()).stream()
                                .anyMatch(e -> e.region().filter(region.id()::equals).isPresent())
                        || catalogue.regions(tx).stream()
                                .anyMatch(r -> r.parent().filter(region.id()::equals).isPresent());
        if (used) {
            throw Failure.conflict(
                    "Unable to delete region %s because it or its child regions have associated"
                            + " endpoints.",
                    region.id());
        }
        store.deleteRegion(tx, region.id());
        changes.made(tx);
        return Reply.empty();
    }

    /** Makes the region where it is missing. */
    void require(Tx tx, String id) {
        if (find(tx, id).isEmpty()) {
            store.save(tx, new Region(id, "", Optional.empty(), Map.of()));
        }
    }

    private Optional<Region> find(Tx tx, String id) {
        return catalogue.regions(tx).stream().filter(region -> region.id().equals(id)).findFirst();
    }

    private Region region(Call call, Tx tx) {
        return CatalogOperations.one(catalogue.regions(tx), "region", call.path("region_id"));
    }

    private Region changeable(Region region) {
        if (catalogue.isOwn(region.id())) {
            throw Failure.forbidden("%s belongs to the cloud itself.", region.id());
        }
        return region;
    }

    private static Object view(Call call, Region region) {
        return Map.of("region", body(call, region));
    }

    private static RegionBody body(Call call, Region region) {
        return new RegionBody(
                region.id(),
                region.description(),
                region.parent(),
                Links.self(call, "/regions/" + region.id()),
                region.extra());
    }
}
