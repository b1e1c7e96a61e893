package cloud.welkin.placement;

import cloud.welkin.database.Database;
import cloud.welkin.testing.ApiContract;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class PlacementContractTest {
    private static final Database DATABASE = TestDatabase.fresh("placement");

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract() {
        Callers callers = new Callers();
        PlacementService placement = new PlacementService(DATABASE);
        ApiTester tester = new ApiTester(DATABASE, callers, placement.apis());
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
