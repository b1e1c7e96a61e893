package cloud.welkin.compute.domain;

import cloud.welkin.kernel.id.UserId;
import java.time.Instant;

/** The public half of a user's key; the private one is never kept. */
public record Keypair(
        long number,
        UserId user,
        String name,
        String type,
        String publicKey,
        String fingerprint,
        Instant createdAt) {}
