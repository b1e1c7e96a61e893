package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.federation.MappingReader;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.identity.store.FederationStore.StoredMapping;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Mappings: /v3/OS-FEDERATION/mappings. */
final class MappingOperations implements OperationGroup {
    private static final String PATH = "/OS-FEDERATION/mappings";
    private static final String ONE = PATH + "/{mapping_id}";
    private static final String FIRST_VERSION = "1.0";

    private final FederationStore store;

    MappingOperations(FederationStore store) {
        this.store = store;
    }

    record MappingRequest(NewMapping mapping) {}

    record NewMapping(JsonNode rules, Optional<String> schemaVersion) {}

    record View(Body mapping) {}

    record Body(String id, JsonNode rules, String schemaVersion, Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy("identity:list_mappings")
                        .doc("Lists the mappings.")
                        .anyParam()
                        .reads(this::list),
                Operation.put(ONE)
                        .policy("identity:create_mapping")
                        .doc("Adds a mapping.")
                        .status(201)
                        .body(MappingRequest.class)
                        .replies(View.class)
                        .writes((call, tx, body) -> create(call, tx, body.mapping())),
                Operation.get(ONE)
                        .policy("identity:get_mapping")
                        .doc("Shows a mapping.")
                        .replies(View.class)
                        .reads((call, tx) -> new View(body(call, one(call, tx)))),
                Operation.patch(ONE)
                        .policy("identity:update_mapping")
                        .doc("Changes the rules of a mapping.")
                        .body(MappingRequest.class)
                        .replies(View.class)
                        .writes(
                                (call, tx, body) ->
                                        save(
                                                call,
                                                tx,
                                                one(call, tx).id(),
                                                body.mapping(),
                                                one(call, tx).version())),
                Operation.delete(ONE)
                        .policy("identity:delete_mapping")
                        .doc("Deletes a mapping that no protocol uses.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call);
        return asked.answer(
                "mappings",
                asked.page(store.mappings(tx), StoredMapping::id),
                StoredMapping::id,
                one -> body(call, one));
    }

    private Object create(Call call, Tx tx, NewMapping request) {
        String id = FederationIds.given(call.path("mapping_id"));
        if (store.mapping(tx, id).isPresent()) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store mapping - Duplicate entry.");
        }
        return save(call, tx, id, request, FIRST_VERSION);
    }

    private Object save(Call call, Tx tx, String id, NewMapping request, String otherwise) {
        String version = request.schemaVersion().orElse(otherwise);
        MappingReader.read(id, version, request.rules());
        StoredMapping mapping = new StoredMapping(id, version, request.rules());
        store.save(tx, mapping);
        return new View(body(call, mapping));
    }

    private Object delete(Call call, Tx tx) {
        StoredMapping mapping = one(call, tx);
        if (store.isUsed(tx, mapping.id())) {
            throw Failure.conflict("The mapping %s is used by a protocol.", mapping.id());
        }
        store.deleteMapping(tx, mapping.id());
        return Reply.empty();
    }

    private StoredMapping one(Call call, Tx tx) {
        String id = call.path("mapping_id");
        return store.mapping(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find mapping: %s.", id));
    }

    private static Body body(Call call, StoredMapping mapping) {
        return new Body(
                mapping.id(),
                mapping.rules(),
                mapping.version(),
                Links.self(call, PATH + "/" + mapping.id()));
    }
}
