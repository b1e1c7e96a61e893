package cloud.welkin.identity.api;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.IdentityProvider;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Items;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.exception.IntegrityConstraintViolationException;

/** Identity providers: /v3/OS-FEDERATION/identity_providers. */
final class IdentityProviderOperations implements OperationGroup {
    static final String PATH = "/OS-FEDERATION/identity_providers";
    private static final String ONE = PATH + "/{idp_id}";
    private static final int LONGEST_REMOTE_ID = 64;

    private final FederationStore store;
    private final ProjectStore projects;
    private final Changes changes;

    IdentityProviderOperations(FederationStore store, ProjectStore projects, Changes changes) {
        this.store = store;
        this.projects = projects;
        this.changes = changes;
    }

    record NewRequest(NewProvider identityProvider) {}

    record NewProvider(
            Optional<Boolean> enabled,
            Optional<String> description,
            @Between(min = 0, max = 525_600) Optional<Integer> authorizationTtl,
            @Items(max = 100) Optional<List<String>> remoteIds,
            Optional<String> domainId) {}

    record ChangeRequest(ProviderChange identityProvider) {}

    record ProviderChange(
            Field<Boolean> enabled,
            Field<String> description,
            @Between(min = 0, max = 525_600) Field<Integer> authorizationTtl,
            @Items(max = 100) Field<List<String>> remoteIds) {}

    record View(Body identityProvider) {}

    record Body(
            String id,
            String domainId,
            boolean enabled,
            Optional<String> description,
            Optional<Integer> authorizationTtl,
            List<String> remoteIds,
            Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy("identity:list_identity_providers")
                        .doc("Lists the identity providers.")
                        .params(
                                Param.text("id", "The one of this id."),
                                Param.text("enabled", "Those that are enabled, or are not."))
                        .anyParam()
                        .reads(this::list),
                Operation.put(ONE)
                        .policy("identity:create_identity_provider")
                        .doc("Adds an identity provider.")
                        .status(201)
                        .body(NewRequest.class)
                        .replies(View.class)
                        .writes((call, tx, body) -> create(call, tx, body.identityProvider())),
                Operation.get(ONE)
                        .policy("identity:get_identity_provider")
                        .doc("Shows an identity provider.")
                        .replies(View.class)
                        .reads((call, tx) -> view(call, one(call, tx, store))),
                Operation.patch(ONE)
                        .policy("identity:update_identity_provider")
                        .doc("Changes an identity provider; disabled, its users' tokens end.")
                        .body(ChangeRequest.class)
                        .replies(View.class)
                        .writes((call, tx, body) -> change(call, tx, body.identityProvider())),
                Operation.delete(ONE)
                        .policy("identity:delete_identity_provider")
                        .doc("Deletes an identity provider; its users' tokens end.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    static IdentityProvider one(Call call, Tx tx, FederationStore store) {
        String id = call.path("idp_id");
        return store.provider(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find Identity Provider: %s.", id));
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call, "id");
        Optional<Boolean> enabled = asked.flag("enabled");
        return asked.answer(
                "identity_providers",
                asked.page(
                        store.providers(tx).stream()
                                .filter(one -> enabled.isEmpty() || enabled.get() == one.enabled())
                                .toList(),
                        IdentityProvider::id,
                        one -> Map.of("id", Optional.of(one.id()))),
                IdentityProvider::id,
                one -> body(call, one));
    }

    private Object create(Call call, Tx tx, NewProvider request) {
        String id = FederationIds.given(call.path("idp_id"));
        if (store.provider(tx, id).isPresent()) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store identity_provider - Duplicate entry.");
        }
        IdentityProvider provider =
                new IdentityProvider(
                        id,
                        request.domainId()
                                .map(domain -> domain(tx, domain))
                                .orElseGet(() -> own(tx, id)),
                        // Keystone's default: whoever adds a provider enables it on purpose.
                        request.enabled().orElse(false),
                        request.description(),
                        request.authorizationTtl(),
                        checked(request.remoteIds().orElse(List.of())));
        try {
            store.insert(tx, provider);
        } catch (IntegrityConstraintViolationException e) {
            throw duplicate(e);
        }
        return view(call, provider);
    }

    private DomainId domain(Tx tx, String id) {
        return projects.find(tx, new ProjectId(id))
                .filter(Project::isDomain)
                .map(project -> new DomainId(project.id().value()))
                .orElseThrow(() -> Failure.notFound("Could not find domain: %s.", id));
    }

    /** A provider without a domain gets one of its own, named by an id as Keystone's are. */
    private DomainId own(Tx tx, String provider) {
        String id = Ids.hex();
        projects.insert(
                tx,
                new Project(
                        new ProjectId(id),
                        new DomainId(id),
                        Optional.empty(),
                        id,
                        "Auto generated federated domain for Identity Provider: " + provider,
                        true,
                        true,
                        List.of(),
                        Map.of(),
                        Map.of()));
        return new DomainId(id);
    }

    private Object change(Call call, Tx tx, ProviderChange change) {
        IdentityProvider current = one(call, tx, store);
        IdentityProvider changed =
                new IdentityProvider(
                        current.id(),
                        current.domain(),
                        change.enabled().over(Optional.of(current.enabled())).orElse(false),
                        change.description().over(current.description()),
                        change.authorizationTtl().over(current.authorizationTtl()),
                        checked(
                                change.remoteIds()
                                        .over(Optional.of(current.remoteIds()))
                                        .orElse(List.of())));
        try {
            store.update(tx, changed);
        } catch (IntegrityConstraintViolationException e) {
            throw duplicate(e);
        }
        changes.made(tx);
        return view(call, changed);
    }

    private static List<String> checked(List<String> remoteIds) {
        if (remoteIds.stream().anyMatch(id -> id.isBlank() || id.length() > LONGEST_REMOTE_ID)
                || Set.copyOf(remoteIds).size() < remoteIds.size()) {
            throw Failure.badRequest(
                    "remote_ids must differ, and have 1 to %d characters.", LONGEST_REMOTE_ID);
        }
        return remoteIds;
    }

    private static RuntimeException duplicate(IntegrityConstraintViolationException e) {
        return Constraints.violated(e).filter("identity_provider_remote_pkey"::equals).isPresent()
                ? Failure.conflict(
                        "Conflict occurred attempting to store identity_provider - Duplicate remote"
                                + " ID.")
                : e;
    }

    private Object delete(Call call, Tx tx) {
        store.deleteProvider(tx, one(call, tx, store).id());
        changes.made(tx);
        return Reply.empty();
    }

    private static View view(Call call, IdentityProvider provider) {
        return new View(body(call, provider));
    }

    private static Body body(Call call, IdentityProvider provider) {
        String path = PATH + "/" + provider.id();
        return new Body(
                provider.id(),
                provider.domain().value(),
                provider.enabled(),
                provider.description(),
                provider.authorizationTtl(),
                provider.remoteIds(),
                Map.of(
                        "self",
                        Links.self(call, path).get("self"),
                        "protocols",
                        Links.self(call, path + "/protocols").get("self")));
    }
}
