package cloud.welkin.identity.oidc;

import cloud.welkin.identity.domain.OidcKey;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The signing keys, for administrators: which there are, and new ones before their time. */
final class KeyOperations implements OperationGroup {
    private final Provider provider;

    KeyOperations(Provider provider) {
        this.provider = provider;
    }

    /**
     * @param distrust whether the keys before must not be trusted any more: what they signed is
     *     worth nothing then
     */
    record Rotation(Optional<Boolean> distrust) {}

    record KeyBody(
            String kid, String alg, String state, String activeAt, Optional<String> endsAt) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/keys")
                        .policy("identity:list_oidc_keys")
                        .doc("Lists the signing keys: staged, active, retired.")
                        .anyParam()
                        .computes((call, body) -> list()),
                Operation.post("/keys")
                        .policy("identity:rotate_oidc_keys")
                        .doc("Makes new signing keys now.")
                        .body(Rotation.class)
                        .bodyOptional()
                        .computes(
                                (call, body) -> {
                                    provider.keys()
                                            .rotate(
                                                    body.distrust().orElse(false),
                                                    tx -> call.told(tx, Reply.empty().status(201)));
                                    return list();
                                }));
    }

    private Object list() {
        Instant now = provider.clock().instant();
        List<OidcKey> keys = provider.keys().current();
        return Map.of("keys", keys.stream().map(key -> body(key, keys, now)).toList());
    }

    private static KeyBody body(OidcKey key, List<OidcKey> keys, Instant now) {
        boolean active =
                SigningKeys.active(keys, key.algorithm(), now)
                        .filter(other -> other.id().equals(key.id()))
                        .isPresent();
        return new KeyBody(
                key.id(),
                key.algorithm(),
                active ? "active" : key.activeAt().isAfter(now) ? "staged" : "retired",
                Times.microsZ(key.activeAt()),
                key.endsAt().map(Times::microsZ));
    }
}
