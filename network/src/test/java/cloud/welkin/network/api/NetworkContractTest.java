package cloud.welkin.network.api;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiContract;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class NetworkContractTest {
    private final NetworkCloud cloud = new NetworkCloud();

    @AfterAll
    void noOperationReadsATableFromEndToEnd() {
        cloud.close();
        assertThat(cloud.testDatabase.readFromEndToEnd()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract() {
        return cloud.service.apis().stream()
                .flatMap(
                        api ->
                                ApiContract.of(cloud.api, api, cloud.admin)
                                        .caller("reader", cloud.callers.inNewProject("reader"))
                                        .caller("member", cloud.member)
                                        .caller("manager", cloud.callers.inNewProject("manager"))
                                        .tests());
    }
}
