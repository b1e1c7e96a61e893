package cloud.welkin.compute.domain;

import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.Power;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a host's report about a guest means for its server. Pure: the desk commits what this says.
 *
 * <p>Reports about an older generation tell only what the guest is now; the newest generation's
 * report ends the task, well or not. A final failure never leaves a server in a task: it shows what
 * it really is, or ERROR where there is no guest to show, from which a hard reboot, a rebuild or a
 * deletion lead out.
 */
public sealed interface Observation {
    /** The report tells nothing new, or is about something that is no longer wanted. */
    record Nothing() implements Observation {}

    /** Nothing of the guest is left, as wanted: the server's ports, volumes and claims go too. */
    record Gone() implements Observation {}

    /**
     * @param guest the intent with what was observed; a higher generation than before where the
     *     intent itself changed
     * @param launched the guest runs for the first time
     * @param ended whether the task has ended, and with which fault where it failed
     * @param plugs what became of NICs and volumes
     */
    record Changed(
            ServerState state,
            Optional<Fault> fault,
            Guest guest,
            boolean launched,
            Optional<Ended> ended,
            List<Plug> plugs)
            implements Observation {}

    /** How an action ended. */
    record Ended(Optional<String> failure) {}

    /** Something that can be plugged into a guest, as it is in the rows. */
    record Pluggable(UUID id, boolean volume, boolean wanted, boolean plugged) {}

    /** What became of a NIC or a volume. */
    sealed interface Plug {
        Pluggable what();

        /** The guest has it now. */
        record Attached(Pluggable what) implements Plug {}

        /** The guest does not have it, and shall not: it is free. */
        record Detached(Pluggable what) implements Plug {}
    }

    static Observation of(
            ServerState state,
            Optional<Fault> fault,
            boolean launchedBefore,
            Guest guest,
            List<Pluggable> pluggables,
            ObservedGuest report,
            Instant now) {
        boolean newest = report.generation() == guest.generation();
        if (report.generation() > guest.generation() || !guest.ready()) {
            return new Nothing();
        }
        if (!guest.present()) {
            return newest && report.converged() && report.power().isEmpty()
                    ? new Gone()
                    : new Nothing();
        }
        boolean gaveUp = newest && report.fault().isPresent() && !report.fault().get().retries();
        boolean done = newest && report.converged();
        List<Plug> plugs =
                plugs(pluggables, report, newest, done || gaveUp, gaveUp && launchedBefore);
        Guest seen =
                guest.observed(
                        done || gaveUp ? guest.generation() : guest.observedGeneration(),
                        report.power(),
                        report.console().map(ObservedGuest.Console::vncSocket));
        if (gaveUp && plugs.stream().anyMatch(plug -> plug instanceof Plug.Detached)) {
            // What could not be plugged is wanted no more, and the host must hear of that.
            seen = seen.touched();
        }
        if (report.stoppedByItself() && newest && guest.power() != Power.STOPPED) {
            // Nobody asked for it, so nobody shall start it again but its owner.
            seen = seen.wanting(Power.STOPPED);
            return new Changed(
                    new ServerState(VmState.STOPPED, withoutPowerTask(state), ServerState.SHUTDOWN),
                    Optional.empty(),
                    seen,
                    !launchedBefore,
                    Optional.of(new Ended(Optional.empty())),
                    plugs);
        }
        int power = report.power().map(ServerState::number).orElse(ServerState.NO_STATE);
        if (done) {
            Power found = report.power().orElse(Power.STOPPED);
            return new Changed(
                    new ServerState(ServerState.vmOf(found), withoutPowerTask(state), power),
                    Optional.empty(),
                    seen,
                    !launchedBefore && found == Power.RUNNING,
                    Optional.of(new Ended(Optional.empty())),
                    plugs);
        }
        if (gaveUp) {
            String message = report.fault().get().message();
            boolean real = report.power().isPresent() && launchedBefore;
            if (real && report.power().get() != guest.power()) {
                // The intent follows what is, or a later round would do what its owner was told had
                // failed.
                seen = seen.wanting(report.power().get());
            }
            return new Changed(
                    new ServerState(
                            real ? ServerState.vmOf(report.power().get()) : VmState.ERROR,
                            withoutPowerTask(state),
                            power),
                    real ? fault : Optional.of(Fault.of(message, now)),
                    seen,
                    false,
                    Optional.of(new Ended(Optional.of(message))),
                    plugs);
        }
        return new Changed(
                new ServerState(state.vm(), state.task(), power),
                fault,
                seen,
                false,
                Optional.empty(),
                plugs);
    }

    /** A snapshot is not the guest's work: its saga ends it. */
    private static Optional<TaskState> withoutPowerTask(ServerState state) {
        return state.task().filter(task -> task == TaskState.IMAGE_SNAPSHOT);
    }

    private static List<Plug> plugs(
            List<Pluggable> pluggables,
            ObservedGuest report,
            boolean newest,
            boolean settled,
            boolean gaveUp) {
        Set<UUID> have = new HashSet<>(report.volumes());
        have.addAll(report.nics());
        List<Plug> plugs = new ArrayList<>();
        for (Pluggable what : pluggables) {
            boolean there = have.contains(what.id());
            if (there && what.wanted() && !what.plugged()) {
                plugs.add(new Plug.Attached(what));
            } else if (!there && !what.wanted() && newest && settled) {
                plugs.add(new Plug.Detached(what));
            } else if (!there
                    && what.wanted()
                    && !what.plugged()
                    && gaveUp
                    && report.power().isPresent()) {
                plugs.add(new Plug.Detached(what));
            }
        }
        return plugs;
    }
}
