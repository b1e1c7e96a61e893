package cloud.welkin.image;

import cloud.welkin.testing.ApiContract;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ImageContractTest {
    @TempDir Path home;

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract() {
        ImageFixture images = new ImageFixture(home);
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
                                        .tests())
                .onClose(images::close);
    }
}
