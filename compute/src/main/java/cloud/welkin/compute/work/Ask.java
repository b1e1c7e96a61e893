package cloud.welkin.compute.work;

import cloud.welkin.kernel.policy.Caller;
import java.time.Instant;

/** Who asks for a change, by which request, when. */
public record Ask(Caller caller, String requestId, Instant now) {}
