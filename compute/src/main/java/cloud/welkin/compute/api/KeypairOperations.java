package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Keypair;
import cloud.welkin.compute.domain.SshKeys;
import cloud.welkin.compute.store.KeypairStore;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.compute.work.ComputeQuota;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.OneOf;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Key pairs of a user: os-keypairs. A name is unique within its user; a key never changes after it
 * was made.
 */
final class KeypairOperations implements OperationGroup {
    private static final String P = ComputePolicy.P + "os-keypairs:";

    private final KeypairStore keypairs;
    private final ComputeQuota quota;
    private final SecureRandom random;
    private final Clock clock;

    KeypairOperations(KeypairStore keypairs, ComputeQuota quota, SecureRandom random, Clock clock) {
        this.keypairs = keypairs;
        this.quota = quota;
        this.random = random;
        this.clock = clock;
    }

    record KeypairRequest(NewKeypair keypair) {}

    record NewKeypair(
            @Length(min = 1, max = 255) String name,
            @Length(min = 1, max = 65_535) Optional<String> publicKey,
            @OneOf({"ssh", "x509"}) Optional<String> type,
            @Length(min = 1, max = 255) Optional<String> userId) {}

    @Override
    public List<Operation> operations() {
        Param user = Param.text("user_id", "Another user's, for admins (2.10).");
        return List.of(
                Operation.get("/os-keypairs")
                        .policyByHandler(P + "index")
                        .doc("A user's key pairs.")
                        .params(
                                user,
                                Param.integer("limit", "How many at most (2.35)."),
                                Param.text("marker", "The name of the last one before (2.35)."))
                        .anyParamBefore("2.75")
                        .reads(this::list),
                Operation.post("/os-keypairs")
                        .policyByHandler(P + "create")
                        .doc(
                                "Takes a public key in; before 2.92 it makes a pair where none is given.")
                        .body(KeypairRequest.class)
                        .status(201)
                        .writes((call, tx, body) -> create(call, tx, body.keypair())),
                Operation.get("/os-keypairs/{name}")
                        .policyByHandler(P + "show")
                        .doc("One key pair.")
                        .params(user)
                        .anyParamBefore("2.75")
                        .reads(
                                (call, tx) -> {
                                    Keypair keypair = find(call, tx);
                                    Map<String, Object> view = view(call, keypair);
                                    view.put("user_id", keypair.user().value());
                                    view.put("id", keypair.number());
                                    view.put("created_at", Times.micros(keypair.createdAt()));
                                    view.put("deleted", false);
                                    view.put("deleted_at", Optional.empty());
                                    view.put("updated_at", Optional.empty());
                                    return Map.of("keypair", view);
                                }),
                Operation.delete("/os-keypairs/{name}")
                        .policyByHandler(P + "delete")
                        .doc("Forgets a key pair; servers keep the key.")
                        .params(user)
                        .anyParamBefore("2.75")
                        .status(204)
                        .writes(
                                (call, tx, body) -> {
                                    Keypair keypair = find(call, tx);
                                    keypairs.delete(tx, keypair.user(), keypair.name());
                                    return Reply.empty()
                                            .status(call.version().atLeast("2.2") ? 204 : 202);
                                }));
    }

    private UserId user(Call call, Optional<String> wanted) {
        UserId user =
                call.version().atLeast("2.10")
                        ? wanted.map(UserId::new).orElse(call.caller().user())
                        : call.caller().user();
        call.authorize(new Target(Map.of("user_id", user.value())));
        return user;
    }

    private Object list(Call call, Tx tx) {
        UserId user = user(call, call.query().text("user_id"));
        boolean paged = call.version().atLeast("2.35");
        int limit =
                paged
                        ? call.query()
                                .integer("limit")
                                .map(n -> Math.min(n, Rows.MOST))
                                .orElse(Rows.MOST)
                        : Rows.MOST;
        Optional<String> marker = paged ? call.query().text("marker") : Optional.empty();
        marker.filter(name -> keypairs.find(tx, user, name).isEmpty())
                .ifPresent(
                        name -> {
                            throw Failure.badRequest("marker [%s] not found", name)
                                    .as("MarkerNotFound");
                        });
        List<Keypair> found = limit == 0 ? List.of() : keypairs.list(tx, user, marker, limit);
        Map<String, Object> out = new LinkedHashMap<>();
        out.put(
                "keypairs",
                found.stream().map(keypair -> Map.of("keypair", view(call, keypair))).toList());
        List<Links.Link> next =
                paged
                        ? Links.next(call, found.stream().map(Keypair::name).toList(), limit)
                        : List.of();
        if (!next.isEmpty()) {
            out.put("keypairs_links", next);
        }
        return out;
    }

    private Object create(Call call, Tx tx, NewKeypair wanted) {
        UserId user = user(call, wanted.userId());
        String name = wanted.name();
        boolean good =
                call.version().atLeast("2.92")
                        ? name.matches("[a-zA-Z0-9\\-_ @.]+")
                        : name.matches("[a-zA-Z0-9\\-_ ]+");
        if (!good || name.isBlank()) {
            throw Failure.badRequest(
                    "Keypair data is invalid: Keypair name contains unsafe characters");
        }
        String type = wanted.type().orElse("ssh");
        if (wanted.type().isPresent() && !call.version().atLeast("2.2")) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute keypair. Additional properties are not allowed"
                            + " ('type' was unexpected)");
        }
        Optional<SshKeys.Generated> generated = Optional.empty();
        SshKeys.Public key;
        if (wanted.publicKey().isPresent()) {
            key =
                    type.equals("x509")
                            ? SshKeys.certificate(wanted.publicKey().get())
                            : SshKeys.parse(wanted.publicKey().get());
        } else {
            if (call.version().atLeast("2.92")) {
                throw Failure.badRequest(
                        "Invalid input for field/attribute keypair. 'public_key' is a required"
                                + " property");
            }
            if (type.equals("x509")) {
                throw Failure.badRequest(
                        "Keypair data is invalid: certificates are taken in, not made, by this cloud");
            }
            generated = Optional.of(SshKeys.generate(random));
            key = generated.get().key();
        }
        long limit =
                quota.limit(
                        tx,
                        call.caller().project().orElse(new cloud.welkin.kernel.id.ProjectId("")),
                        ComputeQuota.KEY_PAIRS);
        if (limit >= 0 && keypairs.count(tx, user) >= limit) {
            throw Failure.forbidden("Quota exceeded, too many key pairs.")
                    .as("KeypairLimitExceeded");
        }
        Keypair keypair =
                new Keypair(
                        0,
                        user,
                        name.strip(),
                        type,
                        key.text(),
                        key.fingerprint(),
                        clock.instant());
        if (!keypairs.insert(tx, keypair)) {
            throw Failure.conflict("Key pair '%s' already exists.", name).as("KeyPairExists");
        }
        Map<String, Object> view = view(call, keypair);
        view.put("user_id", user.value());
        generated.ifPresent(pair -> view.put("private_key", pair.privateKey()));
        return Reply.of(Map.of("keypair", view)).status(call.version().atLeast("2.2") ? 201 : 200);
    }

    private Keypair find(Call call, Tx tx) {
        UserId user = user(call, call.query().text("user_id"));
        return keypairs.find(tx, user, call.path("name"))
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                                "Keypair %s not found for user %s",
                                                call.path("name").length() > 255
                                                        ? ""
                                                        : call.path("name"),
                                                user)
                                        .as("KeypairNotFound"));
    }

    private static Map<String, Object> view(Call call, Keypair keypair) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("name", keypair.name());
        view.put("public_key", keypair.publicKey());
        view.put("fingerprint", keypair.fingerprint());
        if (call.version().atLeast("2.2")) {
            view.put("type", keypair.type());
        }
        return view;
    }
}
