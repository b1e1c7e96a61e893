package cloud.welkin.placement;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiContract;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class PlacementContractTest {
    private static final TestDatabase DATABASE = TestDatabase.with("placement");

    @AfterAll
    static void noOperationReadsATableFromEndToEnd() {
        DATABASE.close();
        assertThat(DATABASE.readFromEndToEnd()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract() {
        Callers callers = new Callers();
        PlacementService placement = new PlacementService(DATABASE.database());
        ApiTester tester = new ApiTester(DATABASE.database(), callers, placement.apis());
        return placement.apis().stream()
                .flatMap(
                        api ->
                                ApiContract.of(tester, api, callers.inNewProject("admin"))
                                        .caller("reader", callers.inNewProject("reader"))
                                        .caller("member", callers.inNewProject("member"))
                                        .caller("service", callers.inNewProject("service"))
                                        .tests());
    }
}
