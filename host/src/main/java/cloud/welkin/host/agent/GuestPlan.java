package cloud.welkin.host.agent;

import cloud.welkin.host.agent.FoundGuest.Activity;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.Power;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What has to be done to a guest. Pure: decided from what is wanted and what was found alone, one
 * stretch at a time; after the steps the guest is looked at again, and when nothing is left to do
 * and nothing to wait for, it has converged.
 *
 * @param stoppedByItself the guest is off although it should run, and nobody here did that
 * @param lookAgain when to look though nothing happens
 */
record GuestPlan(
        List<Step> steps,
        boolean converged,
        boolean stoppedByItself,
        Optional<Duration> lookAgain) {

    private static final Duration RESEND = Duration.ofSeconds(10);
    private static final Duration SOON = Duration.ofSeconds(1);

    /**
     * What is known besides the guest.
     *
     * @param boot the host's present boot
     * @param definition digest of the definition wanted
     * @param root the file that shall be the root disk, if the guest has one of its own
     * @param asked when the guest was first asked to power off, if it was since it last started
     * @param lastAsked when it was asked last
     * @param stopGrace how long a guest may take to power off before its power is taken
     * @param rebootGrace the same for a soft reboot
     */
    record Context(
            String cloud,
            String boot,
            String definition,
            Optional<String> root,
            Instant now,
            Optional<Instant> asked,
            Optional<Instant> lastAsked,
            Duration stopGrace,
            Duration rebootGrace) {}

    static GuestPlan of(DesiredGuest desired, FoundGuest found, Context context) {
        return new Deciding(desired, found, context).plan();
    }

    private static GuestPlan doing(List<Step> steps) {
        return new GuestPlan(List.copyOf(steps), steps.isEmpty(), false, Optional.empty());
    }

    private static GuestPlan doing(Step... steps) {
        return doing(List.of(steps));
    }

    private static GuestPlan waiting(Duration longest) {
        return new GuestPlan(List.of(), false, false, Optional.of(longest));
    }

    private record Deciding(DesiredGuest desired, FoundGuest found, Context context) {

        GuestPlan plan() {
            if (!desired.present()) {
                boolean gone = found.activity() == Activity.ABSENT && !found.files();
                return gone ? doing() : doing(new Step.Remove());
            }
            return switch (found.activity()) {
                case ABSENT -> create();
                case OFF -> off();
                case ENDING -> waiting(SOON);
                case RUNNING, PAUSED, STUCK -> active();
            };
        }

        private GuestPlan create() {
            List<Step> steps = new ArrayList<>();
            steps.add(new Step.Prepare());
            steps.add(new Step.Define(fulfilled()));
            if (shallBeOn()) {
                steps.add(start());
            }
            return doing(steps);
        }

        private GuestPlan off() {
            return switch (desired.power()) {
                case RUNNING, PAUSED ->
                        hasStoppedByItself()
                                ? leaveOff()
                                : doing(withStart(definition(unfulfilled())));
                case SUSPENDED ->
                        found.saved() && !isRebuild() ? doing(definition(fulfilled())) : leaveOff();
                case STOPPED -> {
                    List<Step> steps = new ArrayList<>();
                    if (found.saved()) {
                        steps.add(new Step.DropSaved());
                    }
                    steps.addAll(definition(fulfilled()));
                    yield doing(steps);
                }
            };
        }

        /** Halted by itself, or its saved memory is lost: it stays off until somebody starts it. */
        private GuestPlan leaveOff() {
            List<Step> steps = definition(fulfilled().stoppedByItself());
            return new GuestPlan(steps, steps.isEmpty(), true, Optional.empty());
        }

        private boolean hasStoppedByItself() {
            return found.marks()
                    .filter(
                            marks ->
                                    (found.offByItself() || marks.stopped())
                                            && marks.generation() == desired.generation()
                                            && marks.power() == desired.power()
                                            && marks.boot().equals(context.boot())
                                            && marks.reboots() >= desired.reboots()
                                            && !found.saved()
                                            && context.asked().isEmpty())
                    .isPresent();
        }

        private List<Step> withStart(List<Step> before) {
            List<Step> steps = new ArrayList<>();
            if (found.saved() && isRebuild()) {
                steps.add(new Step.DropSaved());
            }
            steps.addAll(before);
            steps.add(new Step.Prepare()); // a rebuild's files, or lost ones
            steps.add(start());
            return steps;
        }

        private GuestPlan active() {
            if (isRebuild()) {
                return doing(new Step.Destroy());
            }
            boolean reboot =
                    found.marks().map(Marks::reboots).orElse(desired.reboots()) < desired.reboots();
            return switch (desired.power()) {
                case STOPPED -> powerOff(context.stopGrace());
                case SUSPENDED -> doing(new Step.Save());
                case RUNNING, PAUSED -> {
                    if (reboot) {
                        yield desired.hardReboot()
                                ? doing(new Step.Destroy())
                                : powerOff(context.rebootGrace());
                    }
                    yield on();
                }
            };
        }

        private GuestPlan powerOff(Duration grace) {
            if (found.activity() != Activity.RUNNING || grace.isZero()) {
                return doing(new Step.Destroy());
            }
            if (context.asked().isEmpty() || context.lastAsked().isEmpty()) {
                return doing(new Step.PressPower());
            }
            Instant end = context.asked().get().plus(grace);
            if (!context.now().isBefore(end)) {
                return doing(new Step.Destroy());
            }
            Instant resend = context.lastAsked().get().plus(RESEND);
            if (!context.now().isBefore(resend)) {
                return doing(new Step.PressPower());
            }
            Instant next = resend.isBefore(end) ? resend : end;
            return waiting(Duration.between(context.now(), next));
        }

        private GuestPlan on() {
            List<Step> steps = new ArrayList<>();
            steps.addAll(volumes());
            steps.addAll(nics());
            switch (found.activity()) {
                case RUNNING -> {
                    if (desired.power() == Power.PAUSED) {
                        steps.add(new Step.Pause());
                    }
                }
                case PAUSED, STUCK -> {
                    if (desired.power() == Power.RUNNING) {
                        steps.add(new Step.Resume());
                    }
                }
                case ABSENT, OFF, ENDING -> throw new IllegalStateException("not on");
            }
            steps.addAll(definition(fulfilled()));
            return doing(steps);
        }

        private List<Step> volumes() {
            List<Step> steps = new ArrayList<>();
            Set<UUID> wanted = new HashSet<>();
            desired.volumes().forEach(volume -> wanted.add(volume.volume()));
            Set<String> used = new HashSet<>(found.volumes().values());
            found.volumes().keySet().stream()
                    .filter(volume -> !wanted.contains(volume))
                    .sorted()
                    .forEach(volume -> steps.add(new Step.Detach(volume)));
            var targets = Targets.of(desired).volumes();
            for (var volume : desired.volumes()) {
                String target = targets.getOrDefault(volume.volume(), volume.device());
                // A device that is still being let go is free in the next look.
                if (!found.volumes().containsKey(volume.volume()) && !used.contains(target)) {
                    steps.add(new Step.Attach(volume, target));
                }
            }
            return steps;
        }

        private List<Step> nics() {
            List<Step> steps = new ArrayList<>();
            Set<UUID> wanted = new HashSet<>();
            desired.nics().forEach(nic -> wanted.add(nic.id()));
            found.nics().stream()
                    .filter(nic -> !wanted.contains(nic))
                    .sorted()
                    .forEach(nic -> steps.add(new Step.Unplug(nic)));
            desired.nics().stream()
                    .filter(nic -> !found.nics().contains(nic.id()))
                    .forEach(nic -> steps.add(new Step.Plug(nic)));
            return steps;
        }

        /** Brings definition and marks up to date, with as little as possible. */
        private List<Step> definition(Marks wanted) {
            if (!found.marks().map(Marks::definition).equals(Optional.of(wanted.definition()))) {
                return List.of(new Step.Define(wanted));
            }
            return found.marks().equals(Optional.of(wanted))
                    ? List.of()
                    : List.of(new Step.Mark(wanted));
        }

        private Step start() {
            return new Step.Start(desired.power() == Power.PAUSED);
        }

        private boolean shallBeOn() {
            return desired.power() == Power.RUNNING || desired.power() == Power.PAUSED;
        }

        private boolean isRebuild() {
            return desired.root() instanceof RootDisk.FromImage
                    && !found.root().equals(context.root());
        }

        private Marks fulfilled() {
            return new Marks(
                    context.cloud(),
                    desired.generation(),
                    desired.power(),
                    desired.reboots(),
                    context.boot(),
                    false,
                    context.definition());
        }

        /**
         * Before a start: if the agent dies in between, the guest must not seem to have stopped.
         */
        private Marks unfulfilled() {
            return fulfilled()
                    .at(
                            found.marks()
                                    .map(Marks::generation)
                                    .filter(g -> g != desired.generation())
                                    .orElse(-1L));
        }
    }
}
