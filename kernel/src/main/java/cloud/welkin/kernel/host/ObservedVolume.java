package cloud.welkin.kernel.host;

import java.util.Optional;
import java.util.UUID;

/**
 * A volume as its host found it.
 *
 * @param path where guests of this host find it; empty when it does not exist (any more)
 * @param fault why it could not be made as wanted
 */
public record ObservedVolume(
        UUID id, long generation, Optional<String> path, Optional<ObservedGuest.Fault> fault) {}
