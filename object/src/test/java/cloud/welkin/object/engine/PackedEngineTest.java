package cloud.welkin.object.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedEngineTest {
    private final Path folder;
    private PackedEngine engine;

    PackedEngineTest(@TempDir Path folder) {
        this.folder = folder;
        engine = new PackedEngine(folder, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private Locator put(byte[] body, OptionalLong length) {
        try (BodyWriter writer = engine.begin(length)) {
            writer.write(body, 0, body.length);
            return writer.commit();
        }
    }

    private Locator put(byte[] body) {
        return put(body, OptionalLong.of(body.length));
    }

    private byte[] get(Locator locator, long from, long length) {
        try (InputStream in = engine.read(locator, from, length)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private List<Path> files(String below) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve(below))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void bodiesOfManyWritersShareFilesAndStayWhole() throws Exception {
        Map<Locator, byte[]> stored = new ConcurrentHashMap<>();
        try (var writers = Executors.newFixedThreadPool(16)) {
            List<Callable<Locator>> all = new ArrayList<>();
            for (int i = 0; i < 800; i++) {
                byte[] body = random(1 + i * 7 % 5000, i);
                all.add(
                        () -> {
                            Locator locator = put(body);
                            stored.put(locator, body);
                            return locator;
                        });
            }
            for (var done : writers.invokeAll(all)) {
                done.get();
            }
        }
        assertThat(stored).hasSize(800);
        stored.forEach((locator, body) -> assertThat(get(locator, 0, body.length)).isEqualTo(body));
        assertThat(files("segments")).hasSize(1);
        assertThat(files("bodies")).isEmpty();
    }

    @Test
    void aBodyOfUnknownLengthIsPackedOrAFileAsItTurnsOut() throws IOException {
        byte[] small = random(PackedEngine.LARGEST_PACKED, 1);
        byte[] large = random(PackedEngine.LARGEST_PACKED + 1, 2);
        assertThat(get(put(small, OptionalLong.empty()), 0, small.length)).isEqualTo(small);
        assertThat(files("bodies")).isEmpty();
        assertThat(get(put(large, OptionalLong.empty()), 0, large.length)).isEqualTo(large);
        assertThat(files("bodies")).hasSize(1);
    }

    @Test
    void aRangeIsReadOfAPackedBody() {
        byte[] body = random(1000, 3);
        Locator locator = put(body);
        assertThat(get(locator, 10, 20)).isEqualTo(Arrays.copyOfRange(body, 10, 30));
        assertThat(get(locator, 990, 100)).isEqualTo(Arrays.copyOfRange(body, 990, 1000));
        assertThat(get(locator, 2000, 1)).isEmpty();
    }

    @Test
    void whatWasAcknowledgedIsThereAfterARestartAndATornTailIsNoMatter() throws IOException {
        byte[] body = random(3000, 4);
        Locator locator = put(body);
        engine.close();
        // As a crash leaves it: bytes that nobody was told of.
        Path segment = files("segments").getFirst();
        Files.write(segment, random(777, 5), StandardOpenOption.APPEND);
        engine = new PackedEngine(folder, Clock.systemUTC());
        Locator next = put(body);
        assertThat(get(locator, 0, 3000)).isEqualTo(body);
        assertThat(get(next, 0, 3000)).isEqualTo(body);
        assertThat(next).isNotEqualTo(locator);
        assertThat(files("segments")).hasSize(2);
    }

    @Test
    void rotIsNoticedWhereverItIs() throws IOException {
        byte[] body = random(500, 6);
        Locator locator = put(body);
        Path segment = files("segments").getFirst();
        byte[] whole = Files.readAllBytes(segment);
        for (int at = 0; at < whole.length; at += 37) {
            byte[] spoilt = whole.clone();
            spoilt[at] ^= 0x10;
            Files.write(segment, spoilt);
            assertThatThrownBy(() -> get(locator, 0, 1))
                    .isInstanceOf(EngineFailure.class)
                    .extracting(e -> ((EngineFailure) e).kind())
                    .isEqualTo(EngineFailure.Kind.ROTTEN);
        }
        Files.write(segment, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> get(locator, 0, 1)).isInstanceOf(EngineFailure.class);
    }

    @Test
    void aBodyIsNotReadInThePlaceOfAnother() {
        byte[] same = random(100, 7);
        Packed first = Packed.of(put(same)).orElseThrow();
        put(same);
        Packed moved = new Packed(first.segment(), first.offset() + first.stored() - 1, 100);
        assertThatThrownBy(() -> get(moved.locator(), 0, 1)).isInstanceOf(EngineFailure.class);
        assertThatThrownBy(() -> get(new Locator("s1/../../etc/passwd"), 0, 1))
                .isInstanceOf(EngineFailure.class);
    }

    @Test
    void theSweepGivesBackWhatNoRowNamesAndNothingElse() throws Exception {
        List<Locator> bodies = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            bodies.add(put(random(4000, i)));
        }
        byte[] large = random(100_000, 8);
        Locator orphan = put(large);
        Locator kept = put(large);
        engine.close();
        engine = new PackedEngine(folder, Clock.offset(Clock.systemUTC(), Duration.ofHours(2)));
        put(random(10, 9));
        Path segment = files("segments").stream().sorted().toList().getFirst();
        long before = blocks(segment);
        LiveBodies live =
                (prefix, each) ->
                        Stream.of(
                                        Stream.of(kept),
                                        bodies.subList(0, 10).stream(),
                                        bodies.subList(290, 300).stream())
                                .flatMap(it -> it)
                                .map(Locator::text)
                                .filter(it -> it.startsWith(prefix))
                                .forEach(each);
        assertThat(engine.sweep(live, Duration.ofHours(3).toMillis()).files()).isZero();
        assertThat(engine.sweep(live, Duration.ofHours(1).toMillis()).files()).isEqualTo(1);
        assertThat(blocks(segment)).isLessThan(before / 4);
        for (int i = 0; i < 10; i++) {
            assertThat(get(bodies.get(i), 0, 4000)).isEqualTo(random(4000, i));
            assertThat(get(bodies.get(290 + i), 0, 4000)).isEqualTo(random(4000, 290 + i));
        }
        assertThat(get(kept, 0, large.length)).isEqualTo(large);
        assertThatThrownBy(() -> get(orphan, 0, 1)).isInstanceOf(EngineFailure.class);
        // Nothing is alive any more: the segment goes as a whole.
        engine.sweep((prefix, each) -> {}, Duration.ofHours(1).toMillis());
        assertThat(segment).doesNotExist();
    }

    private static long blocks(Path file) throws IOException, InterruptedException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        String text =
                new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assertThat(stat.waitFor()).isZero();
        return Long.parseLong(text);
    }

    @Test
    void aFullDiskIsToldAndWhatIsThereStays() throws Exception {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
        try (PackedEngine small = new PackedEngine(disk, Clock.systemUTC())) {
            List<Locator> stored = new ArrayList<>();
            byte[] body = random(50_000, 10);
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    try (BodyWriter writer =
                                            small.begin(OptionalLong.of(body.length))) {
                                        writer.write(body, 0, body.length);
                                        stored.add(writer.commit());
                                    }
                                }
                            })
                    .isInstanceOf(EngineFailure.class)
                    .extracting(e -> ((EngineFailure) e).kind())
                    .isEqualTo(EngineFailure.Kind.FULL);
            assertThat(stored).hasSizeGreaterThan(10);
            for (Locator locator : stored) {
                assertThat(small.read(locator, 0, body.length).readAllBytes()).isEqualTo(body);
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private static void run(String... words) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
    }
}
