package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.Credential;
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
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Secrets of users for other ways of signing: /v3/credentials and /v3/users/…/credentials/OS-EC2.
 */
final class CredentialOperations implements OperationGroup {
    private static final String EC2 = "/users/{user_id}/credentials/OS-EC2";

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

    record Ec2Request(String tenantId) {}

    record Ec2Body(
            String userId,
            String tenantId,
            String access,
            String secret,
            Optional<String> trustId,
            Map<String, String> links) {
        @Override
        public String toString() {
            return "Ec2Body[" + access + "]";
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
                                }),
                Operation.get(EC2)
                        .policyByHandler("identity:ec2_list_credentials")
                        .doc("Lists a user's EC2 credentials.")
                        .reads(this::listEc2),
                Operation.post(EC2)
                        .policyByHandler("identity:ec2_create_credential")
                        .doc("Creates an EC2 credential of a user for a project.")
                        .body(Ec2Request.class)
                        .writes(this::createEc2),
                Operation.get(EC2 + "/{access}")
                        .policyByHandler("identity:ec2_get_credential")
                        .doc("Shows an EC2 credential.")
                        .reads((call, tx) -> Map.of("credential", ec2(call, required(call, tx)))),
                Operation.delete(EC2 + "/{access}")
                        .policyByHandler("identity:ec2_delete_credential")
                        .doc("Deletes an EC2 credential.")
                        .writes(
                                (call, tx, body) -> {
                                    credentials.delete(tx, required(call, tx).id());
                                    return Reply.empty();
                                }));
    }

    private static Target of(UserId user) {
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
                "credentials", found, Credential::id, credential -> body(call, credential));
    }

    private Object create(Call call, Tx tx, NewCredential request) {
        UserId user = request.userId().map(UserId::new).orElse(call.caller().user());
        call.authorize(of(user));
        refuseDelegated(call);
        Credential credential =
                new Credential(
                        request.type().equals("ec2") ? ec2Id(request) : Ids.hex(),
                        user,
                        request.projectId().map(ProjectId::new),
                        request.type(),
                        request.blob());
        requireKnown(tx, credential);
        try {
            credentials.insert(tx, credential);
        } catch (IntegrityConstraintViolationException e) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store credential - Duplicate entry.");
        }
        return view(call, credential);
    }

    /** An EC2 credential is found by its access key; its blob holds that key and the secret. */
    private static String ec2Id(NewCredential request) {
        if (request.projectId().isEmpty()) {
            throw Failure.badRequest("Credentials of type ec2 need a project_id.");
        }
        JsonNode blob;
        try {
            blob = Json.mapper().readTree(request.blob());
        } catch (JacksonException e) {
            throw Failure.badRequest("The blob of an ec2 credential is JSON.");
        }
        if (!blob.isObject() || !blob.path("access").isString()) {
            throw Failure.badRequest("The blob of an ec2 credential has an access key.");
        }
        return ec2Id(blob.path("access").asString());
    }

    private static String ec2Id(String access) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(access.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A secret made with a restricted token would outlive the restriction (OSSA-2013-032,
     * OSSA-2020-004, OSSA-2026-005).
     */
    private void refuseDelegated(Call call) {
        if (call.caller().token().applicationCredential().isPresent()
                || sessions.session(call.caller().token().text()).trust().isPresent()) {
            throw Failure.forbidden(
                    "Credentials cannot be made or changed with an application credential or a"
                            + " trust.");
        }
    }

    private Object change(Call call, Tx tx, CredentialChange change) {
        Credential current = credential(call, tx);
        refuseDelegated(call);
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
        if (changed.type().equals("ec2") && changed.project().isEmpty()) {
            throw Failure.badRequest("Credentials of type ec2 need a project_id.");
        }
        credentials.update(tx, changed);
        return view(call, changed);
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
        if (found.isPresent() && call.may(of(found.get().user()))) {
            return found.get();
        }
        call.authorize(of(call.caller().user()));
        throw Failure.notFound("Could not find credential: %s.", id);
    }

    private Object listEc2(Call call, Tx tx) {
        UserId user = ofPath(call, tx);
        return Map.of(
                "credentials",
                credentials.list(tx, Optional.of(user), Optional.of("ec2")).stream()
                        .map(credential -> ec2(call, credential))
                        .toList(),
                "links",
                Links.whole(call));
    }

    private Object createEc2(Call call, Tx tx, Ec2Request request) {
        UserId user = ofPath(call, tx);
        refuseDelegated(call);
        String access = Ids.hex();
        Credential credential =
                new Credential(
                        ec2Id(access),
                        user,
                        Optional.of(new ProjectId(request.tenantId())),
                        "ec2",
                        Json.text(Map.of("access", access, "secret", Ids.hex())));
        requireKnown(tx, credential);
        credentials.insert(tx, credential);
        return Map.of("credential", ec2(call, credential));
    }

    private UserId ofPath(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(of(user));
        if (users.find(tx, user).isEmpty()) {
            throw Failure.notFound("Could not find user: %s.", user);
        }
        return user;
    }

    private Credential required(Call call, Tx tx) {
        UserId user = ofPath(call, tx);
        String access = call.path("access");
        return credentials
                .find(tx, ec2Id(access))
                .filter(credential -> credential.user().equals(user))
                .orElseThrow(() -> Failure.notFound("Could not find credential: %s.", access));
    }

    private static Ec2Body ec2(Call call, Credential credential) {
        JsonNode blob = Json.mapper().readTree(credential.blob());
        String access = blob.path("access").asString("");
        return new Ec2Body(
                credential.user().value(),
                credential.project().map(ProjectId::value).orElse(""),
                access,
                blob.path("secret").asString(""),
                Optional.empty(),
                Links.self(call, "/users/" + credential.user() + "/credentials/OS-EC2/" + access));
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
