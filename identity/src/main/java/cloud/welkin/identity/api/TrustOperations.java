package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.TrustStore;
import cloud.welkin.identity.store.UserStore;
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
import cloud.welkin.kernel.policy.Target;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Roles lent to another user: /v3/OS-TRUST/trusts. */
final class TrustOperations implements OperationGroup {
    private static final String PATH = "/OS-TRUST/trusts";
    private static final String ONE = PATH + "/{trust_id}";

    /** Keystone's max_redelegation_count. */
    private static final int DEEPEST = 3;

    private final Clock clock;
    private final TrustStore trusts;
    private final UserStore users;
    private final RoleStore roles;
    private final Sessions sessions;
    private final Changes changes;

    TrustOperations(
            Clock clock, TrustStore trusts, UserStore users, RoleStore roles, Sessions sessions) {
        this.clock = clock;
        this.trusts = trusts;
        this.users = users;
        this.roles = roles;
        this.sessions = sessions;
        this.changes = sessions;
    }

    record TrustRequest(NewTrust trust) {}

    record NewTrust(
            String trustorUserId,
            String trusteeUserId,
            boolean impersonation,
            Optional<String> projectId,
            Optional<List<RoleName>> roles,
            Optional<String> expiresAt,
            Optional<Integer> remainingUses,
            Optional<Boolean> allowRedelegation,
            Optional<Integer> redelegationCount) {}

    record RoleName(Optional<String> id, Optional<String> name) {}

    record TrustView(TrustBody trust) {}

    record TrustBody(
            String id,
            String trustorUserId,
            String trusteeUserId,
            Optional<String> projectId,
            boolean impersonation,
            Optional<String> expiresAt,
            Optional<String> deletedAt,
            Optional<Integer> remainingUses,
            int redelegationCount,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> redelegatedTrustId,
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
                    Optional<List<RoleOperations.RoleBody>> roles,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Links.ListLinks> rolesLinks,
            Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policyByHandler("identity:list_trusts")
                        .doc("Lists trusts: all of them, or those of one side.")
                        .params(
                                Param.text("trustor_user_id", "Those of this trustor."),
                                Param.text("trustee_user_id", "Those of this trustee."))
                        .anyParam()
                        .reads(this::list),
                Operation.post(PATH)
                        .policyByHandler("identity:create_trust")
                        .doc("Lends some of the caller's roles in a project to another user.")
                        .body(TrustRequest.class)
                        .replies(TrustView.class)
                        .writes((call, tx, body) -> create(call, tx, body.trust())),
                Operation.get(ONE)
                        .policyByHandler("identity:get_trust")
                        .doc("Shows a trust.")
                        .replies(TrustView.class)
                        .reads((call, tx) -> new TrustView(body(call, trust(call, tx), true))),
                Operation.delete(ONE)
                        .policyByHandler("identity:delete_trust")
                        .doc("Ends a trust, those that pass it on, and all their tokens.")
                        .writes((call, tx, body) -> delete(call, tx)),
                Operation.get(ONE + "/roles")
                        .policyByHandler("identity:list_roles_for_trust")
                        .doc("Lists the roles of a trust.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "roles",
                                                trust(call, tx).roles().stream()
                                                        .map(r -> RoleOperations.body(call, r))
                                                        .toList(),
                                                "links",
                                                Links.whole(call))),
                Operation.get(ONE + "/roles/{role_id}")
                        .policyByHandler("identity:get_role_for_trust")
                        .doc("Shows a role of a trust.")
                        .reads(
                                (call, tx) ->
                                        new RoleOperations.RoleView(
                                                RoleOperations.body(
                                                        call,
                                                        trust(call, tx).roles().stream()
                                                                .filter(
                                                                        r ->
                                                                                r.id().equals(
                                                                                                call
                                                                                                        .path(
                                                                                                                "role_id")))
                                                                .findFirst()
                                                                .orElseThrow(
                                                                        () ->
                                                                                noRole(
                                                                                        call.path(
                                                                                                "role_id")))))));
    }

    private Object list(Call call, Tx tx) {
        Optional<UserId> trustor = call.query().text("trustor_user_id").map(UserId::new);
        Optional<UserId> trustee = call.query().text("trustee_user_id").map(UserId::new);
        refuseApplicationCredential(call);
        // Each side has a rule of its own; without a side it is the operation's.
        boolean allowed =
                trustor.map(
                                id ->
                                        call.allows(
                                                "identity:list_trusts_for_trustor",
                                                side("trustor", id)))
                        .or(
                                () ->
                                        trustee.map(
                                                id ->
                                                        call.allows(
                                                                "identity:list_trusts_for_trustee",
                                                                side("trustee", id))))
                        .orElse(false);
        if (!allowed) {
            call.authorize(Target.NOTHING);
        } else {
            call.may(Target.NOTHING);
        }
        Asked asked = Asked.of(call);
        return asked.answer(
                "trusts",
                trusts.list(tx, trustor, trustee, asked.paging()),
                Trust::id,
                trust -> body(call, trust, false));
    }

    private static Target side(String side, UserId user) {
        return new Target(Map.of("target.trust." + side + "_user_id", user.value()));
    }

    private Object create(Call call, Tx tx, NewTrust request) {
        UserId trustor = new UserId(request.trustorUserId());
        UserId trustee = new UserId(request.trusteeUserId());
        call.authorize(side("trustor", trustor));
        refuseApplicationCredential(call);
        if (!call.caller().user().equals(trustor)) {
            throw Failure.forbidden("The authenticated user should match the trustor.");
        }
        List<RoleName> names = request.roles().orElse(List.of());
        if (request.projectId().isPresent() && names.isEmpty()) {
            throw Failure.forbidden("At least one role should be specified.");
        }
        if (users.find(tx, trustee).isEmpty()) {
            throw Failure.notFound("Could not find user: %s.", trustee);
        }
        Optional<Trust> source =
                sessions.session(call.caller().token().text())
                        .trust()
                        .flatMap(link -> trusts.find(tx, link.id()));
        Trust trust =
                new Trust(
                        Ids.hex(),
                        trustor,
                        trustee,
                        request.projectId().map(ProjectId::new),
                        request.impersonation(),
                        request.expiresAt()
                                .map(this::expiry)
                                .or(() -> source.flatMap(Trust::expiresAt)),
                        request.remainingUses(),
                        depth(request, source),
                        source.map(Trust::id),
                        lent(tx, trustor, request.projectId(), names));
        checkUses(request, trust);
        Optional<Trust> link = source;
        while (link.isPresent()) {
            checkPassingOn(link.get(), trust);
            link = link.get().redelegated().flatMap(id -> trusts.find(tx, id));
        }
        trusts.insert(tx, trust);
        return new TrustView(body(call, trust, true));
    }

    private static void checkUses(NewTrust request, Trust trust) {
        if (trust.remainingUses().filter(uses -> uses <= 0).isPresent()) {
            throw Failure.badRequest("remaining_uses must be a positive integer or null.");
        }
        if (request.allowRedelegation().orElse(false) && trust.remainingUses().isPresent()) {
            throw Failure.badRequest("remaining_uses must not be set if redelegation is allowed.");
        }
    }

    /** How many more times the new trust may be passed on. */
    private static int depth(NewTrust request, Optional<Trust> source) {
        Optional<Integer> asked = request.redelegationCount();
        if (asked.filter(count -> count < 0).isPresent()) {
            throw Failure.badRequest("redelegation_count cannot be negative.");
        }
        if (!request.allowRedelegation().orElse(false) || asked.equals(Optional.of(0))) {
            return 0;
        }
        int most = source.map(trust -> trust.redelegationCount() - 1).orElse(DEEPEST);
        if (source.isPresent() && asked.filter(count -> count != most).isPresent()) {
            throw Failure.forbidden("Modifying redelegation_count upon redelegation is forbidden.");
        }
        if (asked.filter(count -> count > DEEPEST).isPresent()) {
            throw Failure.forbidden(
                    "Requested redelegation depth of %s is greater than allowed %s.",
                    asked.get(), DEEPEST);
        }
        return asked.orElse(most);
    }

    /** A trust passed on lends no more, to nobody more, and no longer than its source. */
    private static void checkPassingOn(Trust source, Trust trust) {
        if (source.redelegationCount() <= 0) {
            throw Failure.forbidden("The trust %s cannot be passed on.", source.id());
        }
        if (trust.remainingUses().isPresent()) {
            throw Failure.forbidden("remaining_uses must not be set in order to redelegate.");
        }
        Instant most = source.expiresAt().orElse(Instant.MAX);
        if (trust.expiresAt().orElse(Instant.MAX).isAfter(most)) {
            throw Failure.forbidden(
                    "Requested expiration time is more than redelegated trust can provide.");
        }
        List<String> held = source.roles().stream().map(Role::id).toList();
        if (!trust.roles().stream().allMatch(role -> held.contains(role.id()))) {
            throw Failure.forbidden("Some of requested roles are not in redelegated trust.");
        }
        if (trust.impersonation() && !source.impersonation()) {
            throw Failure.forbidden(
                    "Impersonation is not allowed: the redelegated trust has none.");
        }
        if (!trust.project().equals(source.project())) {
            throw Failure.forbidden("A trust is passed on for the same project only.");
        }
    }

    /** The roles named, all of which the trustor must hold in the project. */
    private List<Role> lent(Tx tx, UserId trustor, Optional<String> project, List<RoleName> names) {
        List<Role> held =
                project.map(
                                id ->
                                        roles.effectiveOfAnyDomain(
                                                tx, trustor, AssignmentTarget.project(id)))
                        .orElse(List.of());
        List<Role> lent = new ArrayList<>();
        for (RoleName name : names) {
            String asked =
                    name.id()
                            .or(name::name)
                            .orElseThrow(() -> Failure.badRequest("A role has an id or a name."));
            lent.add(
                    held.stream()
                            .filter(
                                    role ->
                                            name.id().isPresent()
                                                    ? role.id().equals(asked)
                                                    : role.name().equals(asked))
                            .findFirst()
                            .orElseThrow(() -> noRole(asked)));
        }
        return lent.stream().distinct().toList();
    }

    private Instant expiry(String text) {
        try {
            Instant expires = Times.parse(text);
            if (!expires.isAfter(clock.instant())) {
                throw Failure.badRequest("expires_at lies in the past.");
            }
            return expires;
        } catch (DateTimeException e) {
            throw Failure.badRequest("expires_at is not a time of the form YYYY-MM-DDTHH:MM:SSZ.");
        }
    }

    private Object delete(Call call, Tx tx) {
        Trust trust = trust(call, tx);
        trusts.delete(tx, trust.id());
        changes.made(tx, trust.trustor());
        return Reply.empty();
    }

    private Trust trust(Call call, Tx tx) {
        refuseApplicationCredential(call);
        String id = call.path("trust_id");
        Optional<Trust> found = trusts.find(tx, id).filter(trust -> trust.usable(clock.instant()));
        if (found.isEmpty()) {
            call.authorize(
                    new Target(
                            Map.of(
                                    "target.trust.trustor_user_id", call.caller().user().value(),
                                    "target.trust.trustee_user_id", call.caller().user().value())));
            throw Failure.notFound("Could not find trust: %s.", id);
        }
        call.authorize(
                new Target(
                        Map.of(
                                "target.trust.trustor_user_id", found.get().trustor().value(),
                                "target.trust.trustee_user_id", found.get().trustee().value())));
        return found.get();
    }

    /**
     * A leaked application credential could lend its user's roles to somebody else, or find out
     * what is lent (CVE-2026-43000).
     */
    private static void refuseApplicationCredential(Call call) {
        if (call.caller().token().applicationCredential().isPresent()) {
            throw Failure.forbidden(
                    "Using method 'application_credential' is not allowed for managing trusts.");
        }
    }

    private static Failure noRole(String id) {
        return Failure.notFound("Could not find role: %s.", id);
    }

    private static TrustBody body(Call call, Trust trust, boolean withRoles) {
        String self = "/OS-TRUST/trusts/" + trust.id();
        return new TrustBody(
                trust.id(),
                trust.trustor().value(),
                trust.trustee().value(),
                trust.project().map(ProjectId::value),
                trust.impersonation(),
                trust.expiresAt().map(Times::microsZ),
                Optional.empty(),
                trust.remainingUses(),
                trust.redelegationCount(),
                trust.redelegated(),
                withRoles
                        ? Optional.of(
                                trust.roles().stream()
                                        .map(role -> RoleOperations.body(call, role))
                                        .toList())
                        : Optional.empty(),
                withRoles
                        ? Optional.of(
                                new Links.ListLinks(
                                        Optional.empty(),
                                        call.origin() + Links.ROOT + self + "/roles",
                                        Optional.empty()))
                        : Optional.empty(),
                Links.self(call, self));
    }
}
