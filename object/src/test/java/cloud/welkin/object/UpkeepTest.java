package cloud.welkin.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.object.store.BodyTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.OrphanSweep;
import cloud.welkin.object.work.Scrub;
import cloud.welkin.object.work.StoreMark;
import cloud.welkin.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on behind the requests: rot is found, bodies that nobody has are given back. */
class UpkeepTest {
    private final Path folder;
    private final ObjectFixture objects;
    private final Bodies bodies;

    UpkeepTest(@TempDir Path folder) {
        this.folder = folder;
        objects = new ObjectFixture(folder);
        bodies = new Bodies(Map.of(Bodies.DEFAULT_POLICY, objects.engine));
        objects.container("c");
    }

    @AfterEach
    void close() {
        objects.close();
    }

    private int scrubbed() {
        return new Scrub(objects.database.database(), new BodyTable(), bodies)
                .reconcile()
                .changed();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("bodies"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void rotAndLossAreFoundInBodiesOfEveryKind() throws IOException {
        objects.put("/c/object", "whole").expect(201);
        send("PUT", "/c?versioning", VERSIONING).expect(200);
        send("PUT", "/c/version", "one").expect(200);
        send("PUT", "/c/version", "two").expect(200);
        String upload = new String(send("POST", "/c/parts?uploads", "").expect(200).body(), UTF_8);
        String id = upload.replaceAll("(?s).*<UploadId>(.*)</UploadId>.*", "$1");
        send("PUT", "/c/parts?partNumber=1&uploadId=" + id, "part").expect(200);
        assertThat(scrubbed()).isZero();
        List<Path> files = files();
        assertThat(files).hasSize(4);
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[1] ^= 1;
            Files.write(file, bytes);
        }
        assertThat(scrubbed()).isEqualTo(4);
        for (Path file : files) {
            Files.delete(file);
        }
        assertThat(scrubbed()).isEqualTo(4);
    }

    private static final String VERSIONING =
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

    private cloud.welkin.testing.ApiTester.Response send(String method, String url, String body) {
        return objects.signer
                .request(objects.api, method, url, body.getBytes(UTF_8), objects.time())
                .send();
    }

    private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

    /** What the doctor says. */
    private List<String> wrong() {
        return objects.service.invariants().stream()
                .flatMap(it -> it.check().get().stream())
                .map(Finding::wrong)
                .toList();
    }

    @Test
    void theDoctorTellsWhatDoesNotHold() throws IOException {
        objects.put("/c/o", "whole").expect(201);
        String upload = new String(send("POST", "/c/p?uploads", "").expect(200).body(), UTF_8);
        String id = upload.replaceAll("(?s).*<UploadId>(.*)</UploadId>.*", "$1");
        send("PUT", "/c/p?partNumber=1&uploadId=" + id, "part").expect(200);
        objects.reconcile();
        assertThat(wrong()).isEmpty();
        Files.delete(files().getFirst());
        objects.reconcile();
        assertThat(wrong()).singleElement().asString().contains("is damaged");
        objects.database.database().change(tx -> tx.sql().execute("delete from object.uploads"));
        objects.database
                .database()
                .change(tx -> tx.sql().execute("update object.usages set objects = 7"));
        assertThat(wrong()).anyMatch(it -> it.contains("of nothing"));
        assertThat(wrong()).anyMatch(it -> it.contains("counts"));
    }

    @Test
    void aFolderIsNotTakenForThatOfAnotherDatabase(@TempDir Path other) throws IOException {
        StoreMark.require(objects.database.database(), other);
        StoreMark.require(objects.database.database(), other);
        try (TestDatabase fresh = TestDatabase.with("kernel", ObjectService.SCHEMA)) {
            assertThatThrownBy(() -> StoreMark.require(fresh.database(), other))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another database");
        }
        // A folder that was lost is begun anew: the rows are not to blame.
        Files.delete(other.resolve("store-id"));
        StoreMark.require(objects.database.database(), other);
        assertThat(other.resolve("store-id")).exists();
    }

    @Test
    void aBodyWithoutARowGoesWhenItIsOldEnoughAndNoOther() throws IOException {
        objects.put("/c/kept", "kept").expect(201);
        bodies.receive(
                Bodies.DEFAULT_POLICY,
                new ByteArrayInputStream("killed before its row".getBytes(UTF_8)),
                OptionalLong.empty(),
                1000);
        OrphanSweep sweep =
                new OrphanSweep(
                        objects.database.database(),
                        new ObjectTable(),
                        bodies,
                        Duration.ofHours(6));
        objects.now.set(Instant.now().plus(Duration.ofHours(5)));
        assertThat(sweep.reconcile().changed()).isZero();
        objects.now.set(Instant.now().plus(Duration.ofHours(7)));
        assertThat(sweep.reconcile().changed()).isEqualTo(1);
        assertThat(files()).hasSize(1);
        assertThat(objects.text("/c/kept")).isEqualTo("kept");
    }
}
