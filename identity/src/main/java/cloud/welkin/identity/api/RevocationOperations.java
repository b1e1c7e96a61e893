package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Revocation;
import cloud.welkin.identity.store.RevocationStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.PolicyRule;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What has ended tokens before their time: /v3/OS-REVOKE
 * (docs.openstack.org/api-ref/identity/v3-ext). For services that look at tokens by themselves;
 * this one judges tokens by what is, and needs no list.
 */
final class RevocationOperations implements OperationGroup {
    private static final int MOST = 10_000;

    private final RevocationStore revocations;

    RevocationOperations(RevocationStore revocations) {
        this.revocations = revocations;
    }

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Event(
            Optional<String> auditId,
            Optional<String> auditChainId,
            Optional<String> userId,
            Optional<String> projectId,
            Optional<String> domainId,
            Optional<String> roleId,
            @JsonProperty("OS-TRUST:trust_id") Optional<String> trustId,
            String issuedBefore,
            String revokedAt) {}

    /**
     * @param truncated that there are older ones
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Events(List<Event> events, Links.ListLinks links, Optional<Boolean> truncated) {}

    static List<PolicyRule> rules() {
        return List.of(
                IdentityPolicy.rule(
                        "list_revoke_events",
                        IdentityPolicy.ADMIN + " or role:service",
                        "List what has ended tokens before their time."));
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/OS-REVOKE/events")
                        .policy("identity:list_revoke_events")
                        .doc("Lists what has ended tokens before their time, the oldest first.")
                        .params(Param.text("since", "Only what was revoked after this time."))
                        .replies(Events.class)
                        .reads(this::list));
    }

    private Object list(Call call, Tx tx) {
        Optional<Instant> since = call.query().text("since").map(RevocationOperations::time);
        List<Revocation> found = revocations.list(tx, since, MOST + 1);
        boolean cut = found.size() > MOST;
        return Reply.of(
                new Events(
                        found.subList(cut ? 1 : 0, found.size()).stream()
                                .map(RevocationOperations::event)
                                .toList(),
                        Links.whole(call),
                        cut ? Optional.of(true) : Optional.empty()));
    }

    private static Instant time(String text) {
        try {
            return Times.parse(text);
        } catch (DateTimeException e) {
            throw Failure.badRequest("invalid date format %s", text);
        }
    }

    private static Event event(Revocation revocation) {
        return new Event(
                revocation.auditId(),
                revocation.auditChainId(),
                revocation.user(),
                revocation.project(),
                revocation.domain(),
                revocation.role(),
                revocation.trust(),
                Times.microsZ(revocation.issuedBefore()),
                Times.microsZ(revocation.revokedAt()));
    }
}
