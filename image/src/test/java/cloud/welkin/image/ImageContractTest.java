package cloud.welkin.image;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiContract;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class ImageContractTest {
    private final ImageFixture images;

    ImageContractTest(@TempDir Path home) {
        images = new ImageFixture(home);
    }

    @AfterAll
    void noOperationReadsATableFromEndToEnd() {
        images.close();
        assertThat(images.database.readFromEndToEnd()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract() {
        return images.service.apis().stream()
                .flatMap(
                        api ->
                                ApiContract.of(
                                                images.api,
                                                api,
                                                images.callers.inNewProject("admin"))
                                        .mayHaveNoFields("POST /images")
                                        .caller("reader", images.callers.inNewProject("reader"))
                                        .caller("member", images.callers.inNewProject("member"))
                                        .caller("system reader", images.callers.ofSystem("reader"))
                                        .tests());
    }
}
