package cloud.welkin.compute;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.compute.work.CreateImage;
import cloud.welkin.compute.work.ServerLife;
import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Saga;
import cloud.welkin.kernel.work.SagaContract;
import cloud.welkin.kernel.work.SagaTrial;
import cloud.welkin.kernel.work.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class CreateImageTest implements SagaContract<CreateImage.Input> {
    @TempDir Path home;
    private final List<CloudFixture> clouds = new ArrayList<>();

    @AfterEach
    void close() {
        clouds.forEach(CloudFixture::close);
    }

    @Override
    public SagaTrial<CreateImage.Input> trial() {
        CloudFixture cloud = new CloudFixture(home.resolve(UUID.randomUUID().toString()), 1);
        clouds.add(cloud);
        return new Trial(cloud);
    }

    private static final class Trial implements SagaTrial<CreateImage.Input> {
        private final CloudFixture cloud;
        private final String server;
        private final String image;

        Trial(CloudFixture cloud) {
            this.cloud = cloud;
            server = cloud.booted("'imageRef': '" + cloud.image() + "', 'networks': 'none'");
            // The request's own saga never runs: no work is started. The contract's takes its
            // place.
            image =
                    cloud.act(server, "{'createImage': {'name': 'saved'}}")
                            .expect(202)
                            .text("/image_id");
        }

        @Override
        public Database database() {
            return cloud.database.database();
        }

        @Override
        public Saga<CreateImage.Input> saga() {
            return (CreateImage) cloud.compute.sagas().getFirst();
        }

        @Override
        public Subject subject() {
            return ServerLife.subject(UUID.fromString(server));
        }

        @Override
        public CreateImage.Input input() {
            return new CreateImage.Input(
                    UUID.fromString(server), UUID.fromString(image), UUID.fromString(image));
        }

        @Override
        public void worldMoves() {
            cloud.settle();
        }

        @Override
        public void assertDone() {
            assertThat(imageStatus()).isEqualTo("active");
            rests();
        }

        @Override
        public void assertClean() {
            assertThat(imageStatus()).isEqualTo("gone");
            rests();
        }

        private String imageStatus() {
            var answer = cloud.api.get("/image/v2/images/" + image).by(cloud.member).send();
            return answer.status() == 404 ? "gone" : answer.text("/status");
        }

        /** The server is well, its host has nothing left to do. */
        private void rests() {
            assertThat(cloud.status(server)).isEqualTo("ACTIVE");
            assertThat(cloud.task(server)).isEmpty();
            assertThat(cloud.compute.desk().tasks(cloud.hosts.getFirst().name())).isEmpty();
        }
    }
}
