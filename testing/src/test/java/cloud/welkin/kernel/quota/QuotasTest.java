package cloud.welkin.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import cloud.welkin.database.Database;
import cloud.welkin.testing.TestDatabase;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class QuotasTest {

    private static final QuotaResource CORES = new QuotaResource("compute", "cores", 20);
    private static final QuotaResource RAM = new QuotaResource("compute", "ram", 1000);
    private static final String PROJECT = "p1";

    private final Database database = TestDatabase.fresh();
    private final Quotas quotas = new Quotas(database);

    @BeforeEach
    void register() {
        quotas.register(CORES);
        quotas.register(RAM);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatIsTakenIsUsedAndWhatIsFreedIsNot() {
        take(8, 500);
        take(-3, -100);
        assertThat(used(CORES)).isEqualTo(5);
        assertThat(used(RAM)).isEqualTo(400);
    }

    @Test
    void goingOverOneLimitTakesNothingOfTheOthers() {
        take(15, 100);
        var refused = catchThrowableOfType(QuotaExceeded.class, () -> take(6, 100));
        assertThat(refused.refusals()).containsExactly(new QuotaExceeded.Refusal(CORES, 20, 15, 6));
        assertThat(used(CORES)).isEqualTo(15);
        assertThat(used(RAM)).isEqualTo(100);
    }

    @Test
    void evenACallerThatGoesOnAfterARefusalHasTakenNothing() {
        database.change(
                tx ->
                        assertThatThrownBy(
                                        () ->
                                                quotas.take(
                                                        tx, PROJECT, Map.of(CORES, 21L, RAM, 100L)))
                                .isInstanceOf(QuotaExceeded.class));
        assertThat(used(RAM)).isZero();
    }

    @Test
    void theLastOneIsTakenOnceHoweverManyAsk() {
        var taken = new AtomicInteger();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
                callers.execute(
                        () -> {
                            try {
                                take(1, 10);
                                taken.incrementAndGet();
                            } catch (QuotaExceeded e) {
                                assertThat(e.refusals()).isNotEmpty();
                            }
                        });
            }
        }
        assertThat(taken).hasValue(20);
        assertThat(used(CORES)).isEqualTo(20);
        assertThat(used(RAM)).isEqualTo(200);
    }

    @Test
    void limitsAreTheProjectsOwnThenTheOperatorsThenTheDeclared() {
        assertThat(limit(CORES)).isEqualTo(20);
        database.change(tx -> quotas.setDefault(tx, CORES, 30));
        assertThat(limit(CORES)).isEqualTo(30);
        database.change(tx -> quotas.setLimit(tx, PROJECT, CORES, 40));
        assertThat(limit(CORES)).isEqualTo(40);
        take(35, 0);
        database.change(tx -> quotas.resetLimits(tx, PROJECT, "compute"));
        assertThat(limit(CORES)).isEqualTo(30);
        assertThatThrownBy(() -> take(1, 0)).isInstanceOf(QuotaExceeded.class);
    }

    @Test
    void freeingIsNeverRefusedEvenAboveTheLimit() {
        take(20, 0);
        database.change(tx -> quotas.setLimit(tx, PROJECT, CORES, 5));
        take(-1, 0);
        assertThat(used(CORES)).isEqualTo(19);
    }

    @Test
    void unlimitedIsUnlimited() {
        database.change(tx -> quotas.setLimit(tx, PROJECT, CORES, Quotas.UNLIMITED));
        take(1_000_000, 0);
        assertThat(used(CORES)).isEqualTo(1_000_000);
    }

    @Test
    void theDoctorFindsACountThatIsWrongAndARecountMendsIt() {
        take(3, 0);
        var invariant = quotas.invariant(CORES, tx -> Map.of(PROJECT, 2L, "p2", 1L));
        assertThat(invariant.check().get()).hasSize(2);
        int mended =
                database.write(tx -> quotas.recount(tx, CORES, t -> Map.of(PROJECT, 2L, "p2", 1L)));
        assertThat(mended).isEqualTo(2);
        assertThat(invariant.check().get()).isEmpty();
    }

    private void take(long cores, long ram) {
        database.change(tx -> quotas.take(tx, PROJECT, Map.of(CORES, cores, RAM, ram)));
    }

    private long used(QuotaResource resource) {
        return usage(resource).used();
    }

    private long limit(QuotaResource resource) {
        return usage(resource).limit();
    }

    private QuotaUsage usage(QuotaResource resource) {
        return database
                .<java.util.List<QuotaUsage>>read(tx -> quotas.usage(tx, PROJECT, "compute"))
                .stream()
                .filter(usage -> usage.resource().equals(resource))
                .findFirst()
                .orElseThrow();
    }
}
