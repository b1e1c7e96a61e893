package cloud.welkin.kernel.work;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A saga to imitate and to test with: digs, waits for the concrete to dry, builds. The world is a
 * set of things.
 */
final class Building implements Saga<Building.Plan> {

    record Plan(int floors, Duration patience) {}

    /** What exists, and what shall go wrong. */
    static final class World {
        final Set<String> things = ConcurrentHashMap.newKeySet();
        final Set<String> recorded = ConcurrentHashMap.newKeySet();
        volatile boolean dry;
        volatile Optional<RuntimeException> failsOnce = Optional.empty();
        volatile Runnable whileBuilding = () -> {};
        final AtomicInteger undoFailures = new AtomicInteger();

        void make(String thing) {
            things.add(thing);
        }

        void remove(String thing) {
            things.remove(thing);
        }
    }

    private final World world;
    private final boolean one;

    Building(World world) {
        this(world, false);
    }

    Building(World world, boolean one) {
        this.world = world;
        this.one = one;
    }

    @Override
    public String name() {
        return one ? "build the only one" : "build";
    }

    @Override
    public Class<Plan> inputType() {
        return Plan.class;
    }

    @Override
    public boolean onePerSubject() {
        return one;
    }

    @Override
    public Steps<Plan> steps() {
        return Steps.first("dig", this::dig)
                .undo(this::fill)
                .then("dry", this::dry)
                .within(Duration.ofMinutes(1))
                .then("build", this::build)
                .undo(this::tearDown)
                .finallyRecord((tx, context) -> world.recorded.add("done " + context.subject()))
                .orOnFailure((tx, context, failure) -> world.recorded.add(failure.reason()));
    }

    private StepResult dig(SagaContext<Plan> context) {
        if (context.recall("hole", String.class).isEmpty()) {
            context.remember("hole", "hole of " + context.id());
        }
        world.make(context.recall("hole", String.class).orElseThrow());
        return StepResult.done();
    }

    private StepResult fill(SagaContext<Plan> context) {
        if (world.undoFailures.get() > 0) {
            world.undoFailures.decrementAndGet();
            throw new IllegalStateException("it rains");
        }
        context.recall("hole", String.class).ifPresent(world::remove);
        return StepResult.done();
    }

    private StepResult dry(SagaContext<Plan> context) {
        return world.dry ? StepResult.done() : StepResult.waitFor(context.input().patience());
    }

    private StepResult build(SagaContext<Plan> context) {
        world.whileBuilding.run();
        Optional<RuntimeException> failure = world.failsOnce;
        world.failsOnce = Optional.empty();
        if (failure.isPresent()) {
            throw failure.get();
        }
        for (int floor = 0; floor < context.input().floors(); floor++) {
            world.make("floor " + floor);
        }
        return StepResult.done();
    }

    private StepResult tearDown(SagaContext<Plan> context) {
        for (int floor = 0; floor < context.input().floors(); floor++) {
            world.remove("floor " + floor);
        }
        return StepResult.done();
    }
}
