package cloud.welkin.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.host.agent.FoundGuest.Activity;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.Power;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuestPlanTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String ROOT = "/root-0";

    private final Wanted wanted = Wanted.guest();
    private Activity activity = Activity.RUNNING;
    private boolean offByItself;
    private boolean saved;
    private Optional<Marks> marks;
    private Optional<String> root = Optional.of(ROOT);
    private final Map<UUID, String> volumes = new HashMap<>();
    private final Set<UUID> nics = new HashSet<>();
    private Optional<Instant> asked = Optional.empty();
    private Optional<Instant> lastAsked = Optional.empty();

    GuestPlanTest() {
        wanted.generation = 4;
        marks = Optional.of(marks(5, Power.RUNNING));
    }

    private static Marks marks(long generation, Power power) {
        return new Marks("cloud", generation, power, 0, "boot", false, "definition");
    }

    private GuestPlan plan() {
        DesiredGuest desired = wanted.now();
        FoundGuest found =
                activity == Activity.ABSENT
                        ? FoundGuest.absent(false)
                        : new FoundGuest(
                                activity, offByItself, saved, true, marks, root, volumes, nics);
        return GuestPlan.of(desired, found, context());
    }

    private GuestPlan.Context context() {
        return new GuestPlan.Context(
                "cloud",
                "boot",
                "definition",
                Optional.of(ROOT),
                NOW,
                asked,
                lastAsked,
                Duration.ofSeconds(60),
                Duration.ofSeconds(30));
    }

    private List<? extends Class<? extends Step>> kinds() {
        return plan().steps().stream().<Class<? extends Step>>map(Step::getClass).toList();
    }

    @Test
    void whatIsAsWantedIsLeftAlone() {
        GuestPlan plan = plan();
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.converged()).isTrue();
        assertThat(plan.stoppedByItself()).isFalse();
    }

    @Test
    void aNewGuestIsPreparedDefinedAndStartedOnce() {
        activity = Activity.ABSENT;
        assertThat(kinds())
                .isEqualTo(List.of(Step.Prepare.class, Step.Define.class, Step.Start.class));
    }

    @Test
    void aNewGuestThatShallBeOffIsOnlyDefined() {
        activity = Activity.ABSENT;
        wanted.power = Power.STOPPED;
        assertThat(kinds()).isEqualTo(List.of(Step.Prepare.class, Step.Define.class));
    }

    @Test
    void aNewGuestThatShallBePausedIsStartedPaused() {
        activity = Activity.ABSENT;
        wanted.power = Power.PAUSED;
        assertThat(plan().steps()).contains(new Step.Start(true));
    }

    @ParameterizedTest
    @EnumSource(
            value = Activity.class,
            names = {"OFF", "RUNNING", "PAUSED", "STUCK", "ENDING"})
    void whatShallNotBeThereIsRemovedWhateverItDoes(Activity what) {
        activity = what;
        wanted.present = false;
        assertThat(plan().steps()).containsExactly(new Step.Remove());
    }

    @Test
    void filesWithoutADomainAreRemovedToo() {
        wanted.present = false;
        GuestPlan plan = GuestPlan.of(wanted.now(), FoundGuest.absent(true), context());
        assertThat(plan.steps()).containsExactly(new Step.Remove());
    }

    @Test
    void whatIsGoneIsConverged() {
        activity = Activity.ABSENT;
        wanted.present = false;
        assertThat(plan().converged()).isTrue();
    }

    @Test
    void aNewIntentWithNothingToDoIsOnlyMarked() {
        marks = Optional.of(marks(4, Power.RUNNING));
        assertThat(plan().steps()).containsExactly(new Step.Mark(marks(5, Power.RUNNING).at(5)));
    }

    @Test
    void aGuestThatPoweredItselfOffStaysOff() {
        activity = Activity.OFF;
        offByItself = true;
        GuestPlan plan = plan();
        assertThat(plan.stoppedByItself()).isTrue();
        assertThat(plan.steps())
                .containsExactly(new Step.Mark(marks(5, Power.RUNNING).stoppedByItself()));
    }

    @Test
    void itStaysOffWhenLibvirtHasForgottenWhy() {
        activity = Activity.OFF;
        marks = Optional.of(marks(5, Power.RUNNING).stoppedByItself());
        GuestPlan plan = plan();
        assertThat(plan.steps()).isEmpty();
        assertThat(plan.stoppedByItself()).isTrue();
    }

    @Test
    void aNewerIntentStartsItAgain() {
        activity = Activity.OFF;
        offByItself = true;
        marks = Optional.of(marks(3, Power.RUNNING).stoppedByItself());
        assertThat(plan().steps()).last().isEqualTo(new Step.Start(false));
    }

    @Test
    void aGuestThatNobodyTurnedOffIsStartedAgain() {
        activity = Activity.OFF;
        assertThat(plan().steps()).last().isEqualTo(new Step.Start(false));
    }

    @Test
    void afterAnotherBootOfTheHostAGuestIsStartedHoweverItEnded() {
        activity = Activity.OFF;
        offByItself = true;
        marks = Optional.of(new Marks("cloud", 5, Power.RUNNING, 0, "before", false, "definition"));
        assertThat(plan().stoppedByItself()).isFalse();
        assertThat(plan().steps()).last().isEqualTo(new Step.Start(false));
    }

    @Test
    void anAgentThatDiesBeforeTheStartDoesNotLeaveAGuestThatSeemsToHaveStopped() {
        activity = Activity.OFF;
        offByItself = true;
        wanted.reboots = 1;
        Marks before =
                plan().steps().stream()
                        .flatMap(
                                step ->
                                        step instanceof Step.Mark mark
                                                ? java.util.stream.Stream.of(mark.marks())
                                                : java.util.stream.Stream.empty())
                        .findFirst()
                        .orElseThrow();
        wanted.generation = 4;
        marks = Optional.of(before);
        assertThat(plan().stoppedByItself()).isFalse();
    }

    @Test
    void aGuestThatWasAskedToPowerOffAndIsWantedAgainIsStarted() {
        activity = Activity.OFF;
        offByItself = true;
        asked = Optional.of(NOW);
        assertThat(plan().steps()).last().isEqualTo(new Step.Start(false));
    }

    @Test
    void stoppingAsksFirst() {
        wanted.power = Power.STOPPED;
        assertThat(plan().steps()).containsExactly(new Step.PressPower());
    }

    @Test
    void stoppingWaitsAndAsksAgainAndTakesThePowerInTheEnd() {
        wanted.power = Power.STOPPED;
        asked = Optional.of(NOW.minusSeconds(5));
        lastAsked = asked;
        assertThat(plan().steps()).isEmpty();
        wanted.generation = 4;
        assertThat(plan().lookAgain()).contains(Duration.ofSeconds(5));
        wanted.generation = 4;
        assertThat(plan().converged()).isFalse();
        lastAsked = Optional.of(NOW.minusSeconds(10));
        assertThat(plan().steps()).containsExactly(new Step.PressPower());
        asked = Optional.of(NOW.minusSeconds(60));
        assertThat(plan().steps()).containsExactly(new Step.Destroy());
    }

    @Test
    void aPausedGuestCannotPowerOffByItself() {
        activity = Activity.PAUSED;
        wanted.power = Power.STOPPED;
        assertThat(plan().steps()).containsExactly(new Step.Destroy());
    }

    @Test
    void aSoftRebootAsksAndAHardOneDoesNot() {
        wanted.reboots = 1;
        assertThat(plan().steps()).containsExactly(new Step.PressPower());
        wanted.hardReboot = true;
        assertThat(plan().steps()).containsExactly(new Step.Destroy());
    }

    @Test
    void aRebootOfAStoppedGuestIsItsStart() {
        activity = Activity.OFF;
        offByItself = true;
        wanted.reboots = 1;
        assertThat(plan().steps()).last().isEqualTo(new Step.Start(false));
    }

    @Test
    void rebootsOfAGuestThatShallBeOffAreDone() {
        activity = Activity.OFF;
        wanted.power = Power.STOPPED;
        wanted.reboots = 2;
        assertThat(kinds()).isEqualTo(List.of(Step.Mark.class));
    }

    @Test
    void pausingAndResuming() {
        wanted.power = Power.PAUSED;
        assertThat(plan().steps()).contains(new Step.Pause());
        activity = Activity.PAUSED;
        wanted.power = Power.RUNNING;
        assertThat(plan().steps()).contains(new Step.Resume());
        activity = Activity.STUCK;
        assertThat(plan().steps()).contains(new Step.Resume());
    }

    @Test
    void suspendingSavesAndStartingRestores() {
        wanted.power = Power.SUSPENDED;
        assertThat(plan().steps()).containsExactly(new Step.Save());
        activity = Activity.OFF;
        saved = true;
        marks = Optional.of(marks(wanted.generation + 1, Power.SUSPENDED));
        assertThat(plan().converged()).isTrue();
        wanted.power = Power.RUNNING;
        assertThat(plan().steps()).last().isEqualTo(new Step.Start(false));
    }

    @Test
    void stoppingASuspendedGuestForgetsItsMemory() {
        activity = Activity.OFF;
        saved = true;
        wanted.power = Power.STOPPED;
        assertThat(plan().steps()).first().isEqualTo(new Step.DropSaved());
    }

    @Test
    void aSuspendedGuestWhoseMemoryIsLostIsReportedAsStopped() {
        activity = Activity.OFF;
        wanted.power = Power.SUSPENDED;
        assertThat(plan().stoppedByItself()).isTrue();
    }

    @Test
    void aRebuildTakesThePowerAndMakesTheDiskAnew() {
        root = Optional.of("/root-before");
        assertThat(plan().steps()).containsExactly(new Step.Destroy());
        activity = Activity.OFF;
        assertThat(plan().steps()).contains(new Step.Prepare());
        assertThat(plan().steps()).last().isEqualTo(new Step.Start(false));
    }

    @Test
    void aVolumeIsAttachedAndDetached() {
        var volume = Wanted.volume("/v", "vdc");
        wanted.volumes.add(volume);
        assertThat(plan().steps()).contains(new Step.Attach(volume, "vdc"));
        volumes.put(volume.volume(), "vdc");
        wanted.volumes.clear();
        assertThat(plan().steps()).contains(new Step.Detach(volume.volume()));
    }

    @Test
    void aDeviceThatIsNotFreeYetIsWaitedFor() {
        UUID leaving = UUID.randomUUID();
        volumes.put(leaving, "vdb");
        wanted.volumes.add(Wanted.volume("/v", "vdb"));
        assertThat(plan().steps())
                .contains(new Step.Detach(leaving))
                .noneMatch(step -> step instanceof Step.Attach);
    }

    @Test
    void portsAreUnpluggedBeforeOthersArePlugged() {
        UUID leaving = UUID.randomUUID();
        nics.add(leaving);
        var nic = Wanted.nic();
        wanted.nics.add(nic);
        assertThat(plan().steps())
                .containsSubsequence(new Step.Unplug(leaving), new Step.Plug(nic));
    }

    @Test
    void devicesOfAStoppedGuestAreOnlyWritten() {
        activity = Activity.OFF;
        wanted.power = Power.STOPPED;
        marks = Optional.of(new Marks("cloud", 5, Power.STOPPED, 0, "boot", false, "other"));
        assertThat(kinds()).isEqualTo(List.of(Step.Define.class));
    }

    @Test
    void aGuestThatIsEndingIsWaitedFor() {
        activity = Activity.ENDING;
        assertThat(plan().steps()).isEmpty();
        assertThat(plan().converged()).isFalse();
        assertThat(plan().lookAgain()).isPresent();
    }

    @Test
    void aDomainWithoutMarksIsDefinedAnew() {
        marks = Optional.empty();
        assertThat(kinds()).isEqualTo(List.of(Step.Define.class));
    }
}
