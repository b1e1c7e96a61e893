package cloud.welkin.identity.api;

import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.AccessRule;
import cloud.welkin.identity.domain.CatalogRow;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.policy.Scope;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A token as Keystone shows it. */
record TokenView(Body token) {
    record Named(String id, String name) {}

    record UserView(
            Named domain,
            String id,
            String name,
            Optional<String> passwordExpiresAt,
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
                    @com.fasterxml.jackson.annotation.JsonProperty("OS-FEDERATION")
                    Optional<FederationView> federation) {}

    record FederationView(Person identityProvider, Person protocol, List<Person> groups) {}

    record ProjectView(Named domain, String id, String name) {}

    record Endpoint(
            String id,
            @com.fasterxml.jackson.annotation.JsonProperty("interface") String side,
            Optional<String> regionId,
            String url,
            Optional<String> region) {}

    record Service(List<Endpoint> endpoints, String type, String id, String name) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Credential(String id, boolean restricted, Optional<List<AccessRule>> accessRules) {}

    record Person(String id) {}

    record AccessView(String accessTokenId, String consumerId) {}

    record TrustView(String id, Person trustorUser, Person trusteeUser, boolean impersonation) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Body(
            List<String> methods,
            UserView user,
            List<String> auditIds,
            String expiresAt,
            String issuedAt,
            Optional<ProjectView> project,
            Optional<Boolean> isDomain,
            Optional<Named> domain,
            Optional<Map<String, Boolean>> system,
            Optional<List<Named>> roles,
            Optional<Credential> applicationCredential,
            @com.fasterxml.jackson.annotation.JsonProperty("OS-TRUST:trust")
                    Optional<TrustView> trust,
            @com.fasterxml.jackson.annotation.JsonProperty("OS-OAUTH1") Optional<AccessView> oauth1,
            Optional<Map<String, String>> oauth2Credential,
            Optional<List<Service>> catalog,
            Optional<List<Partner>> serviceProviders) {}

    record Partner(String id, String authUrl, String spUrl) {}

    private static Optional<FederationView> federation(Session session) {
        return session.payload()
                .mark(TokenPayload.PROVIDER)
                .map(
                        provider ->
                                new FederationView(
                                        new Person(provider),
                                        new Person(
                                                session.payload()
                                                        .mark(TokenPayload.PROTOCOL)
                                                        .orElseThrow()),
                                        session.groups().stream().map(Person::new).toList()));
    }

    static TokenView of(Session session, Catalogue catalogue, String origin, boolean withCatalog) {
        Scope scope = session.caller().scope();
        boolean scoped = !(scope instanceof Scope.Unscoped);
        boolean inProject = scope instanceof Scope.Project;
        return new TokenView(
                new Body(
                        session.payload().methods(),
                        new UserView(
                                named(session.userDomain()),
                                session.user().id().value(),
                                session.user().name(),
                                session.user().passwordExpiresAt().map(Times::micros),
                                federation(session)),
                        session.payload().auditIds(),
                        Times.microsZ(session.payload().expiresAt()),
                        Times.microsZ(session.payload().issuedAt()),
                        session.scoped()
                                .filter(p -> inProject)
                                .map(
                                        project ->
                                                new ProjectView(
                                                        named(
                                                                session.scopedDomain()
                                                                        .orElse(project)),
                                                        project.id().value(),
                                                        project.name())),
                        inProject ? Optional.of(false) : Optional.empty(),
                        session.scoped().filter(p -> !inProject).map(TokenView::named),
                        scope instanceof Scope.System
                                ? Optional.of(Map.of("all", true))
                                : Optional.empty(),
                        scoped
                                ? Optional.of(
                                        session.roles().stream()
                                                .map(role -> new Named(role.id(), role.name()))
                                                .toList())
                                : Optional.empty(),
                        session.payload()
                                .applicationCredential()
                                .map(
                                        id ->
                                                new Credential(
                                                        id,
                                                        !session.unrestricted(),
                                                        session.rules())),
                        session.trust()
                                .map(
                                        trust ->
                                                new TrustView(
                                                        trust.id(),
                                                        new Person(trust.trustor().value()),
                                                        new Person(trust.trustee().value()),
                                                        trust.impersonation())),
                        session.access()
                                .map(access -> new AccessView(access.id(), access.consumer())),
                        session.payload()
                                .mark(TokenPayload.THUMBPRINT)
                                .map(print -> Map.of(TokenPayload.THUMBPRINT, print)),
                        scoped && withCatalog
                                ? Optional.of(services(session, catalogue, origin))
                                : Optional.empty(),
                        partners(session)));
    }

    /** None at all where there are none, as in Keystone. */
    private static Optional<List<Partner>> partners(Session session) {
        return Optional.of(
                        session.serviceProviders().stream()
                                .map(sp -> new Partner(sp.id(), sp.authUrl(), sp.spUrl()))
                                .toList())
                .filter(partners -> !partners.isEmpty());
    }

    static List<Service> services(Session session, Catalogue catalogue, String origin) {
        return catalogue.of(origin, session.caller().project(), session.user().id()).stream()
                .map(
                        offered ->
                                new Service(
                                        offered.endpoints().stream()
                                                .map(TokenView::endpoint)
                                                .toList(),
                                        offered.service().type(),
                                        offered.service().id(),
                                        offered.service().name().orElse("")))
                .toList();
    }

    private static Endpoint endpoint(CatalogRow.Endpoint endpoint) {
        return new Endpoint(
                endpoint.id(),
                endpoint.side(),
                endpoint.region(),
                endpoint.url(),
                endpoint.region());
    }

    private static Named named(Project domain) {
        return new Named(domain.id().value(), domain.name());
    }
}
