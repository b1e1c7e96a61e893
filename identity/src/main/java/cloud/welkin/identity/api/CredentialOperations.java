package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.Credential;
import cloud.welkin.identity.domain.Ec2Key;
import cloud.welkin.identity.store.CredentialStore;
import cloud.welkin.identity.store.Page;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;

/** Secrets of users for other ways of signing: /v3/credentials. */
final class CredentialOperations implements OperationGroup {
    private final CredentialStore credentials;
    private final UserStore users;
    private final ProjectStore projects;
    private final Sessions sessions;

    CredentialOperations(
            CredentialStore credentials,
            UserStore users,
            ProjectStore projects,
            Sessions sessions) {
        this.credentials = credentials;
        this.users = users;
        this.projects = projects;
        this.sessions = sessions;
    }

    record CredentialRequest(NewCredential credential) {}

    record NewCredential(
            @Length(max = 65_536) String blob,
            @Length(min = 1, max = 255) String type,
            Optional<String> userId,
            Optional<String> projectId) {
        @Override
        public String toString() {
            return "NewCredential[" + type + "]";
        }
    }

    record ChangeRequest(CredentialChange credential) {}

    record CredentialChange(
            @Length(max = 65_536) Field<String> blob,
            @Length(min = 1, max = 255) Field<String> type,
            Field<String> userId,
            Field<String> projectId) {
        @Override
        public String toString() {
            return "CredentialChange[" + type + "]";
        }
    }

    record CredentialView(CredentialBody credential) {}

    record CredentialBody(
            String id,
            String userId,
            Optional<String> projectId,
            String type,
            String blob,
            Map<String, String> links) {
        @Override
        public String toString() {
            return "CredentialBody[" + id + "]";
        }
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/credentials")
                        .policyByHandler("identity:list_credentials")
                        .doc("Lists credentials: all of them, or the caller's own.")
                        .params(
                                Param.text("user_id", "Those of this user."),
                                Param.text("type", "Those of this type."))
                        .anyParam()
                        .reads(this::list),
                Operation.post("/credentials")
                        .policyByHandler("identity:create_credential")
                        .doc("Creates a credential.")
                        .body(CredentialRequest.class)
                        .replies(CredentialView.class)
                        .writes((call, tx, body) -> create(call, tx, body.credential())),
                Operation.get("/credentials/{credential_id}")
                        .policyByHandler("identity:get_credential")
                        .doc("Shows a credential.")
                        .replies(CredentialView.class)
                        .reads((call, tx) -> view(call, credential(call, tx))),
                Operation.patch("/credentials/{credential_id}")
                        .policyByHandler("identity:update_credential")
                        .doc("Changes a credential.")
                        .body(ChangeRequest.class)
                        .replies(CredentialView.class)
                        .writes((call, tx, body) -> change(call, tx, body.credential())),
                Operation.delete("/credentials/{credential_id}")
                        .policyByHandler("identity:delete_credential")
                        .doc("Deletes a credential.")
                        .writes(
                                (call, tx, body) -> {
                                    credentials.delete(tx, credential(call, tx).id());
                                    return Reply.empty();
                                }));
    }

    static Target of(UserId user) {
        return new Target(
                Map.of("target.credential.user_id", user.value(), "target.user.id", user.value()));
    }

    private Object list(Call call, Tx tx) {
        Optional<UserId> user = call.query().text("user_id").map(UserId::new);
        UserId own = call.caller().user();
        // Whoever may not see all of them sees its own; another's are an empty list.
        boolean all = call.may(Target.NOTHING);
        call.authorize(of(own));
        Asked asked = Asked.of(call, "type");
        Page<Credential> found =
                all || user.filter(other -> !other.equals(own)).isEmpty()
                        ? credentials.list(
                                tx, all ? user : Optional.of(own), asked.texts(), asked.paging())
                        : new Page<>(List.of(), false);
        return asked.answer(
                "credentials",
                found,
                Credential::id,
                delegated(call)::mayKnow,
                credential -> body(call, credential));
    }

    private Object create(Call call, Tx tx, NewCredential request) {
        UserId user = request.userId().map(UserId::new).orElse(call.caller().user());
        call.authorize(of(user));
        Optional<ProjectId> project = request.projectId().map(ProjectId::new);
        boolean ec2 = request.type().equals("ec2");
        if (!ec2) {
            delegated(call).refuse();
        }
        Ec2Blob blob =
                ec2
                        ? Ec2Blob.limited(request, delegated(call).limitsOf(user, project))
                        : new Ec2Blob(Ids.hex(), request.blob());
        Credential credential =
                new Credential(blob.id(), user, project, request.type(), blob.text());
        requireKnown(tx, credential);
        try {
            credentials.insert(tx, credential);
        } catch (IntegrityConstraintViolationException e) {
            throw duplicate();
        }
        return view(call, credential);
    }

    private Delegated delegated(Call call) {
        return Delegated.of(sessions.session(call.caller().token().text()));
    }

    /**
     * An EC2 credential is found by its access key; its blob holds that key and the secret.
     *
     * @param id of the credential
     */
    private record Ec2Blob(String id, String text) {
        static Ec2Blob limited(NewCredential request, Ec2Key.Delegation limits) {
            if (request.projectId().isEmpty()) {
                throw Failure.badRequest("Credentials of type ec2 need a project_id.");
            }
            Ec2Key key = key(request.blob());
            return new Ec2Blob(
                    CredentialStore.ec2Id(key.access()),
                    limits.isNone()
                            ? request.blob()
                            : new Ec2Key(key.access(), key.secret(), limits).blob());
        }
    }

    private static Ec2Key key(String blob) {
        return Ec2Key.of(blob)
                .orElseThrow(
                        () ->
                                Failure.badRequest(
                                        "The blob of an ec2 credential is JSON with an access"
                                                + " key."));
    }

    private Object change(Call call, Tx tx, CredentialChange change) {
        Credential current = credential(call, tx);
        delegated(call).refuse();
        Credential changed =
                new Credential(
                        current.id(),
                        change.userId().map(UserId::new).orKeep(current.user()),
                        change.projectId().map(ProjectId::new).over(current.project()),
                        change.type().orKeep(current.type()),
                        change.blob().orKeep(current.blob()));
        // Nobody hands a credential to somebody whose credentials are none of its business.
        call.authorize(of(changed.user()));
        requireKnown(tx, changed);
        if (changed.type().equals("ec2")) {
            requireSameLimits(current, changed);
        }
        try {
            credentials.update(tx, changed);
        } catch (IntegrityConstraintViolationException e) {
            throw duplicate();
        }
        return view(call, changed);
    }

    private static Failure duplicate() {
        return Failure.conflict(
                "Conflict occurred attempting to store credential - Duplicate entry.");
    }

    /** Another key is as limited as the one that the credential was made with. */
    private static void requireSameLimits(Credential current, Credential changed) {
        if (changed.project().isEmpty()) {
            throw Failure.badRequest("Credentials of type ec2 need a project_id.");
        }
        Ec2Key key = key(changed.blob());
        if (Ec2Key.of(current.blob())
                .filter(before -> !before.limits().equals(key.limits()))
                .isPresent()) {
            throw Failure.badRequest(
                    "trust_id, app_cred_id and access_token_id can not be updated for"
                            + " credential");
        }
    }

    private void requireKnown(Tx tx, Credential credential) {
        if (users.find(tx, credential.user()).isEmpty()) {
            throw Failure.notFound("Could not find user: %s.", credential.user());
        }
        if (credential.project().filter(id -> projects.find(tx, id).isEmpty()).isPresent()) {
            throw ProjectForm.noProject(credential.project().get().value());
        }
    }

    private Credential credential(Call call, Tx tx) {
        String id = call.path("credential_id");
        Optional<Credential> found = credentials.find(tx, id);
        call.authorize(found.map(it -> of(it.user())).orElse(Target.NOTHING));
        return delegated(call)
                .required(
                        found.orElseThrow(
                                () -> Failure.notFound("Could not find credential: %s.", id)));
    }

    private static CredentialView view(Call call, Credential credential) {
        return new CredentialView(body(call, credential));
    }

    private static CredentialBody body(Call call, Credential credential) {
        return new CredentialBody(
                credential.id(),
                credential.user().value(),
                credential.project().map(ProjectId::value),
                credential.type(),
                credential.blob(),
                Links.self(call, "/credentials/" + credential.id()));
    }
}
