package cloud.welkin.server;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.Bootstrap;
import cloud.welkin.image.ImageService;
import cloud.welkin.image.Images.ImageFacts;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.testing.TestDatabase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstImageTest {
    private static final Bootstrap.Made MADE =
            new Bootstrap.Made(new ProjectId("a"), new ProjectId("d"), new UserId("u"));

    @TempDir Path home;
    private final TestDatabase database = TestDatabase.with("image");
    private ImageService images;

    @BeforeEach
    void images() {
        Quotas quotas = new Quotas(database.database());
        images =
                new ImageService(
                        database.database(),
                        quotas,
                        new Events(database.database(), Duration.ofDays(1), Clock.systemUTC()),
                        (tx, name) -> {},
                        Clock.systemUTC(),
                        home.resolve("images"),
                        Duration.ZERO);
        images.quotas().forEach(quotas::register);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aStartThatWasKilledOnTheWayLeavesNoSecondImage() throws IOException {
        // The row is made, the data does not come: a killed start does not even give up.
        FirstImage.begin(database.database(), images, MADE);
        // Killed after the data came in.
        FirstImage.make(database.database(), images, MADE, qcow2());

        FirstImage.make(database.database(), images, MADE, qcow2());

        assertThat(named()).hasSize(1);
        Optional<ImageFacts> made =
                database.database()
                        .read(tx -> images.find(tx, FirstImage.admin(MADE), named().getFirst()));
        assertThat(made).hasValueSatisfying(image -> assertThat(image.usable()).isTrue());
    }

    private List<UUID> named() {
        return database.database()
                .read(tx -> images.named(tx, MADE.adminProject(), "welkin-guest"));
    }

    /** The head of an empty image of 1 MiB. */
    private Path qcow2() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(4 << 16);
        head.putInt(0, 0x514649fb).putInt(4, 3).putInt(20, 16).putLong(24, 1 << 20);
        head.putInt(36, 1).putLong(40, 3 << 16).putLong(48, 1 << 16).putInt(56, 1);
        head.putInt(96, 4).putInt(100, 104);
        return Files.write(home.resolve("first.qcow2"), head.array());
    }
}
