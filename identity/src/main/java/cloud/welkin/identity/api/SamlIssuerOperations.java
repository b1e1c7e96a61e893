package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Partners;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.ServiceProvider;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.ec2.KeySignatures;
import cloud.welkin.identity.saml.SamlIssuer;
import cloud.welkin.identity.saml.SamlRefused;
import cloud.welkin.identity.saml.SamlSigner;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Scope;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * This cloud as identity provider of others (Keystone to Keystone): a token for a project becomes a
 * SAML assertion for a service provider. What it says has Keystone's names: {@code openstack_user}
 * and the rest.
 */
final class SamlIssuerOperations implements OperationGroup {
    private static final String PATH = "/auth/OS-FEDERATION/saml2";
    private static final String ECP = PATH + "/ecp";
    private static final int LARGEST = 65_536;

    private final Database database;
    private final Clock clock;
    private final Sessions sessions;
    private final Stores stores;
    private final Partners partners;
    private final SamlSigner signer;

    SamlIssuerOperations(IdentityApi.Parts parts) {
        this.database = parts.database();
        this.clock = parts.clock();
        this.sessions = parts.sessions();
        this.stores = parts.stores();
        this.partners = parts.partners();
        this.signer = new SamlSigner(parts.samlKeys());
    }

    private record Request(String token, String serviceProvider) {
        @Override
        public String toString() {
            return "Request[" + serviceProvider + "]";
        }
    }

    private record Said(String response, ServiceProvider to) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/OS-FEDERATION/saml2/metadata")
                        .openToAll()
                        .doc("What other clouds want to know of this one as an identity provider.")
                        .streams(this::metadata),
                Operation.post(PATH)
                        .openToAll()
                        .doc("Gives a SAML assertion for a token in the body.")
                        .streams(
                                (call, exchange) -> {
                                    Said said = said(call, exchange);
                                    answer(exchange, said.response(), headers(said.to()));
                                }),
                Operation.post(ECP)
                        .openToAll()
                        .doc("Gives the same in an envelope, as enhanced clients pass it on.")
                        .streams(
                                (call, exchange) -> {
                                    Said said = said(call, exchange);
                                    answer(
                                            exchange,
                                            SamlIssuer.enveloped(
                                                    said.response(),
                                                    said.to().relayStatePrefix() + Ids.hex()),
                                            headers(said.to()));
                                }));
    }

    private void metadata(Call call, Exchange exchange) {
        answer(
                exchange,
                issuer(call).metadata(call.origin() + Links.ROOT + ECP),
                Map.of("Content-Type", "text/xml"));
    }

    private SamlIssuer issuer(Call call) {
        return new SamlIssuer(
                partners.entityId().orElse(call.origin() + Links.ROOT),
                partners.assertionLifetime(),
                signer);
    }

    private Said said(Call call, Exchange exchange) {
        Request request = read(call, exchange);
        Session session = subject(request.token());
        call.note("user", session.user().id().value());
        ServiceProvider provider =
                database.read(
                        tx ->
                                ServiceProviderOperations.one(
                                        tx, stores.serviceProviders(), request.serviceProvider()));
        if (!provider.enabled()) {
            throw Failure.forbidden("Service Provider %s is disabled", provider.id());
        }
        try {
            return new Said(
                    issuer(call)
                            .response(
                                    session.user().name(),
                                    database.read(tx -> attributes(tx, session)),
                                    new SamlIssuer.Audience(provider.spUrl(), names(provider)),
                                    clock.instant()),
                    provider);
        } catch (SamlRefused e) {
            throw Failure.badRequest(
                    "The name of the user, the project or a group cannot be written in XML.");
        }
    }

    private static Request read(Call call, Exchange exchange) {
        String type = call.header("Content-Type").orElse("").split(";", 2)[0].strip();
        if (!type.equalsIgnoreCase("application/json")) {
            throw new Failure(
                    FailureKind.UNSUPPORTED_MEDIA_TYPE,
                    "UnsupportedMediaType",
                    "Unsupported Content-Type; use application/json.");
        }
        try {
            byte[] bytes = exchange.body().readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw Failure.tooLarge("The request body is larger than %d bytes.", LARGEST);
            }
            JsonNode auth = Json.mapper().readTree(bytes).path("auth");
            return new Request(
                    text(auth, "/identity/token/id"), text(auth, "/scope/service_provider/id"));
        } catch (IOException | JacksonException e) {
            throw Failure.badRequest("Malformed request body: it is not valid JSON.");
        }
    }

    private static String text(JsonNode auth, String pointer) {
        JsonNode value = auth.at(pointer);
        if (!value.isString()) {
            throw Failure.badRequest("Expecting to find auth%s.", pointer.replace('/', '.'));
        }
        return value.asString();
    }

    /** A token that is for more than some things alone, and is its bearer's. */
    private Session subject(String token) {
        Session session;
        try {
            session = sessions.session(token);
        } catch (Failure e) {
            throw Failure.notFound("Failed to validate token");
        }
        if (!(session.caller().scope() instanceof Scope.Project)) {
            throw Failure.forbidden(
                    "Use a project scoped token when attempting to create a SAML assertion");
        }
        if (session.rules().isPresent()
                || session.payload().mark(TokenPayload.THUMBPRINT).isPresent()
                || session.payload().methods().contains(KeySignatures.METHOD)) {
            // Elsewhere the limits of such a token would not be known.
            throw Failure.forbidden("Such a token cannot be exchanged for a SAML assertion.");
        }
        return session;
    }

    private Map<String, List<String>> attributes(Tx tx, Session session) {
        Map<String, List<String>> attributes = new LinkedHashMap<>();
        attributes.put("openstack_user", List.of(session.user().name()));
        attributes.put("openstack_roles", session.roles().stream().map(Role::name).toList());
        attributes.put("openstack_project", List.of(session.scoped().orElseThrow().name()));
        attributes.put(
                "openstack_project_domain", List.of(session.scopedDomain().orElseThrow().name()));
        attributes.put("openstack_user_domain", List.of(session.userDomain().name()));
        List<String> groups =
                stores
                        .groups()
                        .list(tx, GroupStore.Filter.ofUser(session.user().id()))
                        .rows()
                        .stream()
                        .map(group -> described(tx, group))
                        .toList();
        if (!groups.isEmpty()) {
            attributes.put("openstack_groups", groups);
        }
        return attributes;
    }

    /** In Keystone's form, which tells a list from a text. */
    private String described(Tx tx, Group group) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", group.name());
        told.put(
                "domain",
                Map.of(
                        "name",
                        stores.projects()
                                .find(tx, new ProjectId(group.domain().value()))
                                .orElseThrow()
                                .name()));
        return "JSON:" + Json.text(told);
    }

    /**
     * As what the other cloud may know itself, which nobody tells us: by its Keystone's address, as
     * this program does, by the address of its SAML service, or by the name that Shibboleth gives.
     */
    private static List<String> names(ServiceProvider provider) {
        int federation = provider.authUrl().indexOf("/OS-FEDERATION/");
        URI url = URI.create(provider.spUrl());
        return List.of(
                federation < 0 ? provider.authUrl() : provider.authUrl().substring(0, federation),
                provider.spUrl(),
                url.getScheme() + "://" + url.getRawAuthority() + "/shibboleth");
    }

    private static Map<String, String> headers(ServiceProvider to) {
        return Map.of(
                "Content-Type",
                "text/xml",
                "Cache-Control",
                "no-store",
                "X-sp-url",
                to.spUrl(),
                "X-auth-url",
                to.authUrl());
    }

    private static void answer(Exchange exchange, String text, Map<String, String> headers) {
        try (OutputStream out = exchange.answer(200, headers)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
