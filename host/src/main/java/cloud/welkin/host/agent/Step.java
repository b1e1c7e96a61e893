package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredGuest.Nic;
import cloud.welkin.kernel.host.DesiredGuest.VolumeDisk;
import java.util.UUID;

/** One thing to do to a guest. Each may be done again without harm. */
sealed interface Step {
    /** Domain, taps and files go. */
    record Remove() implements Step {}

    /** Makes the files that are missing. */
    record Prepare() implements Step {}

    /** Writes the definition, which the next start uses. */
    record Define(Marks marks) implements Step {}

    /** Writes marks on the domain. */
    record Mark(Marks marks) implements Step {}

    record Start(boolean paused) implements Step {}

    record Pause() implements Step {}

    record Resume() implements Step {}

    /** Stops the guest and keeps its memory. */
    record Save() implements Step {}

    /** Forgets kept memory. */
    record DropSaved() implements Step {}

    /** Asks the guest to power off. */
    record PressPower() implements Step {}

    record Destroy() implements Step {}

    record Attach(VolumeDisk volume, String target) implements Step {}

    record Detach(UUID volume) implements Step {}

    record Plug(Nic nic) implements Step {}

    record Unplug(UUID nic) implements Step {}
}
