package cloud.welkin.object.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileEngineTest {
    @TempDir private Path folder;
    private FileEngine engine;

    @BeforeEach
    void open() {
        engine = new FileEngine(folder, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_535, 65_536, 65_537, 1_048_579})
    void aBodyIsReadAsItWasWrittenAlsoInPart(int size) throws IOException {
        byte[] body = bytes(size);
        Locator locator = store(body);
        assertThat(read(locator, 0, size)).isEqualTo(body);
        int from = size / 3;
        int length = size / 2;
        assertThat(read(locator, from, length))
                .isEqualTo(Arrays.copyOfRange(body, from, from + length));
    }

    @Test
    void bodiesOutliveTheEngine() throws IOException {
        Locator locator = store(bytes(100));
        engine.close();
        open();
        assertThat(read(locator, 0, 100)).isEqualTo(bytes(100));
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void aRottenChunkIsNeverHandedOutAndTheOthersStillAre() throws IOException {
        byte[] body = bytes(200_000);
        Locator locator = store(body);
        Path file = file();
        byte[] rotten = Files.readAllBytes(file);
        rotten[70_000] ^= 1;
        Files.write(file, rotten);
        assertThat(read(locator, 0, 65_536)).isEqualTo(Arrays.copyOf(body, 65_536));
        assertThatExceptionOfType(EngineFailure.class)
                .isThrownBy(() -> read(locator, 65_536, 10))
                .satisfies(
                        failure -> assertThat(failure.kind()).isEqualTo(EngineFailure.Kind.ROTTEN));
        assertThat(read(locator, 131_072, 10))
                .isEqualTo(Arrays.copyOfRange(body, 131_072, 131_082));
    }

    @Test
    void aBodyThatIsCutShortIsRotten() throws IOException {
        Locator locator = store(bytes(1000));
        Files.write(file(), Arrays.copyOf(Files.readAllBytes(file()), 500));
        assertThatExceptionOfType(EngineFailure.class).isThrownBy(() -> read(locator, 0, 1000));
    }

    @Test
    void whatIsNotCommittedLeavesNothing() throws IOException {
        try (BodyWriter writer = engine.begin(OptionalLong.empty())) {
            writer.write(bytes(100_000), 0, 100_000);
        }
        assertThat(count()).isZero();
        try (Stream<Path> left = Files.list(folder.resolve("incoming"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatAKilledProcessLeftIsRemovedAtTheStart() throws IOException {
        engine.close();
        Files.write(folder.resolve("incoming").resolve("left"), new byte[10]);
        open();
        assertThat(folder.resolve("incoming").resolve("left")).doesNotExist();
    }

    @Test
    void aForgottenBodyIsMissing() throws IOException {
        Locator locator = store(bytes(10));
        engine.forget(locator);
        engine.forget(locator);
        assertThatExceptionOfType(EngineFailure.class)
                .isThrownBy(() -> read(locator, 0, 10))
                .satisfies(
                        failure ->
                                assertThat(failure.kind()).isEqualTo(EngineFailure.Kind.MISSING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "10/../../etc/passwd", "10/", "-/x"})
    void aLocatorOfAnotherKindIsNeverAPath(String text) {
        assertThatExceptionOfType(EngineFailure.class)
                .isThrownBy(() -> read(new Locator(text), 0, 10))
                .satisfies(
                        failure ->
                                assertThat(failure.kind()).isEqualTo(EngineFailure.Kind.MISSING));
    }

    @Test
    void aFolderBelongsToOneAtATime() {
        assertThatThrownBy(() -> new FileEngine(folder, Clock.systemUTC()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in use");
    }

    @Test
    void moreThanThereIsSpaceForIsRefusedBeforeItIsTaken() {
        assertThatExceptionOfType(EngineFailure.class)
                .isThrownBy(() -> engine.begin(OptionalLong.of(Long.MAX_VALUE)))
                .satisfies(
                        failure -> assertThat(failure.kind()).isEqualTo(EngineFailure.Kind.FULL));
    }

    private Locator store(byte[] body) {
        try (BodyWriter writer = engine.begin(OptionalLong.of(body.length))) {
            writer.write(body, 0, body.length);
            return writer.commit();
        }
    }

    private byte[] read(Locator locator, long from, long length) throws IOException {
        try (InputStream in = engine.read(locator, from, length)) {
            return in.readAllBytes();
        }
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("bodies"))) {
            return files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
    }

    private int count() {
        AtomicInteger count = new AtomicInteger();
        engine.list(body -> count.incrementAndGet());
        return count.get();
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
