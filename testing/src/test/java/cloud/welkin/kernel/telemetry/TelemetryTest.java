package cloud.welkin.kernel.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.ReconcilerStatus;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.kernel.work.SagaId;
import cloud.welkin.kernel.work.SagaState;
import cloud.welkin.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class TelemetryTest {

    @Test
    void workThePoolAndTheJvmAreMeasured() {
        try (Telemetry telemetry = new Telemetry();
                Database database = TestDatabase.fresh()) {
            telemetry.watch(database.dataSource());
            var id = new SagaId(UUID.randomUUID());
            telemetry.sagas().afterStep(id, "build", "dig", true, Duration.ofMillis(3), "done");
            telemetry.sagas().afterEnd(id, "build", SagaState.FAILED);
            telemetry
                    .reconcilers()
                    .ran(
                            new ReconcilerStatus(
                                    "north",
                                    "here",
                                    Instant.EPOCH,
                                    Duration.ofMillis(1),
                                    Report.changed(2, ""),
                                    Optional.empty(),
                                    0,
                                    Optional.empty()));
            assertThat(telemetry.scrape())
                    .contains(
                            "welkin_saga_step_seconds_count{direction=\"undo\",outcome=\"done\",saga=\"build\",step=\"dig\"} 1")
                    .contains("welkin_saga_ended_total{saga=\"build\",state=\"failed\"} 1.0")
                    .contains("welkin_reconciler_changes_total{reconciler=\"north\"} 2.0")
                    .contains("welkin_database_connections{state=\"active\"}")
                    .contains("jvm_memory_used_bytes")
                    .doesNotContain(id.toString());
        }
    }
}
