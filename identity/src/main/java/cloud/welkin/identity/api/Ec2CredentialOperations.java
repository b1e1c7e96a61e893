package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.Credential;
import cloud.welkin.identity.domain.Ec2Key;
import cloud.welkin.identity.store.CredentialStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys for signing as Amazon's clients do, each of a user for a project:
 * /v3/users/ID/credentials/OS-EC2. They are credentials of the type {@code ec2}, too.
 */
final class Ec2CredentialOperations implements OperationGroup {
    private static final String PATH = "/users/{user_id}/credentials/OS-EC2";

    private final CredentialStore credentials;
    private final UserStore users;
    private final ProjectStore projects;
    private final Sessions sessions;

    Ec2CredentialOperations(
            CredentialStore credentials,
            UserStore users,
            ProjectStore projects,
            Sessions sessions) {
        this.credentials = credentials;
        this.users = users;
        this.projects = projects;
        this.sessions = sessions;
    }

    record Request(String tenantId) {}

    record View(Body credential) {}

    record Body(
            String userId,
            String tenantId,
            String access,
            String secret,
            Optional<String> trustId,
            Map<String, String> links) {
        @Override
        public String toString() {
            return "Body[" + access + "]";
        }
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policyByHandler("identity:ec2_list_credentials")
                        .doc("Lists a user's EC2 credentials.")
                        .anyParam()
                        .reads(this::list),
                Operation.post(PATH)
                        .policyByHandler("identity:ec2_create_credential")
                        .doc("Creates an EC2 credential of a user for a project.")
                        .body(Request.class)
                        .replies(View.class)
                        .writes(this::create),
                Operation.get(PATH + "/{access}")
                        .policyByHandler("identity:ec2_get_credential")
                        .doc("Shows an EC2 credential.")
                        .replies(View.class)
                        .reads((call, tx) -> view(call, required(call, tx))),
                Operation.delete(PATH + "/{access}")
                        .policyByHandler("identity:ec2_delete_credential")
                        .doc("Deletes an EC2 credential.")
                        .writes(
                                (call, tx, body) -> {
                                    credentials.delete(tx, required(call, tx).id());
                                    return Reply.empty();
                                }));
    }

    private Object list(Call call, Tx tx) {
        UserId user = ofPath(call, tx);
        Asked asked = Asked.of(call);
        return asked.answer(
                "credentials",
                asked.page(
                        credentials.list(tx, Optional.of(user), Optional.of("ec2")).stream()
                                .filter(delegated(call)::mayKnow)
                                .toList(),
                        Credential::id),
                Credential::id,
                credential -> view(call, credential).credential());
    }

    private Object create(Call call, Tx tx, Request request) {
        UserId user = ofPath(call, tx);
        ProjectId project = new ProjectId(request.tenantId());
        Ec2Key.Delegation limits = delegated(call).limitsOf(user, Optional.of(project));
        if (projects.find(tx, project).isEmpty()) {
            throw ProjectForm.noProject(project.value());
        }
        Ec2Key key = new Ec2Key(Ids.hex(), Ids.hex(), limits);
        Credential credential =
                new Credential(
                        CredentialStore.ec2Id(key.access()),
                        user,
                        Optional.of(project),
                        "ec2",
                        key.blob());
        credentials.insert(tx, credential);
        return view(call, credential);
    }

    private UserId ofPath(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(CredentialOperations.of(user));
        if (users.find(tx, user).isEmpty()) {
            throw Failure.notFound("Could not find user: %s.", user);
        }
        return user;
    }

    /** Whose it is says the credential; that there is none is no secret, as in Keystone. */
    private Credential required(Call call, Tx tx) {
        String access = call.path("access");
        Credential found = credentials.ofAccess(tx, access).orElseThrow(() -> none(call, access));
        call.authorize(CredentialOperations.of(found.user()));
        return delegated(call).required(found);
    }

    private static Failure none(Call call, String access) {
        call.may(CredentialOperations.of(new UserId(call.path("user_id"))));
        return Failure.notFound("Could not find credential: %s.", access);
    }

    private Delegated delegated(Call call) {
        return Delegated.of(sessions.session(call.caller().token().text()));
    }

    private static View view(Call call, Credential credential) {
        Optional<Ec2Key> key = Ec2Key.of(credential.blob());
        String access = key.map(Ec2Key::access).orElse("");
        return new View(
                new Body(
                        credential.user().value(),
                        credential.project().map(ProjectId::value).orElse(""),
                        access,
                        key.map(Ec2Key::secret).orElse(""),
                        key.flatMap(found -> found.limits().trust()),
                        Links.self(
                                call,
                                "/users/" + credential.user() + "/credentials/OS-EC2/" + access)));
    }
}
