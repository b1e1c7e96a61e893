package cloud.welkin.object.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedEngineTest {
    private static final String OLD = "b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleS0=";
    private static final String NEW = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0=";

    private final Path folder;
    private final PackedEngine inner;
    private final EncryptedEngine engine;

    EncryptedEngineTest(@TempDir Path folder) {
        this.folder = folder;
        inner = new PackedEngine(folder, Clock.systemUTC());
        engine = with(true, OLD);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private EncryptedEngine with(boolean encrypts, String... keys) {
        return new EncryptedEngine(inner, new BodyKeys(List.of(keys)), encrypts);
    }

    private static Locator put(ObjectEngine engine, byte[] body) {
        try (BodyWriter writer = engine.begin(OptionalLong.of(body.length))) {
            writer.write(body, 0, body.length);
            return writer.commit();
        }
    }

    private static byte[] get(ObjectEngine engine, Locator locator, long from, long length) {
        try (InputStream in = engine.read(locator, from, length)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void bodiesOfAllSizesAndTheirRangesComeBack() {
        for (int length : new int[] {1, 4096, 65_519, 65_536, 65_537, 131_072, 300_000}) {
            byte[] body = random(length);
            Locator locator = put(engine, body);
            assertThat(get(engine, locator, 0, length)).isEqualTo(body);
            for (int from : new int[] {0, 1, length / 2, length - 1}) {
                for (int count : new int[] {1, 100, 70_000}) {
                    int end = Math.min(length, from + count);
                    assertThat(get(engine, locator, from, end - from))
                            .isEqualTo(Arrays.copyOfRange(body, from, end));
                }
            }
        }
    }

    @Test
    void theDiskSeesNothingOfABody() throws IOException {
        String secret = "a very secret sentence";
        put(engine, secret.getBytes(StandardCharsets.US_ASCII));
        put(engine, secret.repeat(10_000).getBytes(StandardCharsets.US_ASCII));
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain("secret");
            }
        }
    }

    @Test
    void aNewKeyIsForNewBodiesAndOldOnesStayReadable() {
        byte[] body = random(1000);
        Locator plain = put(inner, body);
        Locator old = put(engine, body);
        EncryptedEngine rotated = with(true, NEW, OLD);
        Locator fresh = put(rotated, body);
        for (Locator locator : List.of(plain, old, fresh)) {
            assertThat(get(rotated, locator, 0, 1000)).isEqualTo(body);
            assertThat(get(with(false, NEW, OLD), locator, 0, 1000)).isEqualTo(body);
        }
        assertThatThrownBy(() -> get(with(true, NEW), old, 0, 1))
                .isInstanceOf(EngineFailure.class)
                .hasMessageContaining("is not among the object store's keys");
        assertThat(get(with(true, NEW), fresh, 0, 1000)).isEqualTo(body);
    }

    @Test
    void piecesCannotChangePlacesOrBodies() {
        byte[] body = random(200_000);
        Locator one = put(engine, body);
        Locator two = put(engine, body);
        String head = one.text().substring(0, one.text().indexOf(':'));
        String other = two.text().substring(two.text().indexOf(':'));
        assertThatThrownBy(() -> get(engine, new Locator(head + other), 0, 1))
                .isInstanceOf(EngineFailure.class)
                .extracting(e -> ((EngineFailure) e).kind())
                .isEqualTo(EngineFailure.Kind.ROTTEN);
    }

    @Test
    void theSweepKnowsEncryptedBodies() {
        byte[] body = random(100_000);
        Locator kept = put(engine, body);
        Locator orphan = put(engine, body);
        LiveBodies live =
                (prefix, each) ->
                        Stream.of(kept.text()).filter(it -> it.startsWith(prefix)).forEach(each);
        assertThat(engine.sweep(live, -1).files()).isEqualTo(1);
        assertThat(get(engine, kept, 0, body.length)).isEqualTo(body);
        assertThatThrownBy(() -> get(engine, orphan, 0, 1)).isInstanceOf(EngineFailure.class);
    }

    @Test
    void bodiesWhoseKeysAreAwayAreNotSweptAway() {
        byte[] small = random(1000);
        byte[] large = random(100_000);
        List<Locator> sealed = List.of(put(engine, small), put(engine, large));
        EncryptedEngine keyless = new EncryptedEngine(inner, BodyKeys.none(), false);
        LiveBodies live =
                (prefix, each) ->
                        sealed.stream()
                                .map(Locator::text)
                                .filter(it -> it.startsWith(prefix))
                                .forEach(each);
        assertThat(keyless.sweep(live, -1).files()).isZero();
        assertThatThrownBy(() -> get(keyless, sealed.getFirst(), 0, 1))
                .isInstanceOf(EngineFailure.class);
        assertThat(get(engine, sealed.get(0), 0, 1000)).isEqualTo(small);
        assertThat(get(engine, sealed.get(1), 0, 100_000)).isEqualTo(large);
    }

    @Test
    void keysAreThirtyTwoBytes() {
        assertThatThrownBy(() -> with(true, "c2hvcnQ="))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> with(true)).isInstanceOf(IllegalArgumentException.class);
    }
}
