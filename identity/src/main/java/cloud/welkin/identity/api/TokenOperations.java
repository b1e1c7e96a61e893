package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.auth.AuthRequest;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.auth.Oauth1Method;
import cloud.welkin.identity.auth.SignIn;
import cloud.welkin.identity.auth.SignedRequest;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.Page;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.TokenStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tokens and what can be asked with one: /v3/auth. */
final class TokenOperations implements OperationGroup {
    private static final Set<String> FOR_SERVICES = Set.of("service", "admin");
    private static final String RECEIPT = "Openstack-Auth-Receipt";
    private static final Param NO_CATALOG = Param.text("nocatalog", "Leave the catalogue out.");

    private final Authentication authentication;
    private final Sessions sessions;
    private final Changes changes;
    private final TokenStore tokens;
    private final RoleStore roles;
    private final ProjectStore projects;
    private final Catalogue catalogue;
    private final Clock clock;
    private final Duration expiredWindow;

    TokenOperations(
            Authentication authentication,
            Sessions sessions,
            Changes changes,
            TokenStore tokens,
            RoleStore roles,
            ProjectStore projects,
            Catalogue catalogue,
            Clock clock,
            Duration expiredWindow) {
        this.authentication = authentication;
        this.sessions = sessions;
        this.changes = changes;
        this.tokens = tokens;
        this.roles = roles;
        this.projects = projects;
        this.catalogue = catalogue;
        this.clock = clock;
        this.expiredWindow = expiredWindow;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/auth/tokens")
                        .openToAll()
                        .doc("Authenticates and gives a token, in X-Subject-Token.")
                        .params(NO_CATALOG)
                        .body(AuthRequest.class)
                        .replies(TokenView.class)
                        .computes(this::issue),
                Operation.get("/auth/tokens")
                        .policyByHandler("identity:validate_token")
                        .doc("Shows the token in X-Subject-Token.")
                        .params(NO_CATALOG, Param.text("allow_expired", "Expired ones too."))
                        .replies(TokenView.class)
                        .reads(this::show),
                Operation.delete("/auth/tokens")
                        .policyByHandler("identity:revoke_token")
                        .doc("Revokes the token in X-Subject-Token.")
                        .writes((call, tx, body) -> revoke(call, tx)),
                Operation.get("/auth/catalog")
                        .policy("identity:get_auth_catalog")
                        .doc("The catalogue as the caller's token sees it.")
                        .reads(this::catalog),
                projects("/auth/projects"),
                domains("/auth/domains"),
                // Where federated users looked for them once; clients still do.
                projects("/OS-FEDERATION/projects"),
                domains("/OS-FEDERATION/domains"),
                Operation.get("/auth/system")
                        .policy("identity:get_auth_system")
                        .doc("Whether the caller can have a token for the system.")
                        .reads(this::systems));
    }

    private Operation projects(String path) {
        return Operation.get(path)
                .policy("identity:get_auth_projects")
                .doc("The projects that the caller can have a token for.")
                .reads(
                        (call, tx) ->
                                ProjectForm.projectList(
                                        Asked.of(call),
                                        new Page<>(
                                                reachable(call, tx, AssignmentTarget.Kind.PROJECT),
                                                false)));
    }

    private Operation domains(String path) {
        return Operation.get(path)
                .policy("identity:get_auth_domains")
                .doc("The domains that the caller can have a token for.")
                .reads(
                        (call, tx) ->
                                ProjectForm.domainList(
                                        Asked.of(call),
                                        new Page<>(
                                                reachable(call, tx, AssignmentTarget.Kind.DOMAIN),
                                                false)));
    }

    private Object issue(Call call, AuthRequest request) {
        SignIn.Asker asker = SignIn.Asker.of(call, call.header(RECEIPT));
        SignIn signedIn =
                ScopedValue.where(Oauth1Method.REQUEST, SignedRequest.of(call))
                        .call(() -> authentication.authenticate(request.auth(), asker));
        return switch (signedIn) {
            case SignIn.Done(Session session) -> {
                call.note("user", session.user().id().value());
                yield Reply.of(view(call, session))
                        .header("X-Subject-Token", session.caller().token().text());
            }
            case SignIn.Unfinished unfinished ->
                    Reply.of(ReceiptView.of(unfinished))
                            .status(401)
                            .header(RECEIPT, unfinished.text());
        };
    }

    private Object show(Call call, Tx tx) {
        Session subject = subject(call, Listing.flag(call.query(), "allow_expired"));
        return Reply.of(view(call, subject))
                .header("X-Subject-Token", subject.caller().token().text());
    }

    private Object revoke(Call call, Tx tx) {
        Session subject = subject(call, false);
        tokens.revoke(
                tx, subject.payload().auditId(), subject.payload().expiresAt(), clock.instant());
        changes.made(tx, subject.caller().user());
        return Reply.empty();
    }

    /** The token that the request is about, if the caller may know of it. */
    private Session subject(Call call, boolean evenExpired) {
        String text =
                call.header("X-Subject-Token")
                        .orElseThrow(() -> Failure.badRequest("X-Subject-Token is missing."));
        Session subject;
        try {
            subject = evenExpired ? lately(call, text) : sessions.session(text);
        } catch (Failure notValid) {
            call.authorize(Targets.token(call.caller().user()));
            throw Failure.notFound("Failed to validate token");
        }
        call.authorize(Targets.token(subject.user().id()));
        return subject;
    }

    /**
     * A token that may have expired, for services that finish what it began (Keystone's
     * allow_expired): nobody else is told, and not for ever.
     */
    private Session lately(Call call, String text) {
        if (Collections.disjoint(call.caller().roles(), FOR_SERVICES)) {
            return sessions.session(text);
        }
        Session subject = sessions.evenExpired(text);
        if (!clock.instant().isBefore(subject.payload().expiresAt().plus(expiredWindow))) {
            throw Failure.unauthorized();
        }
        return subject;
    }

    private TokenView view(Call call, Session session) {
        return TokenView.of(session, catalogue, call.origin(), !call.query().has("nocatalog"));
    }

    private Object catalog(Call call, Tx tx) {
        Session session = sessions.session(call.caller().token().text());
        return Map.of(
                "catalog", TokenView.services(session, catalogue, call.origin()),
                "links", Links.self(call, "/auth/catalog"));
    }

    private List<Project> reachable(Call call, Tx tx, AssignmentTarget.Kind kind) {
        List<String> ids = roles.reachable(tx, call.caller().user(), kind);
        return projects
                .list(tx, ProjectStore.Filter.of(kind == AssignmentTarget.Kind.DOMAIN, ids))
                .rows()
                .stream()
                .filter(Project::enabled)
                .toList();
    }

    private Object systems(Call call, Tx tx) {
        boolean any = !roles.effective(tx, call.caller().user(), AssignmentTarget.SYSTEM).isEmpty();
        return Map.of(
                "system",
                any ? List.of(Map.of("all", true)) : List.of(),
                "links",
                Links.self(call, "/auth/system"));
    }
}
