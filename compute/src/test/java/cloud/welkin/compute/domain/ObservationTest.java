package cloud.welkin.compute.domain;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.Power;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every state that actions and reports can lead to, walked through: none is a trap. */
class ObservationTest {
    private static final UUID ID = UUID.randomUUID();
    private static final Instant NOW = Instant.EPOCH;

    /** A server with its guest, without the numbers that only grow. */
    private record Node(ServerState state, boolean launched, Power wanted, boolean pending) {}

    private record Whole(ServerState state, boolean launched, Guest guest) {
        Node node() {
            return new Node(state, launched, guest.power(), guest.pending());
        }
    }

    private static Guest guest(Power power) {
        return new Guest(
                ID,
                new HostName("h"),
                1,
                0,
                true,
                true,
                power,
                0,
                0,
                false,
                new RootDisk.FromVolume(),
                Map.of(),
                Optional.empty(),
                Optional.empty());
    }

    private static Whole building() {
        return new Whole(
                new ServerState(VmState.BUILDING, Optional.of(TaskState.SPAWNING), 0),
                false,
                guest(Power.RUNNING));
    }

    private static ObservedGuest report(
            Guest guest,
            boolean converged,
            Optional<Power> power,
            boolean byItself,
            boolean fault,
            boolean retries) {
        return new ObservedGuest(
                ID,
                guest.generation(),
                converged,
                power,
                byItself,
                List.of(),
                List.of(),
                Optional.empty(),
                fault
                        ? Optional.of(new ObservedGuest.Fault("F", "failed", "", retries))
                        : Optional.empty());
    }

    private static Whole after(Whole whole, ObservedGuest report) {
        Observation observation =
                Observation.of(
                        whole.state(),
                        Optional.empty(),
                        whole.launched(),
                        whole.guest(),
                        List.of(),
                        report,
                        NOW);
        return observation instanceof Observation.Changed changed
                ? new Whole(
                        changed.state(), whole.launched() || changed.launched(), changed.guest())
                : whole;
    }

    /** Everything that a host may say of the newest generation. */
    private static List<ObservedGuest> reports(Whole whole) {
        Guest guest = whole.guest();
        List<ObservedGuest> all = new ArrayList<>();
        all.add(report(guest, true, Optional.of(guest.power()), false, false, false));
        for (Power power : Power.values()) {
            all.add(report(guest, false, Optional.of(power), false, true, false));
            all.add(report(guest, false, Optional.of(power), false, true, true));
        }
        all.add(report(guest, false, Optional.empty(), false, true, false));
        all.add(report(guest, false, Optional.of(Power.STOPPED), true, false, false));
        return all;
    }

    private static List<Whole> next(Whole whole) {
        List<Whole> all = new ArrayList<>();
        reports(whole).forEach(report -> all.add(after(whole, report)));
        for (ServerAction action : ServerAction.values()) {
            if (action == ServerAction.CREATE_IMAGE) {
                // Ended by its saga, whatever happens; its own tests show that.
                continue;
            }
            try {
                Actions.Begun begun = Actions.begin(ID, whole.state(), whole.guest(), action);
                all.add(new Whole(begun.state(), whole.launched(), begun.guest()));
            } catch (Failure refused) {
                assertThat(refused.kind().status()).isEqualTo(409);
            }
        }
        return all;
    }

    private static Set<Whole> reachable() {
        Set<Node> seen = new HashSet<>();
        Set<Whole> all = new HashSet<>();
        Deque<Whole> open = new ArrayDeque<>(List.of(building()));
        while (!open.isEmpty()) {
            Whole whole = open.pop();
            if (seen.add(whole.node())) {
                all.add(whole);
                open.addAll(next(whole));
            }
        }
        return all;
    }

    @Test
    void aTaskIsShownOnlyWhileTheHostHasSomethingToDo() {
        for (Whole whole : reachable()) {
            if (whole.state().task().isPresent()) {
                assertThat(whole.guest().pending()).as("%s", whole).isTrue();
            }
        }
    }

    @Test
    void whereverAServerIsAWellBehavedHostMakesItWhatIsWanted() {
        for (Whole whole : reachable()) {
            Whole settled =
                    after(
                            whole,
                            report(
                                    whole.guest(),
                                    true,
                                    Optional.of(whole.guest().power()),
                                    false,
                                    false,
                                    false));
            assertThat(settled.state().task()).as("%s", whole).isEmpty();
            assertThat(settled.state().vm()).isEqualTo(ServerState.vmOf(whole.guest().power()));
            assertThat(settled.guest().pending()).isFalse();
        }
    }

    @Test
    void aFinalFailureEndsEveryTask() {
        for (Whole whole : reachable()) {
            for (Optional<Power> power :
                    List.of(
                            Optional.<Power>empty(),
                            Optional.of(Power.RUNNING),
                            Optional.of(Power.STOPPED))) {
                Whole failed =
                        after(whole, report(whole.guest(), false, power, false, true, false));
                assertThat(failed.state().task()).as("%s", whole).isEmpty();
            }
        }
    }

    @Test
    void fromEverySettledStateSomeActionLeadsToRunning() {
        for (Whole whole : reachable()) {
            if (whole.state().task().isEmpty() && whole.state().vm() != VmState.ACTIVE) {
                boolean out = false;
                for (ServerAction action :
                        List.of(
                                ServerAction.START,
                                ServerAction.REBOOT_HARD,
                                ServerAction.RESUME,
                                ServerAction.UNPAUSE)) {
                    out |= action.mayStartFrom(whole.state().vm());
                }
                assertThat(out).as("%s", whole).isTrue();
            }
        }
    }

    @Test
    void aReportOfAnOlderIntentEndsNoTask() {
        for (Whole whole : reachable()) {
            if (whole.guest().pending()) {
                ObservedGuest old =
                        new ObservedGuest(
                                ID,
                                whole.guest().generation() - 1,
                                true,
                                Optional.of(Power.RUNNING),
                                false,
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty());
                Whole after = after(whole, old);
                assertThat(after.state().task()).isEqualTo(whole.state().task());
                assertThat(after.state().vm()).isEqualTo(whole.state().vm());
                assertThat(after.guest().pending()).isTrue();
            }
        }
    }

    @Test
    void aGuestThatShallGoIsGoneOnlyWhenItsHostSaysThatNothingIsLeft() {
        Guest absent = guest(Power.RUNNING).absent();
        ServerState deleting = new ServerState(VmState.ACTIVE, Optional.of(TaskState.DELETING), 1);
        assertThat(
                        of(
                                deleting,
                                absent,
                                report(absent, true, Optional.empty(), false, false, false)))
                .isInstanceOf(Observation.Gone.class);
        assertThat(
                        of(
                                deleting,
                                absent,
                                report(absent, false, Optional.empty(), false, false, false)))
                .isInstanceOf(Observation.Nothing.class);
        assertThat(
                        of(
                                deleting,
                                absent,
                                report(
                                        absent,
                                        true,
                                        Optional.of(Power.STOPPED),
                                        false,
                                        false,
                                        false)))
                .isInstanceOf(Observation.Nothing.class);
        assertThat(
                        of(
                                deleting,
                                absent,
                                report(
                                        guest(Power.RUNNING),
                                        true,
                                        Optional.empty(),
                                        false,
                                        false,
                                        false)))
                .isInstanceOf(Observation.Nothing.class);
    }

    private static Observation of(ServerState state, Guest guest, ObservedGuest report) {
        return Observation.of(state, Optional.empty(), true, guest, List.of(), report, NOW);
    }
}
