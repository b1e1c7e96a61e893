package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.AccessRule;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;

/**
 * Application credentials of a user: /v3/users/{user_id}/application_credentials. The secret is
 * shown once.
 */
final class ApplicationCredentialOperations implements OperationGroup {
    private static final String PATH = "/users/{user_id}/application_credentials";

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final Passwords passwords;
    private final RoleStore roles;
    private final ApplicationCredentialStore credentials;
    private final Sessions sessions;

    ApplicationCredentialOperations(
            Database database,
            Clock clock,
            SecureRandom random,
            Passwords passwords,
            RoleStore roles,
            ApplicationCredentialStore credentials,
            Sessions sessions) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.passwords = passwords;
        this.roles = roles;
        this.credentials = credentials;
        this.sessions = sessions;
    }

    record CredentialRequest(NewCredential applicationCredential) {}

    record NewCredential(
            @Length(min = 1, max = 255) String name,
            @Length(max = 255) Optional<String> secret,
            Optional<String> description,
            Optional<String> expiresAt,
            Optional<List<RoleName>> roles,
            @Items(max = 100) Optional<List<NewRule>> accessRules,
            Optional<Boolean> unrestricted) {
        @Override
        public String toString() {
            return "NewCredential[" + name + "]";
        }
    }

    record RoleName(Optional<String> id, Optional<String> name) {}

    record NewRule(
            Optional<String> id,
            @Length(max = 128) Optional<String> path,
            @OneOf({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "COPY"})
                    Optional<String> method,
            @Length(max = 64) Optional<String> service) {}

    record CredentialView(CredentialBody applicationCredential) {}

    record RoleBody(String id, String name, Optional<String> domainId) {}

    record CredentialBody(
            String id,
            String name,
            Optional<String> description,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> secret,
            String projectId,
            String userId,
            List<RoleBody> roles,
            Optional<String> expiresAt,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<List<AccessRule>> accessRules,
            boolean unrestricted,
            Map<String, String> links) {
        @Override
        public String toString() {
            return "CredentialBody[" + id + "]";
        }
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policyByHandler("identity:list_application_credentials")
                        .doc("Lists a user's application credentials.")
                        .params(Param.text("name", "The one of this name."))
                        .anyParam()
                        .reads(this::list),
                Operation.post(PATH)
                        .policyByHandler("identity:create_application_credential")
                        .doc("Creates an application credential for oneself.")
                        .body(CredentialRequest.class)
                        .replies(CredentialView.class)
                        .computes((call, body) -> create(call, body.applicationCredential())),
                Operation.get(PATH + "/{credential_id}")
                        .policyByHandler("identity:get_application_credential")
                        .doc("Shows an application credential, without its secret.")
                        .replies(CredentialView.class)
                        .reads(
                                (call, tx) ->
                                        new CredentialView(
                                                body(
                                                        call,
                                                        credential(call, tx),
                                                        Optional.empty()))),
                Operation.delete(PATH + "/{credential_id}")
                        .policyByHandler("identity:delete_application_credential")
                        .doc("Deletes an application credential and ends its tokens.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(Targets.user(user));
        Asked asked = Asked.of(call, "name");
        return asked.answer(
                "application_credentials",
                credentials.list(tx, user, asked.texts(), asked.paging()),
                ApplicationCredential::id,
                credential -> body(call, credential, Optional.empty()));
    }

    private Object create(Call call, NewCredential request) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(Targets.user(user));
        ProjectId project = call.caller().requireProject();
        if (isRestricted(call)) {
            throw restricted();
        }
        Optional<Instant> expires = request.expiresAt().map(this::expiry);
        String secret = request.secret().orElseGet(this::newSecret);
        String hash = passwords.hash(secret);
        return database.write(
                tx -> {
                    ApplicationCredential credential =
                            new ApplicationCredential(
                                    Ids.hex(),
                                    user,
                                    project,
                                    request.name(),
                                    request.description(),
                                    hash,
                                    request.unrestricted().orElse(false),
                                    expires,
                                    granted(tx, call, request),
                                    request.accessRules()
                                            .map(
                                                    rules ->
                                                            rules.stream()
                                                                    .map(r -> rule(tx, user, r))
                                                                    .toList()));
                    try {
                        credentials.insert(tx, credential);
                    } catch (IntegrityConstraintViolationException e) {
                        throw Failure.conflict(
                                "Conflict occurred attempting to store application credential -"
                                        + " Duplicate entry with this name.");
                    }
                    return call.told(
                            tx, new CredentialView(body(call, credential, Optional.of(secret))));
                });
    }

    /**
     * The roles asked for, all of which the caller must hold; without any asked for, all that it
     * holds.
     */
    private List<Role> granted(Tx tx, Call call, NewCredential request) {
        List<Role> held =
                roles.effective(
                        tx,
                        call.caller().user(),
                        AssignmentTarget.project(call.caller().requireProject().value()));
        if (request.roles().isEmpty() || request.roles().get().isEmpty()) {
            return held;
        }
        List<Role> granted = new ArrayList<>();
        for (RoleName name : request.roles().get()) {
            granted.add(
                    held.stream()
                            .filter(
                                    role ->
                                            name.id().map(role.id()::equals).orElse(true)
                                                    && name.name()
                                                            .map(role.name()::equals)
                                                            .orElse(true)
                                                    && (name.id().isPresent()
                                                            || name.name().isPresent()))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            Failure.badRequest(
                                                    "A role was asked for that the caller does not"
                                                            + " hold in this project.")));
        }
        return granted.stream().distinct().toList();
    }

    /** One of the user's rules by id, or by its words, made where it is missing. */
    private AccessRule rule(Tx tx, UserId user, NewRule wanted) {
        if (wanted.id().isPresent()) {
            return credentials.rulesOf(tx, user).stream()
                    .filter(known -> known.id().equals(wanted.id().get()))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    Failure.badRequest(
                                            "There is no access rule %s.", wanted.id().get()));
        }
        if (wanted.path().isEmpty() || wanted.method().isEmpty() || wanted.service().isEmpty()) {
            throw Failure.badRequest("An access rule has an id, or path, method and service.");
        }
        return credentials.rule(
                tx,
                user,
                new AccessRule(
                        Ids.hex(),
                        wanted.service().get(),
                        wanted.method().get(),
                        wanted.path().get()));
    }

    /**
     * Else a leaked, restricted credential could make itself another that outlives it, and whoever
     * was lent a role one of all the lender's (OSSA-2014-018).
     */
    private boolean isRestricted(Call call) {
        Session session = sessions.session(call.caller().token().text());
        return !session.unrestricted() || session.trust().isPresent();
    }

    private static Failure restricted() {
        return Failure.forbidden(
                "A restricted application credential or a trust cannot make or delete application"
                        + " credentials.");
    }

    private Object delete(Call call, Tx tx) {
        if (isRestricted(call)) {
            throw restricted();
        }
        ApplicationCredential credential = credential(call, tx);
        credentials.delete(tx, credential.id());
        sessions.made(tx, credential.user());
        return Reply.empty();
    }

    private ApplicationCredential credential(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(Targets.user(user));
        String id = call.path("credential_id");
        Optional<ApplicationCredential> found = credentials.find(tx, id);
        // Another's is another's by whatever path it is asked for.
        found.ifPresent(credential -> call.authorize(Targets.user(credential.user())));
        return found.filter(credential -> credential.user().equals(user))
                .orElseThrow(
                        () -> Failure.notFound("Could not find Application Credential: %s.", id));
    }

    private Instant expiry(String text) {
        try {
            Instant expires = Times.parse(text);
            if (!expires.isAfter(clock.instant())) {
                throw Failure.badRequest("expires_at lies in the past.");
            }
            return expires;
        } catch (DateTimeException e) {
            throw Failure.badRequest("expires_at is not a time of the form YYYY-MM-DDTHH:MM:SS.");
        }
    }

    private String newSecret() {
        byte[] bytes = new byte[64];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static CredentialBody body(
            Call call, ApplicationCredential credential, Optional<String> secret) {
        return new CredentialBody(
                credential.id(),
                credential.name(),
                credential.description(),
                secret,
                credential.project().value(),
                credential.user().value(),
                credential.roles().stream()
                        .map(role -> new RoleBody(role.id(), role.name(), Optional.empty()))
                        .toList(),
                credential.expiresAt().map(Times::micros),
                credential.rules(),
                credential.unrestricted(),
                Links.self(
                        call,
                        "/users/"
                                + credential.user()
                                + "/application_credentials/"
                                + credential.id()));
    }
}
