package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;

/**
 * What a user has shown of itself that is not enough yet: Keystone's auth receipt
 * (docs.openstack.org/keystone/latest/admin/auth-receipts).
 */
public record Receipt(UserId user, List<String> methods, Instant issuedAt, Instant expiresAt) {
    public Receipt {
        methods = List.copyOf(methods);
    }
}
