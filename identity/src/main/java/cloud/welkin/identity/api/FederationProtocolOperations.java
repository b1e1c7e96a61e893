package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.Verification;
import cloud.welkin.identity.saml.SamlProvider;
import cloud.welkin.identity.saml.SamlRefused;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ways of signing in at an identity provider:
 * /v3/OS-FEDERATION/identity_providers/ID/protocols. How what the provider says is verified, which
 * Keystone leaves to the web server before it, is told here too, below the protocol's {@code
 * /verification}.
 */
final class FederationProtocolOperations implements OperationGroup {
    private static final String PATH = IdentityProviderOperations.PATH + "/{idp_id}/protocols";
    private static final String ONE = PATH + "/{protocol_id}";
    private static final String VERIFICATION = ONE + "/verification";

    private final FederationStore store;
    private final Changes changes;

    FederationProtocolOperations(FederationStore store, Changes changes) {
        this.store = store;
        this.changes = changes;
    }

    record NewRequest(NewProtocol protocol) {}

    record NewProtocol(String mappingId, @Length(max = 64) Optional<String> remoteIdAttribute) {}

    record ChangeRequest(ProtocolChange protocol) {}

    record ProtocolChange(
            Field<String> mappingId, @Length(max = 64) Field<String> remoteIdAttribute) {}

    record View(Body protocol) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Body(
            String id,
            String mappingId,
            Optional<String> remoteIdAttribute,
            Map<String, String> links) {}

    record VerificationRequest(Verification verification) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy("identity:list_protocols")
                        .doc("Lists the protocols of an identity provider.")
                        .anyParam()
                        .reads(this::list),
                Operation.put(ONE)
                        .policy("identity:create_protocol")
                        .doc("Adds a protocol to an identity provider.")
                        .status(201)
                        .body(NewRequest.class)
                        .replies(View.class)
                        .writes((call, tx, body) -> create(call, tx, body.protocol())),
                Operation.get(ONE)
                        .policy("identity:get_protocol")
                        .doc("Shows a protocol.")
                        .replies(View.class)
                        .reads((call, tx) -> view(call, one(call, tx, store))),
                Operation.patch(ONE)
                        .policy("identity:update_protocol")
                        .doc("Changes a protocol.")
                        .body(ChangeRequest.class)
                        .replies(View.class)
                        .writes((call, tx, body) -> change(call, tx, body.protocol())),
                Operation.delete(ONE)
                        .policy("identity:delete_protocol")
                        .doc("Deletes a protocol; tokens that were had by it end.")
                        .writes((call, tx, body) -> delete(call, tx)),
                Operation.get(VERIFICATION)
                        .policy("identity:get_protocol_verification")
                        .doc("Shows how what the provider says is verified; no secrets.")
                        .reads(this::verification),
                Operation.put(VERIFICATION)
                        .policy("identity:set_protocol_verification")
                        .doc("Says how what the provider says is verified.")
                        .body(VerificationRequest.class)
                        .writes((call, tx, body) -> verify(call, tx, body.verification())));
    }

    static FederationProtocol one(Call call, Tx tx, FederationStore store) {
        String id = call.path("protocol_id");
        return store.protocol(tx, IdentityProviderOperations.one(call, tx, store).id(), id)
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "Could not find federated protocol %s for Identity"
                                                + " Provider: %s.",
                                        id, call.path("idp_id")));
    }

    private Object list(Call call, Tx tx) {
        String provider = IdentityProviderOperations.one(call, tx, store).id();
        Asked asked = Asked.of(call);
        return asked.answer(
                "protocols",
                asked.page(store.protocols(tx, provider), FederationProtocol::id),
                FederationProtocol::id,
                one -> body(call, one));
    }

    private Object create(Call call, Tx tx, NewProtocol request) {
        String provider = IdentityProviderOperations.one(call, tx, store).id();
        String id = FederationIds.given(call.path("protocol_id"));
        if (store.protocol(tx, provider, id).isPresent()) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store federation_protocol - Duplicate"
                            + " entry.");
        }
        return saved(
                call,
                tx,
                new FederationProtocol(
                        provider,
                        id,
                        request.mappingId(),
                        request.remoteIdAttribute(),
                        Optional.empty()));
    }

    private Object change(Call call, Tx tx, ProtocolChange change) {
        FederationProtocol current = one(call, tx, store);
        return saved(
                call,
                tx,
                new FederationProtocol(
                        current.provider(),
                        current.id(),
                        change.mappingId()
                                .over(Optional.of(current.mapping()))
                                .orElse(current.mapping()),
                        change.remoteIdAttribute().over(current.remoteIdAttribute()),
                        current.verification()));
    }

    private Object saved(Call call, Tx tx, FederationProtocol protocol) {
        if (store.mapping(tx, protocol.mapping()).isEmpty()) {
            throw Failure.badRequest("Could not find mapping: %s.", protocol.mapping());
        }
        store.save(tx, protocol);
        return view(call, protocol);
    }

    private Object delete(Call call, Tx tx) {
        store.deleteProtocol(tx, one(call, tx, store));
        changes.made(tx);
        return Reply.empty();
    }

    private Object verification(Call call, Tx tx) {
        return shown(
                one(call, tx, store)
                        .verification()
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                "Nothing says how the protocol is verified.")));
    }

    private Object verify(Call call, Tx tx, Verification given) {
        FederationProtocol current = one(call, tx, store);
        if (given.oidc().isPresent() == given.saml().isPresent()) {
            throw Failure.badRequest("verification must hold exactly one of oidc and saml.");
        }
        given.oidc().ifPresent(oidc -> checkIssuer(oidc.issuer()));
        given.saml().ifPresent(saml -> checkMetadata(saml.metadata()));
        store.save(
                tx,
                new FederationProtocol(
                        current.provider(),
                        current.id(),
                        current.mapping(),
                        current.remoteIdAttribute(),
                        Optional.of(given)));
        return shown(given);
    }

    private static void checkIssuer(String issuer) {
        try {
            URI uri = URI.create(issuer);
            if (List.of("http", "https").contains(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getQuery() == null
                    && uri.getFragment() == null) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // The same as another kind of URL.
        }
        throw Failure.badRequest("The issuer must be an http or https URL without a query.");
    }

    private static void checkMetadata(String metadata) {
        try {
            SamlProvider.of(metadata.getBytes(StandardCharsets.UTF_8));
        } catch (SamlRefused e) {
            throw Failure.badRequest("The metadata cannot be used: %s.", e.why());
        }
    }

    /** Without the secret. */
    private static Object shown(Verification verification) {
        return Map.of(
                "verification",
                verification
                        .oidc()
                        .<Object>map(
                                oidc ->
                                        Map.of(
                                                "oidc",
                                                Map.of(
                                                        "issuer",
                                                        oidc.issuer(),
                                                        "audience",
                                                        oidc.audience())))
                        .orElseGet(() -> Map.of("saml", verification.saml().orElseThrow())));
    }

    private static View view(Call call, FederationProtocol protocol) {
        return new View(body(call, protocol));
    }

    private static Body body(Call call, FederationProtocol protocol) {
        String provider = IdentityProviderOperations.PATH + "/" + protocol.provider();
        return new Body(
                protocol.id(),
                protocol.mapping(),
                protocol.remoteIdAttribute(),
                Map.of(
                        "self",
                        Links.self(call, provider + "/protocols/" + protocol.id()).get("self"),
                        "identity_provider",
                        Links.self(call, provider).get("self")));
    }
}
