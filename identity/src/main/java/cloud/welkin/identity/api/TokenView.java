package cloud.welkin.identity.api;

import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.policy.Scope;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A token as Keystone shows it. */
record TokenView(Body token) {
    record Named(String id, String name) {}

    record UserView(Named domain, String id, String name, Optional<String> passwordExpiresAt) {}

    record ProjectView(Named domain, String id, String name) {}

    record Endpoint(
            String id,
            @com.fasterxml.jackson.annotation.JsonProperty("interface") String side,
            String regionId,
            String url,
            String region) {}

    record Service(List<Endpoint> endpoints, String type, String id, String name) {}

    record Credential(String id, boolean restricted) {}

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
            Optional<List<Service>> catalog) {}

    static TokenView of(
            Session session, List<CatalogEntry> catalog, String origin, boolean withCatalog) {
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
                                Optional.empty()),
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
                                .map(id -> new Credential(id, !session.unrestricted())),
                        scoped && withCatalog
                                ? Optional.of(services(session, catalog, origin))
                                : Optional.empty()));
    }

    static List<Service> services(Session session, List<CatalogEntry> catalog, String origin) {
        return catalog.stream()
                .map(
                        entry ->
                                new Service(
                                        endpoints(entry, session, origin),
                                        entry.type(),
                                        entry.serviceId(),
                                        entry.name()))
                .filter(service -> !service.endpoints().isEmpty())
                .toList();
    }

    private static List<Endpoint> endpoints(CatalogEntry entry, Session session, String origin) {
        return Stream.of("public", "internal", "admin")
                .flatMap(
                        side ->
                                entry
                                        .url(origin, session.caller().project())
                                        .map(
                                                url ->
                                                        new Endpoint(
                                                                entry.endpointId(side),
                                                                side,
                                                                CatalogEntry.REGION,
                                                                url,
                                                                CatalogEntry.REGION))
                                        .stream())
                .toList();
    }

    private static Named named(Project domain) {
        return new Named(domain.id().value(), domain.name());
    }
}
