package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.ServiceProvider;
import cloud.welkin.identity.store.ServiceProviderStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Other clouds that take this one's word: /v3/OS-FEDERATION/service_providers. Those that are
 * enabled are named in every token.
 */
final class ServiceProviderOperations implements OperationGroup {
    private static final String PATH = "/OS-FEDERATION/service_providers";
    private static final String ONE = PATH + "/{sp_id}";
    private static final String RELAY_STATE_PREFIX = "ss:mem:";

    private final ServiceProviderStore store;
    private final Changes changes;

    ServiceProviderOperations(ServiceProviderStore store, Changes changes) {
        this.store = store;
        this.changes = changes;
    }

    record NewRequest(NewProvider serviceProvider) {}

    record NewProvider(
            @Length(min = 1, max = 256) String authUrl,
            @Length(min = 1, max = 256) String spUrl,
            Optional<String> description,
            Optional<Boolean> enabled,
            @Length(max = 256) Optional<String> relayStatePrefix) {}

    record ChangeRequest(ProviderChange serviceProvider) {}

    record ProviderChange(
            @Length(min = 1, max = 256) Field<String> authUrl,
            @Length(min = 1, max = 256) Field<String> spUrl,
            Field<String> description,
            Field<Boolean> enabled,
            @Length(max = 256) Field<String> relayStatePrefix) {}

    record View(Body serviceProvider) {}

    record Body(
            String id,
            String authUrl,
            String spUrl,
            Optional<String> description,
            boolean enabled,
            String relayStatePrefix,
            Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy("identity:list_service_providers")
                        .doc("Lists the service providers.")
                        .params(
                                Param.text("id", "The one of this id."),
                                Param.text("enabled", "Those that are enabled, or are not."))
                        .anyParam()
                        .reads(this::list),
                Operation.put(ONE)
                        .policy("identity:create_service_provider")
                        .doc("Adds a service provider.")
                        .status(201)
                        .body(NewRequest.class)
                        .replies(View.class)
                        .writes((call, tx, body) -> create(call, tx, body.serviceProvider())),
                Operation.get(ONE)
                        .policy("identity:get_service_provider")
                        .doc("Shows a service provider.")
                        .replies(View.class)
                        .reads((call, tx) -> view(call, one(call, tx))),
                Operation.patch(ONE)
                        .policy("identity:update_service_provider")
                        .doc("Changes a service provider.")
                        .body(ChangeRequest.class)
                        .replies(View.class)
                        .writes((call, tx, body) -> change(call, tx, body.serviceProvider())),
                Operation.delete(ONE)
                        .policy("identity:delete_service_provider")
                        .doc("Deletes a service provider.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private ServiceProvider one(Call call, Tx tx) {
        return one(tx, store, call.path("sp_id"));
    }

    static ServiceProvider one(Tx tx, ServiceProviderStore store, String id) {
        return store.find(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find Service Provider: %s.", id));
    }

    private Object list(Call call, Tx tx) {
        Optional<String> id = call.query().text("id");
        Optional<Boolean> enabled =
                call.query().text("enabled").map(text -> !text.equalsIgnoreCase("false"));
        Asked asked = Asked.of(call);
        return asked.answer(
                "service_providers",
                asked.page(
                        store.list(tx).stream()
                                .filter(one -> id.isEmpty() || id.get().equals(one.id()))
                                .filter(one -> enabled.isEmpty() || enabled.get() == one.enabled())
                                .toList(),
                        ServiceProvider::id),
                ServiceProvider::id,
                one -> view(call, one).serviceProvider());
    }

    private Object create(Call call, Tx tx, NewProvider request) {
        ServiceProvider provider =
                new ServiceProvider(
                        FederationIds.given(call.path("sp_id")),
                        url(request.authUrl()),
                        url(request.spUrl()),
                        request.description(),
                        request.enabled().orElse(false),
                        request.relayStatePrefix().orElse(RELAY_STATE_PREFIX));
        if (!store.insert(tx, provider)) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store service_provider - Duplicate entry.");
        }
        changes.made(tx);
        return view(call, provider);
    }

    private Object change(Call call, Tx tx, ProviderChange change) {
        ServiceProvider current = one(call, tx);
        ServiceProvider changed =
                new ServiceProvider(
                        current.id(),
                        url(change.authUrl().orKeep(current.authUrl())),
                        url(change.spUrl().orKeep(current.spUrl())),
                        change.description().over(current.description()),
                        change.enabled().over(Optional.of(current.enabled())).orElse(false),
                        change.relayStatePrefix()
                                .over(Optional.of(current.relayStatePrefix()))
                                .orElse(RELAY_STATE_PREFIX));
        store.update(tx, changed);
        changes.made(tx);
        return view(call, changed);
    }

    private Object delete(Call call, Tx tx) {
        store.delete(tx, one(call, tx).id());
        changes.made(tx);
        return Reply.empty();
    }

    /** Assertions are sent there. */
    private static String url(String text) {
        try {
            URI url = new URI(text);
            if (url.getHost() != null
                    && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return text;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw Failure.badRequest("auth_url and sp_url are URLs that begin with http or https.");
    }

    private static View view(Call call, ServiceProvider provider) {
        return new View(
                new Body(
                        provider.id(),
                        provider.authUrl(),
                        provider.spUrl(),
                        provider.description(),
                        provider.enabled(),
                        provider.relayStatePrefix(),
                        Links.self(call, PATH + "/" + provider.id())));
    }
}
