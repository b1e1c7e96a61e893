package cloud.welkin.kernel.work;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.database.Database;
import cloud.welkin.testing.TestDatabase;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;

/** How a saga is tried: copy this. */
final class BuildingContractTest implements SagaContract<Building.Plan> {

    private static final Database DATABASE = TestDatabase.fresh();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Override
    public SagaTrial<Building.Plan> trial() {
        var world = new Building.World();
        return new SagaTrial<>() {
            private final Subject subject = Subject.of("house", UUID.randomUUID());

            @Override
            public Database database() {
                return DATABASE;
            }

            @Override
            public Saga<Building.Plan> saga() {
                return new Building(world);
            }

            @Override
            public Subject subject() {
                return subject;
            }

            @Override
            public Building.Plan input() {
                return new Building.Plan(2, Duration.ofSeconds(5));
            }

            @Override
            public void worldMoves() {
                world.dry = true;
            }

            @Override
            public void assertDone() {
                assertThat(world.things).hasSize(3).contains("floor 0", "floor 1");
                assertThat(world.recorded).containsExactly("done " + subject);
            }

            @Override
            public void assertClean() {
                assertThat(world.things).isEmpty();
                assertThat(world.recorded)
                        .hasSize(1)
                        .allSatisfy(reason -> assertThat(reason).contains("made to fail"));
            }
        };
    }
}
