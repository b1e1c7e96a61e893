package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiContract;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class ComputeContractTest {
    @TempDir static Path home;
    private CloudFixture cloud;

    @BeforeAll
    void open() {
        cloud = new CloudFixture(home, 1);
    }

    @AfterAll
    void noOperationReadsATableFromEndToEnd() {
        cloud.close();
        assertThat(cloud.database.readFromEndToEnd()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract() {
        return cloud.compute.apis().stream()
                .flatMap(
                        api ->
                                ApiContract.of(cloud.api, api, cloud.admin)
                                        .caller("reader", cloud.callers.inNewProject("reader"))
                                        .caller("member", cloud.member)
                                        .caller("service", cloud.callers.inNewProject("service"))
                                        .caller("system", cloud.callers.ofSystem("admin"))
                                        .tests());
    }
}
